"""When nothing fits well: which condition to give up, and what then fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from semrec.rank.reading import Reader
from semrec.rank.relevance import Relevance
from semrec.text.pieces import Piece
from semrec.text.spans import Span, blanked
from semrec.types import Vectors

MIN_SCORE = 0.3
"""A list whose best title is less likely right than this has nothing that fits well."""
_GAIN = 0.1
_MOST_PIECES = 8


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What would help.

    Attributes:
        condition: the piece of the query to give up.
        query: the query without it.
        best: the probability of the best title now.
        then: that of the best title for the query without the condition.
    """

    condition: str
    query: str
    best: float
    then: float

    def __str__(self) -> str:
        return f"没有很合适的商品；去掉“{self.condition}”，可以看看“{self.query}”。"


def relax(
    relevance: Relevance,
    reader: Reader,
    query: str,
    titles: Sequence[str],
    *,
    vectors: Vectors | None = None,
    min_score: float = MIN_SCORE,
) -> Relaxation | None:
    """The one condition whose loss helps the nearest alternatives most.

    Args:
        relevance: tells how likely titles are right.
        reader: reads the query.
        query: what was asked.
        titles: the nearest alternatives.
        vectors: of the titles, shape ``(len(titles), dim)``; None to encode them.
        min_score: from which probability on a title fits well.

    Returns:
        None if something fits well already, or if no single condition stands in the way.
    """
    if not titles:
        return None
    best = float(relevance.probabilities(query, titles, vectors).max())
    asked = reader.query(query)
    if best >= min_score or not 1 < len(asked.pieces) <= _MOST_PIECES:
        return None
    found = []
    for piece in filter(lambda each: _is_condition(each, asked.head), asked.pieces):
        rest = " ".join(blanked(asked.text, [piece]).split())
        then = float(relevance.probabilities(rest, titles, vectors).max())
        found.append(Relaxation(piece.text, rest, best, then))
    first = max(found, key=lambda each: each.then, default=None)
    return first if first and first.then >= max(best + _GAIN, min_score) else None


def _is_condition(piece: Piece, head: Span | None) -> bool:
    """Whether a piece says what the product should be like, and is no crumb of an unknown word."""
    named = head is not None and piece.start < head.end and head.start < piece.end
    return not named and len(piece.text) > 1
