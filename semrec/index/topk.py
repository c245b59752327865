"""The best k of an array of scores."""

from __future__ import annotations

from math import isqrt

import numpy as np

from semrec.types import Hits, Rows, Scores

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
    places = _contenders(scores, k, above)
    values = scores[places]
    keep = ~np.isnan(values) if above is None else values > above
    places, values = places[keep], values[keep]
    if k < len(values):
        # Everything that ties with the k-th best stays in, so that the order of ties is by row.
        keep = values >= np.partition(values, len(values) - k)[len(values) - k]
        places, values = places[keep], values[keep]
    found = places if rows is None else rows[places]
    return Hits(found, values).top(k)


def _contenders(scores: Scores, k: int, above: float | None) -> Rows:
    """Where the best ``k`` stand, ascending: all that tie with the k-th best, and some others.

    A tournament: the k-th best of the maxima of groups is a lower bound of the k-th best score, so
    that only the groups with such a maximum matter. The maxima take one pass at the speed of
    memory; selecting from all scores takes several, and many more where thousands are equal.
    """
    count = len(scores)
    if count < _MANY * k:
        return np.arange(count)
    # As many maxima to select from as scores in the groups that remain.
    height = isqrt(count // k)
    width = count // height
    heads = np.fmax.reduce(scores[: height * width].reshape(height, width), axis=0)
    leading = np.flatnonzero(~np.isnan(heads) if above is None else heads > above)
    if k < len(leading):
        maxima = heads[leading]
        leading = leading[maxima >= np.partition(maxima, len(maxima) - k)[len(maxima) - k]]
    grouped = np.arange(0, height * width, width)[:, np.newaxis] + leading
    return np.concatenate([grouped.ravel(), np.arange(height * width, count)])
