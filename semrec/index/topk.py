"""The best k of an array of scores."""

from __future__ import annotations

from math import isqrt

import numpy as np

from semrec.types import Hits, Mask, Rows, Scores

_MANY = 32
"""From so many times ``k`` scores on, a first look at groups spares looking at each score."""


def top_k(scores: Scores, k: int, rows: Rows | None = None, above: float | None = None) -> Hits:
    """The best ``k`` of ``scores``, ranked; equal scores by row number. NaN never enters.

    Args:
        scores: shape ``(n,)``.
        k: how many at most.
        rows: row number of each score; None means ``0 … n-1``.
        above: only scores above this; None admits all.
    """
    if k <= 0:
        return Hits.empty()
    many = len(scores) >= _MANY * k
    places = _contenders(scores, k, above) if many else np.arange(len(scores))
    places = places[_admitted(scores.take(places), above)]
    if k < len(places):
        # Everything that ties with the k-th best stays in, so that the order of ties is by row.
        values = scores.take(places)
        places = places[values >= _kth(values, k)]
    found = places if rows is None else rows[places]
    return Hits(found, scores.take(places)).top(k)


def _contenders(scores: Scores, k: int, above: float | None) -> Rows:
    """Where the best ``k`` stand, ascending: all that tie with the k-th best, and some others.

    A tournament: the k-th best of the maxima of groups is a lower bound of the k-th best score, so
    that only the groups with such a maximum matter. The maxima take one pass at the speed of
    memory; selecting from all scores takes several, and many more where thousands are equal.
    """
    count = len(scores)
    # As many maxima to select from as scores in the groups that remain.
    height = isqrt(count // k)
    width = count // height
    heads = np.fmax.reduce(scores[: height * width].reshape(height, width), axis=0)
    leading = np.flatnonzero(_admitted(heads, above))
    if k < len(leading):
        maxima = heads[leading]
        leading = leading[maxima >= _kth(maxima, k)]
    grouped = np.arange(0, height * width, width)[:, np.newaxis] + leading
    return np.concatenate([grouped.ravel(), np.arange(height * width, count)])


def _admitted(scores: Scores, above: float | None) -> Mask:
    return ~np.isnan(scores) if above is None else scores > above


def _kth(values: Scores, k: int) -> float:
    """The ``k``-th largest of at least ``k`` values."""
    return float(np.partition(values, len(values) - k)[len(values) - k])
