"""A shop adapts its embedding to its own titles, queries and clicks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from semrec.config import LexicalConfig
from semrec.data.events import Events, taken
from semrec.data.importers import load_events
from semrec.data.query_log import load_queries
from semrec.data.tables import Source
from semrec.embed.adapt import Adapted, AdaptReport, adapt
from semrec.embed.protocol import Encoder
from semrec.embed.relevance import Click
from semrec.encoders import Encoders
from semrec.fit import searchable
from semrec.index.dense import DenseIndex
from semrec.index.lexical import LexicalIndex
from semrec.legs import Choice, Sides, item_side
from semrec.shop import Shop
from semrec.text.normalise import normalise
from semrec.text.segment import Segmenter
from semrec.types import Hits, Rows, Scores

_JUDGE = LexicalConfig()
"""BM25 that says which titles a query of the log should find, the one that the settings of the
training were chosen with, whatever the shop searches with."""


@dataclass(frozen=True)
class TextLexical:
    """A lexical index, asked by text."""

    index: LexicalIndex
    segmenter: Segmenter

    def search(self, query: str, k: int) -> Hits:
        """The best ``k`` items."""
        return self.index.search(self.segmenter.terms(normalise(query)), k)

    def score_rows(self, query: str, rows: Rows) -> Scores:
        """BM25 of given items, shape ``(len(rows),)``."""
        return self.index.score_rows(self.segmenter.terms(normalise(query)), rows)


def adapt_to(
    shop: Shop,
    encoders: Encoders,
    queries: Sequence[str] | str | Path,
    events: Source | None,
    *,
    with_teacher: bool,
    seed: int,
) -> tuple[Shop, Encoders, AdaptReport]:
    """:func:`adapt_shop` with a query log and clicks from files.

    Raises:
        DataError: a file cannot be used.
        ModelNotFound: the teacher cannot be loaded.
    """
    asked = load_queries(queries) if isinstance(queries, str | Path) else queries
    clicks: list[Click] = []
    if events is not None:
        config = shop.config
        log, _ = load_events(events, shop.catalog.items, config.events, config.columns.events)
        clicks = clicks_of(log, shop)
    return adapt_shop(shop, encoders, asked, clicks, with_teacher=with_teacher, seed=seed)


def adapt_shop(
    shop: Shop,
    encoders: Encoders,
    queries: Sequence[str] = (),
    clicks: Sequence[Click] = (),
    *,
    with_teacher: bool = True,
    seed: int = 0,
) -> tuple[Shop, Encoders, AdaptReport]:
    """Adapt the student; the shop's item vectors follow it.

    With a teacher, the items get its (centred) vectors, and queries are encoded by the student;
    without one, the student encodes both sides. A student that is worse on held-out queries is
    refused, and the one before stays.

    Args:
        shop: the fitted shop.
        encoders: its teacher and student.
        queries: an unlabelled log.
        clicks: queries with the row of what was taken.
        with_teacher: whether the student learns from the teacher, which encodes all titles and
            queries once.
        seed: equal seeds give equal students.

    Raises:
        ModelNotFound: the teacher cannot be loaded.
        BadVectors: the teacher gives NaN, zeros, or another shape.
    """
    titles = shop.catalog.texts("title")
    segmenter = shop.words.segmenter
    judge = LexicalIndex.build(searchable(shop.catalog, None), segmenter.terms, _JUDGE)
    start = encoders.student
    teacher = encoders.transformer if with_teacher else None
    if start is not None and teacher is not None and start.dim != teacher.dim:
        start = None  # a student of another teacher is no start
    outcome = adapt(
        titles,
        queries,
        clicks,
        teacher=teacher,
        lexical=TextLexical(judge, segmenter),
        start=start,
        words=segmenter.words,
        seed=seed,
    )
    return (*_renewed(shop, encoders, outcome, titles), outcome.report)


def _renewed(
    shop: Shop, encoders: Encoders, outcome: Adapted, titles: Sequence[str]
) -> tuple[Shop, Encoders]:
    student, teacher = outcome.student, outcome.teacher
    counts = outcome.report.counts
    verdict = "adapted to" if outcome.report.kept else "refused after adapting to"
    why = f"{verdict} {counts['titles']:,} titles and {counts['queries']:,} queries"
    renewed = encoders.of_student(student).centred(None if teacher is None else teacher.centre)
    sides: Sides = "student+teacher" if teacher is not None and renewed.pair else "student"
    encoder: Encoder = student if sides == "student" else renewed.transformer
    vectors = renewed.of(item_side(sides)).encode_items(titles)
    made = {"name": encoder.name, "fingerprint": encoder.fingerprint}
    changed = replace(
        shop,
        dense=DenseIndex.build(vectors),
        student=student,
        centre=renewed.centre,
        encoder=made,
        choice=Choice(sides, why),
    )
    return changed, renewed


def clicks_of(log: Events, shop: Shop) -> list[Click]:
    """The events of a log that name a query and an item of the shop that was taken."""
    found = taken(log.frame)
    rows = shop.catalog.items.rows(found["item_id"])
    return [
        Click(query, int(row)) for query, row in zip(found["query"], rows, strict=True) if row >= 0
    ]
