"""Ranked lists against judgements: what every accuracy metric is computed from.

``ranked`` has shape ``(queries, depth)``, int64: the item rows answered to each query, best first,
padded with -1. ``relevance`` is a sparse matrix of shape ``(queries, items)`` with the gain of each
judged item; only a gain above 0 is relevant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.errors import InvalidArgument

Ranked = NDArray[np.int64]
PerQuery = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The gains of ranked lists, computed once for all metrics.

    Attributes:
        gains: gain at each rank, shape ``(queries, depth)``, float64; 0 for padding, repeats and
            what is not relevant.
        ideal: gains of the best ranking, shape ``(queries, widest)``, float64, falling, padded
            with 0; it holds every relevant item, or at least the ``k`` best.
        counts: relevant items of each query, shape ``(queries,)``, float64; NaN instead of 0.
        k: ranks that count.
    """

    gains: NDArray[np.float64]
    ideal: NDArray[np.float64]
    counts: PerQuery
    k: int

    @property
    def top(self) -> NDArray[np.float64]:
        """The gains of the first ``k`` ranks."""
        return np.asarray(self.gains[:, : self.k])

    @property
    def hits(self) -> PerQuery:
        """How many of the first ``k`` are relevant, shape ``(queries,)``."""
        return np.asarray(np.count_nonzero(self.top, axis=1), dtype=np.float64)

    def at(self, k: int) -> Judged:
        """The same lists measured at a smaller ``k``.

        Raises:
            InvalidArgument: ``k`` is below 1 or above the ``k`` that was judged.
        """
        if not 1 <= k <= self.k:
            raise InvalidArgument(f"k = {k}; legal: 1 to {self.k}, up to which was judged")
        return replace(self, k=k)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Judged:
        """Some of the queries."""
        return Judged(self.gains[chosen], self.ideal[chosen], self.counts[chosen], self.k)


def judge(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> Judged:
    """Look up every gain of ``ranked`` and the best ranking of each query.

    Raises:
        InvalidArgument: ``k`` is below 1, or ``ranked`` does not fit ``relevance``.
    """
    if k < 1:
        raise InvalidArgument(f"k = {k}; legal: 1 or more")
    depth = max(k, ranked.shape[1] if ranked.ndim == 2 else 0)
    gains = gains_at(ranked, relevance, depth)
    return Judged(gains, ideal_gains(relevance, k), relevant_counts(relevance), k)


def relevance_matrix(judged: Sequence[Mapping[int, float]], n_items: int) -> sparse.csr_matrix:
    """Gains by item row, one mapping a query, as the matrix that the metrics take."""
    indptr = np.cumsum([0, *(len(gains) for gains in judged)])
    rows = np.fromiter((row for gains in judged for row in gains), np.int64, indptr[-1])
    data = np.fromiter((g for gains in judged for g in gains.values()), np.float64, indptr[-1])
    return sparse.csr_matrix((data, rows, indptr), shape=(len(judged), n_items))


def gains_at(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> NDArray[np.float64]:
    """The gain at each rank up to ``k``; 0 for padding, repeats and what is not relevant.

    Returns:
        Shape ``(queries, min(k, depth))``, float64, never negative.

    Raises:
        InvalidArgument: ``k`` is below 1, or ``ranked`` does not fit ``relevance``.
    """
    if k < 1:
        raise InvalidArgument(f"k = {k}; legal: 1 or more")
    n_queries, n_items = relevance.shape
    if ranked.ndim != 2 or len(ranked) != n_queries:
        raise InvalidArgument(f"ranked has shape {ranked.shape}; legal: ({n_queries}, any depth)")
    if ranked.size and not -1 <= ranked.min() <= ranked.max() < n_items:
        raise InvalidArgument(f"ranked holds a row outside -1 to {n_items - 1}")
    cut = ranked[:, :k]
    if not cut.size:
        return np.zeros(cut.shape)
    queries = np.repeat(np.arange(n_queries), cut.shape[1])
    found = relevance[queries, np.maximum(cut, 0).ravel()]
    gains = np.asarray(found, dtype=np.float64).reshape(cut.shape)
    gains[cut < 0] = 0.0
    np.maximum(gains, 0.0, out=gains)
    gains[repeats(cut)] = 0.0
    return gains


def repeats(ranked: Ranked) -> NDArray[np.bool_]:
    """True where an item stood at an earlier rank of the same list, shape of ``ranked``."""
    again = np.zeros(ranked.shape, dtype=bool)
    ordered = np.sort(ranked, axis=1)
    same = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    # Few lists repeat anything, and only those need the slower sort that keeps positions.
    lists = np.flatnonzero(same.any(axis=1))
    if len(lists):
        order = np.argsort(ranked[lists], axis=1, kind="stable")
        within = np.zeros(order.shape, dtype=bool)
        np.put_along_axis(within, order[:, 1:], same[lists], axis=1)
        again[lists] = within
    return again


def relevant_counts(relevance: sparse.csr_matrix) -> PerQuery:
    """How many items are relevant to each query; NaN instead of 0."""
    positive = np.concatenate([[0], np.cumsum(relevance.data > 0)])
    counts = np.diff(positive[relevance.indptr]).astype(np.float64)
    return np.where(counts > 0, counts, np.nan)


def ideal_gains(relevance: sparse.csr_matrix, k: int) -> NDArray[np.float64]:
    """The ``k`` highest gains of each query, falling, padded with 0: shape ``(queries, k)``."""
    ideal = np.zeros((relevance.shape[0], k))
    queries = np.repeat(np.arange(relevance.shape[0]), np.diff(relevance.indptr))
    order = np.lexsort((-relevance.data, queries))
    ranks = np.arange(len(order)) - np.repeat(relevance.indptr[:-1], np.diff(relevance.indptr))
    kept = ranks < k
    ideal[queries[kept], ranks[kept]] = np.maximum(relevance.data[order][kept], 0)
    return ideal
