"""Accuracy of ranked lists, as small pure functions.

All take ``ranked`` and ``relevance`` as ``semrec.evaluate.judged`` describes them and return one
float64 a query, NaN for a query without a relevant item: such queries say nothing and are left out
of ``mean``. :func:`accuracy` computes all of them at once from gains that are looked up once.

An item that is answered twice counts at its first rank only; the second still takes up its rank.
A list shorter than ``k`` is as good as one padded with irrelevant items. Ties are the ranker's
to break: a ranking is scored in the order it is given. An item that is judged but in no catalog
stays relevant: it can only be missed.

Sources: Manning, Raghavan & Schütze 2008, "Introduction to Information Retrieval", chapter 8;
Järvelin & Kekäläinen 2002 for (n)DCG; Voorhees 1999 for MRR; Buckley & Voorhees 2000 for
R-precision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.errors import InvalidArgument, legal, shorten
from semrec.evaluate.exposure import coverage
from semrec.evaluate.judged import (
    Judged,
    PerQuery,
    Ranked,
    gains_at,
    judge,
    relevance_matrix,
    relevant_counts,
)

__all__ = [
    "FORMULAS",
    "Mean",
    "PerQuery",
    "Ranked",
    "accuracy",
    "average_precision",
    "coverage",
    "dcg",
    "f1",
    "gains_at",
    "hit_rate",
    "mean",
    "mrr",
    "ndcg",
    "precision",
    "r_precision",
    "recall",
    "relevance_matrix",
    "relevant_counts",
]


def dcg(gains: NDArray[np.float64]) -> PerQuery:
    """``Σ_r gain_r / log2(r + 1)`` over ranks ``r = 1, 2, …``: the gain is linear, not ``2^g - 1``.

    Args:
        gains: shape ``(queries, depth)``.
    """
    return np.asarray(gains @ (1 / np.log2(np.arange(2, gains.shape[1] + 2))))


def ndcg(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    """DCG at ``k`` over that of the best ranking, which holds ``min(|relevant|, k)`` items."""
    return _ndcg(judge(ranked, relevance, k))


def mrr(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    """``1 / r`` of the first relevant item among the first ``k``, else 0."""
    return _mrr(judge(ranked, relevance, k))


def hit_rate(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    """1 if any of the first ``k`` is relevant, else 0."""
    return _hit_rate(judge(ranked, relevance, k))


def precision(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    """Share of relevant ones among ``k``, also where the list is shorter than ``k``."""
    return _precision(judge(ranked, relevance, k))


def recall(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    """Share of all relevant items that stand among the first ``k``."""
    return _recall(judge(ranked, relevance, k))


def f1(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    """Harmonic mean of precision and recall: ``2 · hits / (k + |relevant|)``."""
    return _f1(judge(ranked, relevance, k))


def average_precision(ranked: Ranked, relevance: sparse.csr_matrix, k: int) -> PerQuery:
    """Precision at the rank of each hit, summed, over ``min(|relevant|, k)``; its mean is MAP."""
    return _average_precision(judge(ranked, relevance, k))


def r_precision(ranked: Ranked, relevance: sparse.csr_matrix) -> PerQuery:
    """Share of relevant ones among the first ``R = |relevant|``; there precision equals recall."""
    return _r_precision(judge(ranked, relevance, max(ranked.shape[-1], 1)))


def _ndcg(judged: Judged) -> PerQuery:
    ideal = dcg(judged.ideal[:, : judged.k])
    return np.asarray(dcg(judged.top) / np.where(ideal > 0, ideal, np.nan))


def _mrr(judged: Judged) -> PerQuery:
    hits = judged.top > 0
    if not hits.shape[1]:
        return _known(np.zeros(len(hits)), judged)
    return _known(hits.any(axis=1) / (np.argmax(hits, axis=1) + 1), judged)


def _hit_rate(judged: Judged) -> PerQuery:
    return _known((judged.hits > 0).astype(np.float64), judged)


def _precision(judged: Judged) -> PerQuery:
    return _known(judged.hits / judged.k, judged)


def _recall(judged: Judged) -> PerQuery:
    return judged.hits / judged.counts


def _f1(judged: Judged) -> PerQuery:
    return 2 * judged.hits / (judged.k + judged.counts)


def _average_precision(judged: Judged) -> PerQuery:
    hits = judged.top > 0
    precisions = np.cumsum(hits, axis=1) / np.arange(1, hits.shape[1] + 1)
    summed = np.einsum("qr,qr->q", precisions, hits)
    return np.asarray(summed / np.minimum(judged.counts, judged.k))


def _r_precision(judged: Judged) -> PerQuery:
    ranks = np.arange(1, judged.gains.shape[1] + 1)
    within = (judged.gains > 0) & (ranks <= judged.counts[:, None])
    return np.asarray(within.sum(axis=1) / judged.counts)


def _known(values: NDArray[np.float64], judged: Judged) -> PerQuery:
    return np.where(np.isnan(judged.counts), np.nan, values)


FORMULAS: Mapping[str, Callable[[Judged], PerQuery]] = {
    "ndcg": _ndcg,
    "mrr": _mrr,
    "map": _average_precision,
    "hit_rate": _hit_rate,
    "precision": _precision,
    "recall": _recall,
    "f1": _f1,
    "r_precision": _r_precision,
}
"""Every accuracy metric by name. ``r_precision`` looks at ``|relevant|`` ranks, whatever ``k``."""


def accuracy(judged: Judged, names: Sequence[str] = tuple(FORMULAS)) -> dict[str, PerQuery]:
    """Metrics by name from one look-up of the gains.

    Raises:
        InvalidArgument: there is no such metric.
    """
    for name in names:
        if name not in FORMULAS:
            raise InvalidArgument(f"unknown metric {shorten(name)}; legal: {legal(FORMULAS, name)}")
    return {name: FORMULAS[name](judged) for name in names}


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
