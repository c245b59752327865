"""The best k of a sum of posting lists, without reading the long ones in full.

MaxScore (Turtle & Flood 1995, "Query evaluation: strategies and optimizations"), a list at a time:
an item that stands only in lists whose peaks together stay below the k-th best score cannot be
among the best k. Short lists are added up first; the long ones, of frequent characters, are only
looked up for the items that can still win. Nothing is approximated.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from semrec.index.postings import PostingList
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, ScoreRows

_FEW_ALLOWED = 0.01
"""Below this share of allowed items, scoring just those is faster."""
_FIRST_LOOK = 1_000
"""Postings after which the k-th best score is estimated first; each time four times later."""
_MANY_READ = 0.1
"""From this share of the rows on, reading all sums is faster than gathering the rows of lists."""
_SLACK = 1 - 1e-4
"""Bounds are lowered by this factor: single precision rounds, and depends on the order of a sum."""


def best(
    count: int,
    lists: Sequence[PostingList],
    k: int,
    allowed: Mask | None,
    score: ScoreRows,
) -> Hits:
    """The best ``k`` allowed items with a positive score, ranked; equal scores by row.

    Args:
        count: number of rows.
        lists: the posting lists of the query; their sum over a row must be at least its score.
        k: how many at most.
        allowed: mask of shape ``(count,)``; None allows all.
        score: the exact score of given rows.
    """
    raising = sorted((each for each in lists if each.bound > 0), key=lambda each: len(each.items))
    if k <= 0 or not raising:
        return Hits.empty()
    if allowed is not None and np.count_nonzero(allowed) <= max(k, _FEW_ALLOWED * count):
        return _positive(np.flatnonzero(allowed), k, score)
    sums, read, border = _add_short_lists(count, raising, k, allowed, score)
    rest = raising[read:]
    beyond = sum(each.bound for each in rest)
    floor = border * _SLACK - beyond
    rows = _at_least(sums, raising[:read], floor)
    if allowed is not None:
        rows = rows[allowed[rows]]
    return _positive(_prune(rows, sums[rows], rest, k, border, score), k, score)


def _add_short_lists(
    count: int,
    lists: Sequence[PostingList],
    k: int,
    allowed: Mask | None,
    score: ScoreRows,
) -> tuple[NDArray[np.float32], int, float]:
    """Add up lists until no item outside them can win.

    Returns:
        The sums, shape ``(count,)``; how many lists they hold; a lower bound of the k-th score.
    """
    sums = np.zeros(count, dtype=np.float32)
    beyond = sum(each.bound for each in lists)
    leading = np.empty(0, dtype=np.int64)
    border, seen, look = 0.0, 0, max(_FIRST_LOOK, 2 * k)
    for read, each in enumerate(lists):
        if seen >= look or (seen >= 2 * k and len(each.items) >= look):
            leading = _leading(sums, lists[:read], leading, k, allowed)
            border = max(border, _kth(leading, k, score))
            look = 4 * max(seen, look)
        if border * _SLACK > beyond:
            return sums, read, border
        each.add_to(sums)
        seen += len(each.items)
        beyond -= each.bound
    return sums, len(lists), border


def _at_least(
    sums: NDArray[np.float32], lists: Sequence[PostingList], floor: float
) -> NDArray[np.int64]:
    """The rows with a positive sum of at least ``floor``, ascending.

    Args:
        sums: the sum of ``lists`` over each row.
    """
    if sum(len(each.items) for each in lists) > _MANY_READ * len(sums):
        return np.flatnonzero(sums >= floor if floor > 0 else sums > 0)
    found = [np.empty(0, dtype=np.int32)]
    found += [each.items[sums[each.items.astype(np.intp)] >= floor] for each in lists]
    return _distinct(np.concatenate(found))


def _leading(
    sums: NDArray[np.float32],
    lists: Sequence[PostingList],
    before: Rows,
    k: int,
    allowed: Mask | None,
) -> Rows:
    """The rows of the ``k`` largest sums so far, ascending; fewer where there are fewer.

    Args:
        sums: the sum of ``lists`` over each row.
        before: what this function found when it was asked last; empty at first.
    """
    if len(before) >= k:
        # Sums only grow: the k-th largest is at least the least of those k.
        rows = np.flatnonzero(sums >= sums[before].min())
    else:
        rows = np.concatenate([each.items for each in lists]).astype(np.int64)
    if allowed is not None:
        rows = rows[allowed[rows]]
    # A row stands here at most once a list.
    found = _distinct(_largest(rows, sums[rows], k * max(len(lists), 1)))
    return _largest(found, sums[found], k)


def _distinct(rows: NDArray[np.integer]) -> Rows:
    """The rows ascending, each once; ``np.unique`` hashes them, which takes much longer."""
    ordered = np.sort(rows)
    first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first].astype(np.int64)


def _largest(rows: Rows, sums: NDArray[np.float32], k: int) -> Rows:
    if len(rows) > k:
        rows = rows[np.argpartition(sums, len(rows) - k)[len(rows) - k :]]
    return np.sort(rows)


def _kth(leading: Rows, k: int, score: ScoreRows) -> float:
    """The least exact score of ``k`` rows, which bounds the k-th best; 0 if there are fewer."""
    return float(score(leading).min()) if len(leading) >= k else 0.0


def _prune(
    rows: Rows,
    sums: NDArray[np.float32],
    rest: Sequence[PostingList],
    k: int,
    border: float,
    score: ScoreRows,
) -> Rows:
    """The rows that can still be among the best k, when the remaining lists are looked up."""
    if len(rows) > 16 * k:
        border = max(border, _kth(_largest(rows, sums, k), k, score))
    beyond = sum(each.bound for each in rest)
    for each in sorted(rest, key=lambda each: -each.bound):
        if len(rows) <= 4 * k:
            break
        kept = sums + beyond >= border * _SLACK
        rows = rows[kept]
        sums = sums[kept] + each.at(rows)
        beyond -= each.bound
    return rows[sums + beyond >= border * _SLACK]


def _positive(rows: NDArray[np.int64], k: int, score: ScoreRows) -> Hits:
    scores = score(rows)
    found = scores > 0
    return top_k(scores[found], k, rows[found])
