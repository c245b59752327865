"""The best k of an array of scores."""

from __future__ import annotations

import numpy as np

from semrec.types import Hits, Rows, Scores


def top_k(scores: Scores, k: int, rows: Rows | None = None) -> Hits:
    """The best ``k`` of ``scores``, ranked; equal scores by row number. NaN never enters.

    Args:
        scores: shape ``(n,)``.
        k: how many at most.
        rows: row number of each score; None means ``0 … n-1``.
    """
    known = np.flatnonzero(~np.isnan(scores))
    if 0 < k < len(known):
        # Everything that ties with the k-th best stays in, so that the order of ties is by row.
        border = np.partition(scores[known], len(known) - k)[len(known) - k]
        known = known[scores[known] >= border]
    found = known if rows is None else rows[known]
    return Hits(found, scores[known]).top(max(k, 0))
