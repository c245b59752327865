"""Trains the sentiment model: ``python -m semrec.text.reviews.training FILE… OUT``."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.text.reviews import network_training
from semrec.text.reviews.features import gram_matrix
from semrec.text.reviews.labelled import Labelled, buckets, read_labelled
from semrec.text.reviews.linear import fit_logistic
from semrec.text.reviews.network_training import Say
from semrec.text.reviews.sentiment import BITS, GRAMS, Sentiment

SEED = 0
HELD_OUT = 15
"""Percent of the texts that are only measured on."""
_MIXED = 6
"""Percent of the texts that the weights of the two models are fitted on."""
EPOCHS = 6
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
    files: Sequence[Path], out: Path, label: str = "label", seed: int = SEED, say: Say = print
) -> dict[str, Any]:
    """Fit on the files, write the model to ``out`` and its provenance beside it.

    Held-out texts take no part in the fit, so the figures are those of the written model.

    Args:
        files: labelled reviews, see ``labelled.read_labelled``.
        out: an npz file; ``.provenance.json`` goes beside it.
        label: name of the label column.
        seed: of the split, the network and the order of its batches.
        say: gets lines about the progress.

    Returns:
        The provenance: data, seed, figures.
    """
    from semrec.evaluate.sentiment import judge

    every = read_labelled(files, label)
    data = every.distinct()
    parts = split(data.texts, seed)
    model = fit(data.take(parts.fit), data.take(parts.mix), seed, EPOCHS, say)
    model.save(out)
    held = data.take(parts.held)
    figures = judge(Sentiment.load(out), held)
    provenance = {
        "files": [{"name": file.name, "sha256": _sha256(file)} for file in files],
        "rows": len(every),
        "distinct": len(data),
        "learned_from": len(parts.fit) + len(parts.mix),
        "seed": seed,
        "epochs": EPOCHS,
        "held_out": figures,
    }
    text = json.dumps(provenance, ensure_ascii=False, indent=1)
    out.with_suffix(".provenance.json").write_text(text + "\n", encoding="utf-8")
    return provenance


def fit(data: Labelled, mixing: Labelled, seed: int, epochs: int, say: Say) -> Sentiment:
    """Both models on ``data``, their weights on ``mixing``."""
    weights = fit_linear(data.texts, data.labels)
    say("linear model fitted")
    network = network_training.fit(data.texts, data.labels, seed, epochs, say)
    model = Sentiment(weights, network, np.array([1, 1, 0], dtype=np.float32))
    mix = fit_logistic(_dense(model.parts(mixing.texts)), mixing.labels, penalty=1.0)
    say(f"mix: linear {mix[0]:.3f}, network {mix[1]:.3f}, bias {mix[2]:.3f}")
    return Sentiment(weights, network, mix.astype(np.float32))


def fit_linear(texts: Sequence[str], labels: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Logistic regression over n-grams that are weighted by their log-count ratio.

    ``r_g = log((1 + n⁺_g) / |n⁺|) - log((1 + n⁻_g) / |n⁻|)`` scales each feature (Wang & Manning
    2012), each text is divided by the root of its number of n-grams.

    Returns:
        What ``sentiment.linear_log_odds`` wants: ``w · r`` and the bias.
    """
    from scipy import sparse

    features = gram_matrix(texts, GRAMS, BITS)
    counts = np.maximum(np.diff(features.indptr), 1)
    common = np.flatnonzero(np.asarray(features.sum(axis=0)).ravel() >= _RARE)
    kept = features[:, common]
    good = 1.0 + np.asarray(kept[labels].sum(axis=0)).ravel()
    bad = 1.0 + np.asarray(kept[~labels].sum(axis=0)).ravel()
    ratios = np.log(good / good.sum()) - np.log(bad / bad.sum())
    scaled = sparse.diags(1 / np.sqrt(counts)) @ kept @ sparse.diags(ratios)
    found = fit_logistic(scaled.astype(np.float32).tocsr(), labels, _PENALTY)
    weights = np.zeros((1 << BITS) + 1, dtype=np.float32)
    weights[common] = found[:-1] * ratios
    weights[-1] = found[-1]
    return weights


def _dense(values: NDArray[np.float32]) -> Any:
    from scipy import sparse

    return sparse.csr_matrix(values.astype(np.float64))


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


if __name__ == "__main__":
    *sources, target = map(Path, sys.argv[1:])
    print(json.dumps(train(sources, target), ensure_ascii=False, indent=1))
