"""Is a review praise or complaint: a few trained models whose log-odds are added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from semrec.errors import ModelDamaged
from semrec.text.normalise import normalise
from semrec.text.reviews.features import gram_matrix
from semrec.text.reviews.linear import Quantised
from semrec.text.reviews.network import Network

ASSET = "sentiment.npz"
BITS = 20
GRAMS = 4
_BATCH = 2048
_NETWORK = "network_"


@dataclass(frozen=True, eq=False)
class Sentiment:
    """A fitted model; see ``training.fit``.

    ``log-odds = a · linear + Σ b_i · network_i + c``: a linear model of hashed character n-grams
    weighted by their log-count ratio (Wang & Manning 2012) sees rare phrases, convolutional
    networks see negation and order; ``a, b, c`` are fitted on texts that none of them saw, which
    calibrates, too.

    Attributes:
        weights: of the hashed n-grams, and the bias last, shape ``(2 ** BITS + 1,)``, float32.
        networks: the convolutional networks.
        mix: ``a``, each ``b`` and ``c``, shape ``(networks + 2,)``, float32.
    """

    weights: NDArray[np.float32]
    networks: tuple[Network, ...]
    mix: NDArray[np.float32]

    def probability(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Probability of praise of each text, shape ``(texts,)``, float32; any texts."""
        from scipy.special import expit

        return np.asarray(expit(self.log_odds(texts)), dtype=np.float32)

    def log_odds(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The logit of :meth:`probability`."""
        plain = [normalise(text) for text in texts]
        parts = self.parts(plain)
        return np.asarray(parts @ self.mix[:-1] + self.mix[-1], dtype=np.float32)

    def parts(self, plain: Sequence[str]) -> NDArray[np.float32]:
        """Log-odds of each model for normalised texts, shape ``(texts, networks + 1)``."""
        linear = linear_log_odds(plain, self.weights)
        return np.stack([linear, *(one.logits(plain) for one in self.networks)], axis=1)

    def save(self, path: Path) -> None:
        """Write an npz file in eight bits."""
        weights = Quantised.of(self.weights[:-1], spread=0.99999)
        arrays: dict[str, Any] = {
            "mix": self.mix,
            "bias": self.weights[-1],
            "weights": weights.codes,
            "weights_step": np.float32(weights.step),
        }
        for number, network in enumerate(self.networks):
            for name, values in network.arrays().items():
                arrays[f"{_NETWORK}{number}_{name}"] = values
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
            numbers = range(len(arrays["mix"]) - 2)
            networks = tuple(Network.from_arrays(_part(arrays, number)) for number in numbers)
            return cls(np.append(weights, arrays["bias"]), networks, arrays["mix"])
        except (OSError, EOFError, BadZipFile, ValueError, KeyError) as error:
            raise ModelDamaged(f"{path}: no sentiment model: {error}") from error


def _part(arrays: Mapping[str, NDArray[Any]], number: int) -> dict[str, NDArray[Any]]:
    prefix = f"{_NETWORK}{number}_"
    return {
        name.removeprefix(prefix): values
        for name, values in arrays.items()
        if name.startswith(prefix)
    }


def linear_log_odds(
    plain: Sequence[str], weights: NDArray[np.float32], batch: int = _BATCH
) -> NDArray[np.float32]:
    """``Σ w_g / √n + bias`` over the ``n`` different n-grams of each normalised text.

    The root keeps long texts from being surer than they are.
    """
    scores = np.full(len(plain), weights[-1], dtype=np.float32)
    for start in range(0, len(plain), batch):
        features = gram_matrix(plain[start : start + batch], GRAMS, BITS)
        counts = np.maximum(np.diff(features.indptr), 1)
        scores[start : start + batch] += (features @ weights[:-1]) / np.sqrt(counts)
    return scores


@cache
def load_sentiment() -> Sentiment:
    """The model that comes with the package."""
    with resources.as_file(resources.files(__package__) / "assets" / ASSET) as path:
        return Sentiment.load(path)
