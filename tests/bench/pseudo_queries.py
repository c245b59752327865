"""Questions whose answer is known, made from titles: they fit the blend where nobody has clicked.

A pseudo-query is a product word and some of what stands before it in a title; that title is the
right answer. People use other words than titles do: so that words are not trusted too much, the
lexical signal does not see each piece of the query with a chance ``unsaid``, while meaning does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.rank.reading import Reader
from semrec.rank.retrieve import Source, gather
from semrec.types import Hits

UNSAID = 0.3
"""Chance that a title does not say a piece of the query."""
_SURE = 0.7
_DEPTH = 200
Sources = Callable[[str, str], Sequence[Source]]
"""Query for meaning, query for words → the sources that answer it."""


@dataclass(frozen=True, slots=True)
class PseudoQuery:
    """A query made from a title.

    Attributes:
        row: the item that is right.
        text: the query as meaning sees it.
        said: the pieces that words see.
    """

    row: int
    text: str
    said: str


def pseudo_queries(
    titles: Sequence[str],
    reader: Reader,
    count: int = 200,
    *,
    unsaid: float = UNSAID,
    seed: int = 0,
) -> list[PseudoQuery]:
    """At most ``count`` queries; titles without a clear product word make none."""
    rng = random.Random(seed)
    found: list[PseudoQuery] = []
    for row in rng.sample(range(len(titles)), len(titles)):
        if len(found) == count:
            break
        read = reader.query(titles[row])
        heads = [span for span in read.products if span.confidence > _SURE]
        if not heads:
            continue
        head = rng.choice(heads)
        before = [piece for piece in read.pieces if piece.end <= head.start and len(piece.text) > 1]
        some = rng.sample(before, min(len(before), rng.choice((0, 1, 1, 2))))
        words = [piece.text for piece in sorted(some, key=lambda piece: piece.start)]
        words.append(head.text)
        kept = [word for word in words if rng.random() >= unsaid] or [rng.choice(words)]
        found.append(PseudoQuery(row, " ".join(words), " ".join(kept)))
    return found


def samples(
    queries: Sequence[PseudoQuery], sources: Sources
) -> list[tuple[Hits, NDArray[np.float64]]]:
    """Candidates and which of them are right, for ``log_odds.fit``; others are left out."""
    found = []
    for query in queries:
        hits = gather(sources(query.text, query.said), _DEPTH)
        right = (hits.rows == query.row).astype(np.float64)
        if right.any():
            found.append((hits, right))
    return found
