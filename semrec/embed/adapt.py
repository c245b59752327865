"""A student adapts itself to a shop: titles, an unlabelled log, clicks, a teacher; no labels."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from semrec.embed.centre import CentredEncoder, choose_centre
from semrec.embed.heldout import HeldOut, figures
from semrec.embed.pairs import PseudoQueries, product_words
from semrec.embed.protocol import Encoder
from semrec.embed.relevance import Click, Lexical, Relevance, relevance, with_clicks
from semrec.embed.settings import SELF_TAUGHT, AdaptSettings
from semrec.embed.student import StudentEncoder
from semrec.embed.train import Material, Trainer
from semrec.embed.vectors import checked
from semrec.errors import InvalidArgument
from semrec.progress import track
from semrec.text.normalise import normalise
from semrec.text.segment import Segmenter
from semrec.types import Progress, Rows, Vectors

_HELD_SHARE = 0.05
_HELD_MOST = 1000
_SURE = 0.9
"""A query's first item is sure where both legs like it nearly best."""
_PER_TITLE = 16
"""Pseudo-queries of a title at most: more say the same again."""
_CENTRE_QUERIES = 256
"""So many queries judge the centring; without a log they also tell where queries lie."""


@dataclass(frozen=True)
class AdaptReport:
    """What an adaptation did.

    Attributes:
        losses: running mean of each loss at the end.
        before: nDCG@10 of held-out queries with the student it started from.
        after: the same with the adapted student.
        kept: whether the adapted student is at least as good on average, and so was kept.
        counts: how many titles, queries, clicks, and held-out queries.
        seconds: how long training took, without the teacher's and the lexical leg's work.
        centring: nDCG@10 of the teacher ``raw`` and ``centred``; the better is used.
    """

    losses: Mapping[str, float]
    before: Mapping[str, float]
    after: Mapping[str, float]
    kept: bool
    counts: Mapping[str, int]
    seconds: float
    centring: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        """Both figures of each check, and the verdict, on one line."""
        pairs = [f"{name} {self.before[name]:.3f} → {self.after[name]:.3f}" for name in self.after]
        return f"{'kept' if self.kept else 'refused'}: held-out nDCG@10 {'; '.join(pairs)}"


@dataclass(frozen=True)
class Adapted:
    """The outcome of an adaptation.

    Attributes:
        student: the adapted student, or the one it started from if that is better.
        report: what happened.
        teacher: the teacher with its sides centred, whose item vectors fit the student's queries;
            None without a teacher.
    """

    student: StudentEncoder
    report: AdaptReport
    teacher: CentredEncoder | None = field(default=None)


def adapt(
    titles: Sequence[str],
    queries: Sequence[str] | None = None,
    clicks: Sequence[Click] | None = None,
    *,
    teacher: Encoder | None = None,
    lexical: Lexical | None = None,
    start: StudentEncoder | None = None,
    words: Callable[[str], Sequence[str]] | None = None,
    settings: AdaptSettings | None = None,
    seed: int = 0,
    name: str = "student",
    progress: Progress = track,
) -> Adapted:
    """Adapt a student to the titles of a shop.

    Args:
        titles: the catalog's; row numbers count them.
        queries: an unlabelled log.
        clicks: queries with the row of what was taken.
        teacher: whose vectors the student learns; encodes titles, queries and clicks.
        lexical: the lexical leg over the same titles; with the teacher it says what queries find.
        start: the student to begin with; random features if None.
        words: cuts a normalised title into words for pseudo-queries; jieba's if None.
        settings: how; if None the defaults, ``SELF_TAUGHT`` with neither teacher nor log.
        name: what the student is called.
        seed: equal seeds give equal students on one machine.
        progress: shows the progress of training.

    Raises:
        InvalidArgument: there is no title, a click names no row of them, or the dimensions of
            teacher and start differ.
        BadVectors: the teacher gives NaN, zeros, or another shape.
    """
    settings = settings or (AdaptSettings() if teacher or queries else SELF_TAUGHT)
    clicks = list(clicks or ())
    _check(titles, clicks, teacher, start)
    rng = np.random.default_rng(seed)
    clean = [normalise(title) for title in titles]
    pseudo = PseudoQueries(clean, words or Segmenter().words)
    held_titles = rng.permutation(len(titles))[: _held(len(titles))]
    asked = list(dict.fromkeys(queries or ()))
    if not asked and (lexical is not None or teacher is not None):
        asked = _made_up(clean, pseudo, settings.pseudo_queries if lexical else 0, rng)
    taught = None
    if teacher is not None:
        helper = _helper(teacher, start)
        shown = asked if helper is None else asked[: settings.taught_queries]
        taught = _teach(teacher, titles, shown, pseudo, lexical, rng, helper)
    material, logged = _material(clean, pseudo, held_titles, asked, clicks, taught, lexical)
    checks = [_pseudo_check(pseudo, held_titles, seed), *logged]
    before = start or StudentEncoder.from_table(_random_table(settings, teacher, rng))
    table = _grown(before.table(), settings.buckets)
    losses, took = _timed(Trainer(table, material, settings, rng), progress)
    said = {"titles": len(titles), "queries": len(queries or ()), "clicks": len(clicks)}
    origin = {**_origin(teacher, taught, start), **said, "seed": seed}
    after = StudentEncoder.from_table(table, bits=settings.bits, name=name, origin=origin)
    taken = (losses, {**said, "queries": len(asked)}, took)
    return _outcome(before, after, checks, titles, taught, taken)


def _timed(trainer: Trainer, progress: Progress) -> tuple[Mapping[str, float], float]:
    """The losses of a training, and its seconds."""
    began = time.monotonic()
    return trainer.run(progress), time.monotonic() - began


def _outcome(
    before: StudentEncoder,
    after: StudentEncoder,
    checks: Sequence[HeldOut],
    titles: Sequence[str],
    taught: _Taught | None,
    taken: tuple[Mapping[str, float], Mapping[str, int], float],
) -> Adapted:
    """The better of two students by held-out queries; ``taken``: losses, counts and seconds."""
    losses, counts, seconds = taken
    was, now = figures(checks, before, titles), figures(checks, after, titles)
    kept = float(np.mean(list(now.values()))) >= float(np.mean(list(was.values())))
    held = {f"held-out {check.name}": len(check.queries) for check in checks}
    centring = {} if taught is None else taught.figures
    report = AdaptReport(losses, was, now, kept, {**counts, **held}, seconds, centring)
    return Adapted(after if kept else before, report, None if taught is None else taught.encoder)


def _made_up(
    titles: Sequence[str], pseudo: PseudoQueries, count: int, rng: np.random.Generator
) -> list[str]:
    """Pseudo-queries in the place of a log."""
    count = min(count, _PER_TITLE * len(titles))
    rows, whose = np.unique(rng.integers(0, len(titles), count), return_inverse=True)
    named = product_words([titles[row] for row in rows])
    return pseudo.asked(rows[whose], [named[i] for i in whose], rng)


def _helper(teacher: Encoder, start: StudentEncoder | None) -> StudentEncoder | None:
    """A student that can stand in for the teacher, since it learned from it."""
    if start is None or start.origin.get("teacher") != teacher.fingerprint:
        return None
    return start


def _origin(
    teacher: Encoder | None, taught: _Taught | None, start: StudentEncoder | None
) -> dict[str, str | None]:
    """Whom the student learned from: the teacher as it came, its space, and its start."""
    return {
        "teacher": None if teacher is None else teacher.fingerprint,
        "space": None if taught is None else taught.encoder.fingerprint,
        "start": None if start is None else start.fingerprint,
    }


def _check(
    titles: Sequence[str],
    clicks: Sequence[Click],
    teacher: Encoder | None,
    start: StudentEncoder | None,
) -> None:
    if not len(titles):
        raise InvalidArgument("titles = []; legal: at least one title")
    for click in clicks:
        if not 0 <= click.row < len(titles):
            raise InvalidArgument(f"click on row {click.row}; legal: 0 to {len(titles) - 1}")
    if teacher is not None and start is not None and teacher.dim != start.dim:
        raise InvalidArgument(
            f"teacher {teacher.name} has {teacher.dim} dimensions, the student to start from "
            f"{start.dim}; legal: equal ones"
        )


def _held(count: int) -> int:
    return min(_HELD_MOST, int(count * _HELD_SHARE))


@dataclass(frozen=True)
class _Taught:
    """What the teacher says: its centred form, the titles' vectors, and what centring gave.

    It encodes the first ``most`` queries; a ``helper`` that learned from it encodes the others.
    """

    encoder: CentredEncoder
    items: Vectors
    figures: Mapping[str, float]
    helper: StudentEncoder | None = None
    most: int = 0

    def queries(self, texts: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Vectors of all texts, and the teacher's alone, zeros where it did not encode."""
        if self.helper is None:
            vectors = self.encoder.encode_queries(texts)
            return vectors, vectors
        own = self.encoder.encode_queries(texts[: self.most])
        others = self.helper.encode_queries(texts[self.most :])
        return np.concatenate([own, others]), np.concatenate([own, np.zeros_like(others)])


def _teach(
    teacher: Encoder,
    titles: Sequence[str],
    asked: Sequence[str],
    pseudo: PseudoQueries,
    lexical: Lexical | None,
    rng: np.random.Generator,
    helper: StudentEncoder | None,
) -> _Taught:
    """Encode the titles, and centre by the log, or by pseudo-queries if there is none.

    Judge of the centring is the lexical leg; without one, the titles of pseudo-queries.
    ``helper`` is to encode the queries beyond ``asked``.
    """
    items = teacher.encode_items(titles)
    items = checked(items, len(titles), teacher.dim, f"{teacher.name}: titles")
    if asked and lexical is not None:
        best = [lexical.search(query, 1).rows[:1] for query in asked[:_CENTRE_QUERIES]]
        found = [query for query, rows in zip(asked, best, strict=False) if len(rows)]
        probes = [*found, *asked]
        wanted = np.concatenate([np.empty(0, np.int64), *best])
    else:
        wanted = rng.integers(0, len(titles), _CENTRE_QUERIES)
        probes = [pair.query for pair in pseudo.draw(wanted, rng)]
    queries = teacher.encode_queries(probes)
    queries = checked(queries, len(probes), teacher.dim, f"{teacher.name}: queries")
    centre, figures = choose_centre(queries, items, wanted)
    centred = CentredEncoder(teacher, centre)
    return _Taught(centred, centre.items(items), figures, helper, len(asked))


def _material(
    titles: Sequence[str],
    pseudo: PseudoQueries,
    held_titles: Rows,
    asked: Sequence[str],
    clicks: Sequence[Click],
    taught: _Taught | None,
    lexical: Lexical | None,
) -> tuple[Material, list[HeldOut]]:
    """What is learned, and what is kept aside to see whether it was."""
    texts = [*asked, *(click.query for click in clicks)]
    vectors, own = taught.queries(texts) if taught is not None and texts else (None, None)
    legs = None if vectors is None or taught is None else (vectors, taught.items)
    judged = relevance(texts, len(titles), lexical, legs)
    if clicks:
        first = len(asked)
        tail = with_clicks(Relevance(judged.rows[first:], judged.scores[first:]), clicks)
        judged = Relevance(
            np.concatenate([judged.rows[:first], tail.rows]),
            np.concatenate([judged.scores[:first], tail.scores]),
        )
    held = np.zeros(len(texts), dtype=np.bool_)
    held[len(asked) - _held(len(asked)) : len(asked)] = True
    learned = np.flatnonzero(~held & (judged.rows[:, 0] >= 0))
    sure = np.flatnonzero(held & (judged.scores[:, 0] >= _SURE))
    material = Material(
        titles=titles,
        pseudo=pseudo,
        drawn=np.setdiff1d(np.arange(len(titles)), held_titles),
        queries=[texts[i] for i in learned],
        judged=Relevance(judged.rows[learned], judged.scores[learned]),
        item_vectors=None if taught is None else taught.items,
        query_vectors=None if own is None else own[learned],
    )
    logged = HeldOut("log queries", [texts[i] for i in sure], judged.rows[sure, 0])
    return material, [logged] if len(sure) else []


def _pseudo_check(pseudo: PseudoQueries, rows: Rows, seed: int) -> HeldOut:
    pairs = pseudo.draw(rows, np.random.default_rng(seed + 1))
    return HeldOut("pseudo-queries", [pair.query for pair in pairs], rows)


def _random_table(
    settings: AdaptSettings, teacher: Encoder | None, rng: np.random.Generator
) -> Vectors:
    """Random features: near orthogonal, so that a text finds what shares features with it."""
    dim = settings.dim if teacher is None else teacher.dim
    table = rng.standard_normal((settings.buckets, dim), dtype=np.float32)
    table /= np.float32(np.sqrt(dim))
    return table


def _grown(table: Vectors, buckets: int) -> Vectors:
    """The table with at least so many buckets: repeated, which changes no vector."""
    times = max(buckets // len(table), 1)
    return np.tile(table, (times, 1))
