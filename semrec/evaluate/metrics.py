"""Ranking metrics as small pure functions.

All take ``ranked``, shape ``(queries, depth)``, int64: the item rows answered to each query, best
first, padded with -1; and ``relevance``, a sparse matrix of shape ``(queries, items)`` with the
gain of each judged item, where only a gain above 0 is relevant. All return one float64 a query,
NaN for a query without a relevant item: such queries say nothing and are left out of ``mean``.

An item that is answered twice counts at its first rank only; the second still takes up its rank.
A list shorter than ``k`` is as good as one padded with irrelevant items. Ties are the ranker's
to break: a ranking is scored in the order it is given.

Sources: Manning, Raghavan & Schütze 2008, "Introduction to Information Retrieval", chapter 8;
Järvelin & Kekäläinen 2002 for (n)DCG; Voorhees 1999 for MRR.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.errors import InvalidArgument

Ranked = NDArray[np.int64]
PerQuery = NDArray[np.float64]


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
    return np.where((cut < 0) | _repeats(cut), 0.0, np.maximum(gains, 0.0))


def _repeats(ranked: Ranked) -> NDArray[np.bool_]:
    """True where an item stood at an earlier rank of the same list."""
    order = np.argsort(ranked, axis=1, kind="stable")
    ordered = np.take_along_axis(ranked, order, axis=1)
    again = np.zeros(ranked.shape, dtype=bool)
    np.put_along_axis(again, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    return again


def relevant_counts(relevance: sparse.csr_matrix) -> PerQuery:
    """How many items are relevant to each query; NaN instead of 0."""
    relevant = relevance.multiply(relevance > 0).tocsr()
    relevant.eliminate_zeros()
    counts = np.diff(relevant.indptr).astype(np.float64)
    return np.where(counts > 0, counts, np.nan)


def dcg(gains: NDArray[np.float64]) -> PerQuery:
    """``Σ_r gain_r / log2(r + 1)`` over ranks ``r = 1, 2, …``: the gain is linear, not ``2^g - 1``.

    Args:
        gains: shape ``(queries, depth)``.
    """
    return np.asarray(gains @ (1 / np.log2(np.arange(2, gains.shape[1] + 2))))


def ndcg(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    """DCG at ``k`` over that of the best ranking, which holds ``min(|relevant|, k)`` items."""
    return dcg(gains_at(ranked, relevance, k)) / dcg(_ideal_gains(relevance, k))


def _ideal_gains(relevance: sparse.csr_matrix, k: int) -> NDArray[np.float64]:
    ideal = np.zeros((relevance.shape[0], k))
    matrix = relevance.tocsr()
    for query, (start, end) in enumerate(pairwise(matrix.indptr)):
        best = np.sort(matrix.data[start:end])[::-1][:k]
        ideal[query, : len(best)] = np.maximum(best, 0)
    ideal[ideal.sum(axis=1) == 0] = np.nan
    return ideal


def mrr(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    """``1 / r`` of the first relevant item among the first ``k``, else 0."""
    hits = gains_at(ranked, relevance, k) > 0
    reciprocal = hits / np.arange(1, hits.shape[1] + 1)
    return _judged(reciprocal.max(axis=1, initial=0.0), relevance)


def hit_rate(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    """1 if any of the first ``k`` is relevant, else 0."""
    return _judged(_hits(ranked, relevance, k) > 0, relevance)


def precision(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    """Share of relevant ones among ``k``, also where the list is shorter than ``k``."""
    return _judged(_hits(ranked, relevance, k) / k, relevance)


def recall(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    """Share of all relevant items that stand among the first ``k``."""
    return _hits(ranked, relevance, k) / relevant_counts(relevance)


def f1(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    """Harmonic mean of precision and recall: ``2 · hits / (k + |relevant|)``."""
    return 2 * _hits(ranked, relevance, k) / (k + relevant_counts(relevance))


def average_precision(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    """Precision at the rank of each hit, summed, over ``min(|relevant|, k)``."""
    hits = gains_at(ranked, relevance, k) > 0
    precisions = np.cumsum(hits, axis=1) / np.arange(1, hits.shape[1] + 1)
    summed = (precisions * hits).sum(axis=1)
    return np.asarray(summed / np.minimum(relevant_counts(relevance), k))


def coverage(ranked: Ranked, n_items: int, k: int) -> float:
    """Share of the catalog that is answered to any query among its first ``k``."""
    if n_items < 1:
        raise InvalidArgument(f"n_items = {n_items}; legal: 1 or more")
    shown = ranked[:, :k]
    return len(np.unique(shown[shown >= 0])) / n_items


@dataclass(frozen=True)
class Mean:
    """A mean over queries; ``value`` is NaN where none was judged."""

    value: float
    counted: int
    skipped: int


def mean(values: PerQuery) -> Mean:
    """The mean over judged queries, and how many were left out for want of judgements."""
    judged = values[~np.isnan(values)]
    value = float(judged.mean()) if len(judged) else float("nan")
    return Mean(value, len(judged), len(values) - len(judged))


def _hits(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    return np.asarray((gains_at(ranked, relevance, k) > 0).sum(axis=1), dtype=np.float64)


def _judged(values: NDArray[np.generic], relevance: sparse.csr_matrix) -> PerQuery:
    return np.where(np.isnan(relevant_counts(relevance)), np.nan, values.astype(np.float64))
