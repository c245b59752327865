"""Fitting the tagger's weights to labelled titles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from semrec.text.mining.crf import Chain, Floats, forward_backward, schedule
from semrec.text.mining.features import features
from semrec.text.mining.labels import LABELS, Tagged, encode
from semrec.text.mining.tagger import Tagger, indicator_matrix


def fit(
    titles: Sequence[str],
    spans: Sequence[Sequence[Tagged]],
    *,
    l2: float = 1.0,
    min_count: int = 2,
    iterations: int = 150,
) -> Tagger:
    """Maximum conditional likelihood with an L2 penalty, by L-BFGS; no randomness.

    Args:
        titles: normalised titles.
        spans: the spans of each, which must not overlap.
        l2: weight of the penalty ``l2 / 2 · |w|²``.
        min_count: features that occur less often are left out.
        iterations: L-BFGS steps at most.
    """
    hashes, lengths = features(titles)
    known, counts = np.unique(hashes, return_counts=True)
    known = known[counts >= min_count]
    matrix = indicator_matrix(hashes, known)
    labels = np.concatenate(
        [encode(each, len(title)) for each, title in zip(spans, titles, strict=True)]
    ).astype(np.int64)
    loss = _Loss(matrix, labels, lengths, l2)
    start = np.zeros((len(known) + len(LABELS) + 1) * len(LABELS))
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations})
    weights, chain = _unpacked(fitted.x, len(known))
    return Tagger(known, weights.astype(np.float32), chain)


def _unpacked(values: Floats, count: int) -> tuple[Floats, Chain]:
    """Weights ``(features, labels)`` and chain, from one vector."""
    table = values.reshape(-1, len(LABELS))
    return table[:count], Chain(table[count:-1], table[-1])


class _Loss:
    """Negative log likelihood with its gradient, as a function of one vector."""

    def __init__(
        self,
        matrix: sparse.csr_matrix,
        labels: NDArray[np.int64],
        lengths: NDArray[np.int64],
        l2: float,
    ) -> None:
        size = len(LABELS)
        self._matrix, self._transposed = matrix, matrix.T.tocsr()
        self._labels, self._l2 = labels, l2
        self._steps = schedule(lengths)
        self._firsts = self._steps[0]
        gold = np.zeros((len(labels), size))
        gold[np.arange(len(labels)), labels] = 1.0
        later = np.concatenate(self._steps[1:])
        transitions = np.zeros((size, size))
        np.add.at(transitions, (labels[later - 1], labels[later]), 1.0)
        initial = gold[self._firsts].sum(axis=0)
        self._observed = np.vstack([self._transposed @ gold, transitions, initial])

    def __call__(self, values: Floats) -> tuple[float, Floats]:
        weights, chain = _unpacked(values, self._matrix.shape[1])
        emissions = self._matrix @ weights
        marginals, expected, log_partition = forward_backward(emissions, chain, self._steps)
        table = values.reshape(self._observed.shape)
        loss = log_partition - float((self._observed * table).sum())
        model = np.vstack(
            [self._transposed @ marginals, expected, marginals[self._firsts].sum(axis=0)]
        )
        gradient = (model - self._observed).ravel() + self._l2 * values
        return loss + 0.5 * self._l2 * float(values @ values), gradient
