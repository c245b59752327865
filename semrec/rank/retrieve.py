"""Gather candidates from several sources, and give each its true score from all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from semrec.types import Hits, Mask, ScoreRows


@dataclass(frozen=True)
class Source:
    """One voice on which items fit.

    Attributes:
        name: the signal it gives (``lexical``, ``dense``, ``user``, …).
        score: its true score for arbitrary candidates; NaN where it knows nothing of an item.
        find: its own best ``k`` among the allowed items; None if it only judges what others found.
    """

    name: str
    score: ScoreRows
    find: Callable[[int, Mask | None], Hits] | None = None


def gather(sources: Sequence[Source], k: int, allowed: Mask | None = None) -> Hits:
    """The union of each source's best ``k`` allowed items, with every source's signal complete.

    Returns:
        Candidates in ascending row order, all scores 0 until they are blended.
    """
    found = [source.find(k, allowed).rows for source in sources if source.find is not None]
    rows = np.unique(np.concatenate([np.empty(0, np.int64), *found]))
    signals = {source.name: source.score(rows) for source in sources}
    return Hits(rows, np.zeros(len(rows), np.float32), signals)
