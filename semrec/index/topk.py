"""The best k of an array of scores."""

from __future__ import annotations

from math import isqrt

import numpy as np

from semrec.types import Hits, Rows, Scores, best_first

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
    few = len(scores) < _MANY * k
    places = _leaders(scores, k, above) if few else _tournament(scores, k, above)
    found = places if rows is None else rows[places]
    values = scores.take(places).astype(np.float32, copy=False)
    order = best_first(found, values)[:k]
    return Hits(found[order], values[order])


def _leaders(scores: Scores, k: int, above: float | None) -> Rows:
    """Where the best ``k`` and all that tie with the k-th best stand, ascending."""
    places = np.flatnonzero(~np.isnan(scores) if above is None else scores > above)
    if k < len(places):
        values = scores.take(places)
        places = places[values >= np.partition(values, len(values) - k)[len(values) - k]]
    return places


def _tournament(scores: Scores, k: int, above: float | None) -> Rows:
    """The same as :func:`_leaders`, of many scores.

    The k-th best of the maxima of groups is a lower bound of the k-th best score, so that only
    the groups that lead matter. The maxima take one pass at the speed of memory; selecting from
    all scores takes several, and many more where thousands are equal.
    """
    # As many maxima to select from as scores in the groups that lead.
    height = isqrt(len(scores) // k)
    width = len(scores) // height
    maxima = np.fmax.reduce(scores[: height * width].reshape(height, width), axis=0)
    grouped = np.arange(0, height * width, width)[:, np.newaxis] + _leaders(maxima, k, above)
    places = np.concatenate([grouped.ravel(), np.arange(height * width, len(scores))])
    return places[_leaders(scores.take(places), k, above)]
