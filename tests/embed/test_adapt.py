from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from semrec.embed.adapt import Adapted, adapt
from semrec.embed.relevance import Click
from semrec.embed.settings import AdaptSettings
from semrec.embed.student import StudentEncoder
from semrec.embed.vectors import unit
from semrec.errors import BadVectors, InvalidArgument
from semrec.index.topk import top_k
from semrec.types import Hits, Rows, Scores, Vectors

SMALL = AdaptSettings(buckets=1 << 11, dim=32, epochs=20, batch=32, pool=48, pseudo_queries=200)
KINDS = {"杯": "水壶", "锅": "厨具", "裤": "下装", "灯": "照明"}
COLOURS = ["红色", "蓝色", "黑色", "白色", "绿色"]
STUFFS = ["不锈钢", "玻璃", "陶瓷", "塑料", "纯棉"]
TITLES = [f"{c} {s} {k}" for c in COLOURS for s in STUFFS for k in KINDS]


class Meaning:
    """A teacher that knows what the characters of two texts do not share: 水壶 is 杯."""

    name, fingerprint, dim = "meaning", "m0", 32

    def __init__(self) -> None:
        signs = [*COLOURS, *STUFFS, *KINDS]
        made = np.random.default_rng(1).standard_normal((len(signs), self.dim))
        self._signs = dict(zip(signs, made, strict=True))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        plain = [self._plain(text) for text in texts]
        sums = [sum(v for sign, v in self._signs.items() if sign in text) for text in plain]
        return unit(np.array([np.zeros(self.dim) + s for s in sums], dtype=np.float32))

    @staticmethod
    def _plain(text: str) -> str:
        for kind, other in KINDS.items():
            text = text.replace(other, kind)
        return text


LOG = [f"{c}{other}" for c in COLOURS for other in KINDS.values()] + [
    f"{s}{other}" for s in STUFFS for other in KINDS.values()
]


def split(title: str) -> list[str]:
    return title.split()


@pytest.fixture(scope="module")
def taught() -> Adapted:
    return adapt(TITLES, LOG, teacher=Meaning(), words=split, settings=SMALL)


def kinds_found(student: StudentEncoder) -> float:
    """How often the nearest of all titles to 水壶, 厨具 … is of that kind."""
    items = student.encode_items(TITLES)
    nearest = (student.encode_queries(list(KINDS.values())) @ items.T).argmax(axis=1)
    return float(np.mean([TITLES[n].endswith(k) for n, k in zip(nearest, KINDS, strict=True)]))


def test_a_student_learns_what_only_the_teacher_knows(taught: Adapted) -> None:
    alone = adapt(TITLES, words=split, settings=SMALL)
    assert kinds_found(alone.student) < 1
    assert kinds_found(taught.student) == 1
    assert taught.report.kept
    assert taught.teacher is not None
    assert taught.student.origin["teacher"] == "m0"
    assert taught.student.origin["space"] == taught.teacher.fingerprint


def test_student_queries_fit_the_teachers_items(taught: Adapted) -> None:
    assert taught.teacher is not None
    items = taught.teacher.encode_items(TITLES)
    for query, kind in [("红色水壶", "杯"), ("玻璃照明", "灯")]:
        best = int((taught.student.encode_queries([query]) @ items.T).argmax())
        assert TITLES[best].endswith(kind)
        assert query[:2] in TITLES[best]


def test_losses_fall_and_the_check_gets_better_without_teacher_or_log() -> None:
    short, long = (adapt(TITLES, words=split, settings=replace(SMALL, epochs=n)) for n in (1, 20))
    assert long.report.losses["pseudo-queries"] < short.report.losses["pseudo-queries"]
    assert long.report.after["pseudo-queries"] > long.report.before["pseudo-queries"]


class Letters:
    """A lexical leg that counts the characters of the query in the titles."""

    def search(self, query: str, k: int) -> Hits:
        return top_k(self.score_rows(query, np.arange(len(TITLES))), k)

    def score_rows(self, query: str, rows: Rows) -> Scores:
        return np.array([len(set(query) & set(TITLES[row])) for row in rows], dtype=np.float32)


def test_pseudo_queries_take_the_place_of_a_log_a_few_of_each_title() -> None:
    many, few = (
        adapt(
            TITLES,
            lexical=Letters(),
            words=split,
            settings=replace(SMALL, epochs=1, pseudo_queries=count),
        )
        for count in (100_000, 50)
    )
    assert 50 < many.report.counts["queries"] <= 16 * len(TITLES)
    assert 0 < few.report.counts["queries"] <= 50
    assert many.report.losses.keys() >= {"queries", "candidates"}


def test_the_seed_decides(taught: Adapted) -> None:
    again = adapt(TITLES, LOG, teacher=Meaning(), words=split, settings=SMALL)
    other = adapt(TITLES, LOG, teacher=Meaning(), words=split, settings=SMALL, seed=1)
    assert again.student.fingerprint == taught.student.fingerprint
    assert other.student.fingerprint != taught.student.fingerprint


def own_kind(student: StudentEncoder, clicks: Sequence[Click]) -> float:
    """How often the nearest title to a click's query is of the kind that was taken."""
    items = student.encode_items(TITLES)
    nearest = (student.encode_queries([click.query for click in clicks]) @ items.T).argmax(axis=1)
    pairs = zip(nearest, clicks, strict=True)
    return float(np.mean([TITLES[n][-1] == TITLES[click.row][-1] for n, click in pairs]))


def test_clicks_teach_without_a_teacher() -> None:
    clicks = [
        Click(f"{colour}{other}", TITLES.index(f"{colour} {stuff} {kind}"))
        for colour in COLOURS
        for stuff in STUFFS[:3]
        for kind, other in KINDS.items()
    ]
    taught = adapt(TITLES, clicks=clicks, words=split, settings=SMALL)
    alone = adapt(TITLES, words=split, settings=SMALL)
    found, by_chance = (own_kind(student, clicks) for student in (taught.student, alone.student))
    assert found > by_chance + 0.3
    assert taught.report.counts["clicks"] == len(clicks)


def test_a_worse_student_is_refused(taught: Adapted) -> None:
    wild = replace(SMALL, epochs=1, rate=50.0)
    spoilt = adapt(TITLES, LOG, teacher=Meaning(), start=taught.student, words=split, settings=wild)
    assert not spoilt.report.kept
    assert spoilt.student is taught.student
    shown = str(spoilt.report)
    assert shown.startswith("refused: held-out nDCG@10 pseudo-queries ")
    assert all(f"{value:.3f}" in shown for value in spoilt.report.before.values())


def test_a_start_saves_epochs_and_may_be_smaller(taught: Adapted) -> None:
    none = replace(SMALL, epochs=0, buckets=1 << 12)
    same = adapt(TITLES, LOG, start=taught.student, words=split, settings=none)
    assert same.student.buckets == 1 << 12
    np.testing.assert_allclose(
        same.student.encode_items(TITLES), taught.student.encode_items(TITLES), atol=1e-3
    )


def test_queries_come_nearer_to_what_the_judge_says_of_their_candidates() -> None:
    alone = replace(SMALL, contrastive=0, relational=0, regression=0, epochs=1)
    short, long = (
        adapt(TITLES, LOG, teacher=Meaning(), words=split, settings=replace(alone, epochs=n))
        for n in (1, 20)
    )
    for name in ("candidates", "candidates × teacher's"):
        assert long.report.losses[name] < 0.8 * short.report.losses[name]
    assert kinds_found(long.student) == 1


class Counting(Meaning):
    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked.update(texts)
        return super().encode_queries(texts)


def test_a_student_of_the_teacher_encodes_what_the_teacher_has_no_time_for(
    taught: Adapted,
) -> None:
    few = replace(SMALL, taught_queries=5, epochs=3)
    teacher, other = Counting(), Counting()
    again = adapt(TITLES, LOG, teacher=teacher, start=taught.student, words=split, settings=few)
    assert teacher.asked & set(LOG) == set(LOG[:5])
    assert kinds_found(again.student) == 1
    adapt(TITLES, LOG, teacher=other, words=split, settings=few)
    assert other.asked >= set(LOG)


class Broken(Meaning):
    def __init__(self, spoil: Callable[[Vectors], Vectors]) -> None:
        super().__init__()
        self._spoil = spoil

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        return self._spoil(super().encode_items(texts))


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda v: v * np.float32(np.nan), "meaning: titles: vector 0 holds NaN"),
        (lambda v: v * np.float32(0), "meaning: titles: vector 0 is all zeros"),
        (lambda v: v[:, :5], r"meaning: titles: shape \(100, 5\); legal: \(100, 32\)"),
    ],
)
def test_a_broken_teacher_is_named(spoil: Callable[[Vectors], Vectors], complaint: str) -> None:
    with pytest.raises(BadVectors, match=complaint):
        adapt(TITLES, LOG, teacher=Broken(spoil), words=split, settings=SMALL)


def test_wrong_arguments_are_named(taught: Adapted) -> None:
    with pytest.raises(InvalidArgument, match="at least one title"):
        adapt([])
    with pytest.raises(InvalidArgument, match="click on row 100; legal: 0 to 99"):
        adapt(TITLES, clicks=[Click("红", 100)])
    wide = StudentEncoder.from_table(np.ones((4, 64), np.float32))
    with pytest.raises(InvalidArgument, match="has 32 dimensions, the student to start from 64"):
        adapt(TITLES, teacher=Meaning(), start=wide)
    with pytest.raises(InvalidArgument, match="rate = 0; legal: a positive number"):
        AdaptSettings(rate=0)
    with pytest.raises(InvalidArgument, match="buckets = 12; legal: a power of two"):
        AdaptSettings(buckets=12)


def test_odd_texts_do_no_harm() -> None:
    odd = ["", "！！", "杯" * 100_000, *TITLES[:30]]
    made = adapt(odd, ["", "红色杯", "红色杯"], teacher=Meaning(), words=split, settings=SMALL)
    assert np.isfinite(made.student.encode_items(odd)).all()
    assert made.report.counts["queries"] == 2
