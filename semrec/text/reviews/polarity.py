"""Polarity of what a clause says about one thing, by a trained linear model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.errors import ModelDamaged
from semrec.text.reviews.clauses import clauses
from semrec.text.reviews.features import gram_matrix
from semrec.text.reviews.linear import Quantised

ASSET = "aspect_polarity.npz"
BITS = 17
LABELS: tuple[str, ...] = ("Negative", "Neutral", "Positive")
_BATCH = 4096
_NEAR = 8
"""Characters on each side of the target that count as near."""
_GRAMS = 3


@dataclass(frozen=True, slots=True)
class Target:
    """A word in a text, and the clause that it stands in.

    Attributes:
        text: normalised.
        start, end: the word.
        clause: start and end of the clause.
    """

    text: str
    start: int
    end: int
    clause: tuple[int, int]

    @classmethod
    def at(cls, text: str, start: int, end: int) -> Target:
        """The target of given bounds; its clause is looked up."""
        for begin, stop in clauses(text):
            if begin <= start < stop:
                return cls(text, start, end, (begin, max(stop, end)))
        return cls(text, start, end, (start, end))


def target_features(targets: Sequence[Target]) -> sparse.csr_matrix:
    """What the model sees, shape ``(targets, 4 * 2 ** BITS)``, float32.

    Grams of the clause, of what stands before and after the target in it, of the target itself,
    each in buckets of their own: 贵 after 价格 is not 贵 before it.
    """
    views: list[list[str]] = [[], [], [], []]
    for target in targets:
        begin, stop = target.clause
        views[0].append(f"{target.text[begin : target.start]}\0{target.text[target.end : stop]}")
        views[1].append(target.text[max(begin, target.start - _NEAR) : target.start] + "\1")
        views[2].append("\1" + target.text[target.end : min(stop, target.end + _NEAR)])
        views[3].append(f"\1{target.text[target.start : target.end]}\2")
    parts = [gram_matrix(view, _GRAMS, BITS) for view in views]
    return sparse.hstack(parts, format="csr", dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Polarity:
    """A fitted model of three classes; see ``polarity_training.fit``.

    Attributes:
        weights: shape ``(features + 1, 3)``, float32; the last row is the bias.
    """

    weights: NDArray[np.float32]

    def probabilities(self, targets: Sequence[Target]) -> NDArray[np.float32]:
        """Probability of each of ``LABELS``, shape ``(targets, 3)``, float32."""
        from scipy.special import softmax

        found = [np.empty((0, len(LABELS)), dtype=np.float32)]
        for start in range(0, len(targets), _BATCH):
            features = target_features(targets[start : start + _BATCH])
            found.append(softmax(features @ self.weights[:-1] + self.weights[-1], axis=1))
        return np.concatenate(found).astype(np.float32)

    def positive(self, targets: Sequence[Target]) -> NDArray[np.float32]:
        """Probability of praise, half of the neutral share included, shape ``(targets,)``."""
        found = self.probabilities(targets)
        return np.asarray(found[:, 2] + found[:, 1] / 2, dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write an npz file of eight-bit weights; small ones are dropped."""
        stored = Quantised.of(self.weights[:-1], spread=0.9999)
        step, bias = np.float32(stored.step), self.weights[-1]
        np.savez_compressed(path, codes=stored.codes, step=step, bias=bias)

    @classmethod
    def load(cls, path: Path) -> Polarity:
        """The inverse of :meth:`save`.

        Raises:
            ModelDamaged: the file is no such model.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                weights = Quantised(stored["codes"], float(stored["step"])).values()
                return cls(np.vstack([weights, stored["bias"]]).astype(np.float32))
        except (OSError, EOFError, BadZipFile, ValueError, KeyError) as error:
            raise ModelDamaged(f"{path}: no aspect polarity model: {error}") from error


@cache
def load_polarity() -> Polarity:
    """The model that comes with the package."""
    with resources.as_file(resources.files(__package__) / "assets" / ASSET) as path:
        return Polarity.load(path)
