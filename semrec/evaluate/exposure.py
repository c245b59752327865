"""What is shown to whom: coverage, concentration, popularity, novelty, repeats.

``ranked`` has shape ``(users, depth)``, int64: item rows, best first, padded with -1. Users without
any item are NaN in what is given per user. The formulas follow RecTools where it has them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semrec.errors import InvalidArgument
from semrec.evaluate.judged import Judged, PerQuery, Ranked, repeats

Numbers = NDArray[np.int64] | NDArray[np.float64]


def coverage(ranked: Ranked, n_items: int, k: int) -> float:
    """Share of the catalog that is answered to any query among its first ``k``.

    Raises:
        InvalidArgument: ``n_items`` is below 1.
    """
    return np.count_nonzero(exposure(ranked, n_items, k)) / n_items


def user_coverage(ranked: Ranked, k: int) -> float:
    """Share of users who are shown at least one item among the first ``k``; NaN without users."""
    if not len(ranked):
        return float("nan")
    return float((ranked[:, :k] >= 0).any(axis=1).mean())


def exposure(ranked: Ranked, n_items: int, k: int) -> NDArray[np.int64]:
    """How often each item stands among the first ``k``, shape ``(items,)``.

    Raises:
        InvalidArgument: ``n_items`` is below 1, or an item row is not below it.
    """
    if n_items < 1:
        raise InvalidArgument(f"n_items = {n_items}; legal: 1 or more")
    shown = ranked[:, :k]
    shown = shown[shown >= 0]
    if len(shown) and shown.max() >= n_items:
        raise InvalidArgument(f"ranked holds row {shown.max()}; legal: below {n_items}")
    return np.bincount(shown, minlength=n_items)


def gini(counts: Numbers) -> float:
    """Inequality of exposure: 0 if all items are shown alike, near 1 if one takes all.

    ``Σ_i (2i - n - 1) x_i / (n Σ x)`` over counts in rising order (Gini 1912, as in Fleder &
    Hosanagar 2009). NaN if nothing was shown.
    """
    ordered = np.sort(counts.astype(np.float64))
    n, total = len(ordered), ordered.sum()
    if not total:
        return float("nan")
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * total))


def entropy(counts: Numbers) -> float:
    """Shannon entropy of the exposure in bits: ``-Σ p log2 p``; NaN if nothing was shown."""
    total = counts.sum()
    if not total:
        return float("nan")
    shares = counts[counts > 0] / total
    return float(-(shares * np.log2(shares)).sum()) + 0.0


def average_popularity(ranked: Ranked, popularity: Numbers, k: int) -> PerQuery:
    """Mean popularity of the items shown (Yin et al. 2012, "ARP").

    Args:
        popularity: of each item, usually its interactions in training, shape ``(items,)``.
    """
    return _list_mean(ranked[:, :k], popularity)


def novelty(ranked: Ranked, users_of_item: NDArray[np.int64], n_users: int, k: int) -> PerQuery:
    """Mean inverse user frequency: mean of ``-log2(users of i / users)`` (Castells et al. 2011).

    An item that nobody dealt with counts as one with a single user.

    Args:
        users_of_item: users who dealt with each item in training, shape ``(items,)``.
        n_users: users in training.
    """
    return _list_mean(ranked[:, :k], -np.log2(np.maximum(users_of_item, 1) / n_users))


def serendipity(judged: Judged, ranked: Ranked, popularity: Numbers) -> PerQuery:
    """Relevant and not what popularity alone would show, as RecTools has it.

    ``1/k Σ_r rel_r · max(p(r) - p(rank by popularity), 0)`` with ``p(r) = (n + 1 - r) / n``; items
    of equal popularity share a rank, and an item without interactions has ``p = 0`` there.

    Args:
        judged: the gains of ``ranked``.
        popularity: interactions of each item in training, shape ``(items,)``.
    """
    n = len(popularity)
    known = popularity > 0
    distinct, at = np.unique(-popularity[known], return_inverse=True)
    by_popularity = np.zeros(n)
    by_popularity[known] = (n - np.arange(len(distinct))[at]) / n
    cut = ranked[:, : judged.k]
    by_rank = (n - np.arange(cut.shape[1])) / n
    surprise = np.maximum(by_rank - by_popularity[np.maximum(cut, 0)], 0)
    return np.asarray(((judged.top > 0) * surprise).sum(axis=1) / judged.k)


def unrepeated_share(ranked: Ranked, k: int) -> PerQuery:
    """Share of the shown ranks whose item did not already stand above."""
    cut = ranked[:, :k]
    shown = (cut >= 0).sum(axis=1)
    fresh = shown - repeats(cut).sum(axis=1)
    return np.asarray(fresh / np.where(shown > 0, shown, np.nan))


def intra_list_diversity(ranked: Ranked, vectors: NDArray[np.float32], k: int) -> PerQuery:
    """Mean ``1 - cosine`` over all pairs of a list (Ziegler et al. 2005).

    Computed from the sum of the list's vectors: ``Σ_{i≠j} v_i·v_j = |Σ v|² - m``. A repeated item
    counts once. NaN for a list of fewer than two items, where RecTools has 0.

    Args:
        vectors: embeddings of unit norm, shape ``(items, dim)``, float32.
    """
    from scipy import sparse

    cut = ranked[:, :k]
    kept = (cut >= 0) & ~repeats(cut)
    sizes = kept.sum(axis=1)
    shape = (len(cut), len(vectors))
    # A float32 product may lose the sixth digit; nobody reads more of a diversity.
    ones = np.ones(int(sizes.sum()), dtype=np.float32)
    lists = sparse.csr_matrix((ones, cut[kept], np.concatenate([[0], np.cumsum(sizes)])), shape)
    sums = np.asarray(lists @ vectors)
    squares = np.einsum("ud,ud->u", sums, sums).astype(np.float64)
    pairs = np.where(sizes > 1, sizes * (sizes - 1.0), np.nan)
    return np.asarray(1 - (squares - sizes) / pairs)


def _list_mean(ranked: Ranked, values: Numbers) -> PerQuery:
    """Mean of the items' values over each list."""
    shown = ranked >= 0
    totals = np.where(shown, values[np.maximum(ranked, 0)], 0.0).sum(axis=1)
    sizes = shown.sum(axis=1)
    return np.asarray(totals / np.where(sizes > 0, sizes, np.nan))
