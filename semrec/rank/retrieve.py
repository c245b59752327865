"""Gather candidates from several sources, and give each its true score from all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, ScoreRows, Scores

_OTHERS = 0.95
"""What the best item of another wording has of the best of the first."""


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


def best_of(wordings: Sequence[Source], *, level: bool = False) -> Source:
    """One voice from several that ask the same in other words; it has the name of the first.

    An item is as good as the wording that it fits best.

    Args:
        wordings: at least one; all find.
        level: make the best item of each wording in the whole shop nearly as good as that of the
            first that has one: BM25 grows with the number of terms, which says nothing of an
            item. Nearly, so that what was typed comes first among equals.
    """
    if len(wordings) == 1:
        return wordings[0]
    factors = _levels(wordings) if level else np.ones(len(wordings), dtype=np.float32)

    def score(rows: Rows) -> Scores:
        said = [factor * each.score(rows) for factor, each in zip(factors, wordings, strict=True)]
        best: Scores = np.fmax.reduce(said)
        return best

    def find(k: int, allowed: Mask | None) -> Hits:
        found = [each.find(k, allowed).rows for each in wordings if each.find is not None]
        rows = np.unique(np.concatenate(found))
        return top_k(score(rows), k, rows)

    return Source(wordings[0].name, score, find)


def _levels(wordings: Sequence[Source]) -> Scores:
    """What brings the best scores of all wordings to the level of the first that has one."""
    tops = [each.find(1, None).scores for each in wordings if each.find is not None]
    best = np.array([float(top[0]) if len(top) else 0.0 for top in tops], dtype=np.float32)
    first = best[best > 0][:1]
    if not len(first):
        return np.ones_like(best)
    level = np.where(best == first, first, np.float32(_OTHERS) * first)
    levels: Scores = np.divide(level, best, out=np.ones_like(best), where=best > 0)
    return levels


def gather(sources: Sequence[Source], k: int, allowed: Mask | None = None) -> Hits:
    """The union of each source's best ``k`` allowed items, with every source's signal complete.

    Returns:
        Candidates in ascending row order, all scores 0 until they are blended.
    """
    found = [source.find(k, allowed) for source in sources if source.find is not None]
    rows = np.unique(np.concatenate([np.empty(0, np.int64), *(hits.rows for hits in found)]))
    if len(sources) == len(found) == 1:  # it has scored them already
        signals = {sources[0].name: found[0].scores[np.argsort(found[0].rows)]}
    else:
        signals = {source.name: source.score(rows) for source in sources}
    return Hits(rows, np.zeros(len(rows), np.float32), signals)
