"""Which items each query should find, without labels: what lexical leg and teacher agree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from semrec.types import Hits, Rows, Scores, Vectors, best_first

_FOUND = 100
"""Candidates of each leg, as many as decide a first page."""
_KEPT = 64
"""Candidates kept of a query, the best first."""
_BLOCK = 512


class Lexical(Protocol):
    """The lexical leg, asked by text."""

    def search(self, query: str, k: int) -> Hits:
        """The best ``k`` items."""

    def score_rows(self, query: str, rows: Rows) -> Scores:
        """The scores of given items, shape ``(len(rows),)``."""


class Click(NamedTuple):
    """Someone asked ``query`` and took the item of ``row``."""

    query: str
    row: int


@dataclass(frozen=True)
class Relevance:
    """Queries and what they should find.

    Attributes:
        rows: items of each query, the most relevant first, shape ``(queries, kept)``, int64; -1
            where fewer were found.
        scores: their relevance in [0, 1], shape ``(queries, kept)``, float32; items that are not
            among them count 0.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.rows)

    def among(self, queries: Rows, pool: Rows) -> NDArray[np.float32]:
        """Relevance of the items of an ascending ``pool``: shape ``(len(queries), len(pool))``."""
        rows = self.rows[queries]
        places = np.minimum(np.searchsorted(pool, rows), len(pool) - 1)
        hit = pool[places] == rows
        found = np.zeros((len(queries), len(pool)), dtype=np.float32)
        who, which = np.nonzero(hit)
        found[who, places[who, which]] = self.scores[queries][who, which]
        return found


def relevance(
    queries: Sequence[str],
    n_items: int,
    lexical: Lexical | None,
    teacher: tuple[Vectors, Vectors] | None,
) -> Relevance:
    """The mean of both legs, each stretched to [0, 1] over a query's candidates.

    Args:
        queries: texts.
        n_items: how many items there are, at least one.
        lexical: the lexical leg, if there is one.
        teacher: vectors of the queries and of the items, ``(queries, dim)`` and ``(items, dim)``.
    """
    kept = min(_KEPT, n_items)
    rows = np.full((len(queries), kept), -1, dtype=np.int64)
    scores = np.zeros((len(queries), kept), dtype=np.float32)
    for start in range(0, len(queries), _BLOCK):
        block = queries[start : start + _BLOCK]
        cosines = None if teacher is None else teacher[0][start : start + _BLOCK] @ teacher[1].T
        for i, query in enumerate(block):
            found, blended = _blended(query, None if cosines is None else cosines[i], lexical)
            order = best_first(found, blended)[:kept]
            rows[start + i, : len(order)] = found[order]
            scores[start + i, : len(order)] = blended[order]
    return Relevance(rows, scores)


def with_clicks(judged: Relevance, clicks: Sequence[Click]) -> Relevance:
    """The relevance of the clicks' queries, one a click, with the taken item first and at 1."""
    rows, scores = judged.rows.copy(), judged.scores.copy()
    for i, click in enumerate(clicks):
        others = rows[i] != click.row
        # What the legs liked better may be as good, but nobody says so.
        rows[i, 1:] = rows[i][others][: rows.shape[1] - 1] if others.all() else rows[i][others]
        scores[i, 1:] = 0.5 * scores[i][others][: rows.shape[1] - 1]
        rows[i, 0], scores[i, 0] = click.row, 1.0
    return Relevance(rows, scores)


def _blended(
    query: str, cosines: NDArray[np.float32] | None, lexical: Lexical | None
) -> tuple[Rows, Scores]:
    found: list[Rows] = []
    if cosines is not None:
        most = min(_FOUND, len(cosines))
        found.append(np.argpartition(-cosines, most - 1)[:most])
    if lexical is not None:
        found.append(lexical.search(query, _FOUND).rows)
    rows = np.unique(np.concatenate([np.empty(0, np.int64), *found]))
    legs: list[Scores] = [] if cosines is None else [cosines[rows]]
    if lexical is not None:
        legs.append(lexical.score_rows(query, rows))
    stretched = [_stretch(leg) for leg in legs]
    return rows, np.mean(stretched, axis=0, dtype=np.float32) if len(rows) else np.empty(0, "f4")


def _stretch(scores: Scores) -> Scores:
    if not len(scores):
        return scores
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.full_like(scores, high > 0)
