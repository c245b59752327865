from __future__ import annotations

import numpy as np
import pytest

from semrec.collab.contexts import (
    NO_CONTEXTS,
    PARTS_OF_DAY,
    SEASONS,
    Contexts,
    FittedContexts,
    now,
    part_of_day,
    popular_by,
    season,
)
from semrec.collab.popularity import Popularity
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument


def seconds(text: str) -> float:
    return float(np.datetime64(text, "s").astype(np.int64)) - 8 * 3600


def log(rows: list[tuple[int, str]], n_items: int = 4) -> Interactions:
    count = len(rows)
    return Interactions(
        users=np.zeros(count, dtype=np.int64),
        items=np.array([item for item, _ in rows], dtype=np.int64),
        weights=np.ones(count, dtype=np.float32),
        times=np.array([seconds(time) for _, time in rows]),
        baskets=np.full(count, -1, dtype=np.int64),
        n_users=1,
        n_items=n_items,
    )


@pytest.mark.parametrize(
    ("moment", "name", "part"),
    [
        ("2026-01-15T03:00:00", "冬", "凌晨"),
        ("2026-03-01T00:00:00", "春", "凌晨"),
        ("2026-08-31T23:59:59", "夏", "晚上"),
        ("2025-12-01T06:00:00", "冬", "上午"),
        ("2026-11-30T12:00:00", "秋", "下午"),
    ],
)
def test_seasons_and_parts_of_the_day_are_local(moment: str, name: str, part: str) -> None:
    times = np.array([seconds(moment)])
    assert SEASONS[season(times)[0]] == name
    assert PARTS_OF_DAY[part_of_day(times)[0]] == part


def test_the_context_lifts_what_is_usual_in_it() -> None:
    rows = [(0, "2026-05-01T20:00:00")] * 30 + [(1, "2026-05-02T08:00:00")] * 20
    fitted = Contexts(prior=10).fit(log(rows))
    evening, morning = fitted.scores({"part_of_day": 3}), fitted.scores({"part_of_day": 1})
    assert evening[0] > fitted.scores({})[0] > morning[0]
    assert int(morning.argmax()) == 1
    assert int(fitted.scores({}).argmax()) == 0
    np.testing.assert_array_equal(fitted.scores({"part_of_day": 0}), fitted.scores({}))
    # All events are of one season, which then says nothing.
    np.testing.assert_allclose(fitted.scores({"season": 1}), fitted.scores({}), rtol=0.01)
    lift = (30 + 10 * 0.6) / 40 / 0.6
    assert evening[0] == pytest.approx(fitted.whole[0] * lift, rel=1e-5)


def test_a_lift_is_of_the_context_and_not_of_the_age() -> None:
    # Item 0 was liked long ago and item 1 lately, both at any hour.
    rows = [(0, f"2026-01-01T{h:02}:00:00") for h in (8, 20)] * 10
    rows += [(1, f"2026-05-01T{h:02}:00:00") for h in (8, 20)] * 10
    fitted = Contexts(prior=10, half_life_days=10).fit(log(rows))
    assert fitted.whole[1] > 100 * fitted.whole[0]
    np.testing.assert_allclose(fitted.lift({"part_of_day": 3}), 1, rtol=1e-5)
    assert fitted.lift({"season": 0})[0] > 1.5
    assert fitted.lift({"season": 0}, 6).tolist()[4:] == [1, 1], "the catalog has grown"


def test_saved_and_loaded_is_equal() -> None:
    rows = [(0, "2026-05-01T20:00:00")] * 3 + [(1, "2026-01-02T08:00:00")]
    fitted = Contexts(prior=1).fit(log(rows))
    loaded = FittedContexts.from_arrays(fitted.arrays())
    for context in ({}, {"season": 0}, {"season": 1, "part_of_day": 3}):
        np.testing.assert_array_equal(loaded.scores(context), fitted.scores(context))
    assert FittedContexts.from_arrays(NO_CONTEXTS.arrays()).lift({"season": 1}, 2).tolist() == [
        1,
        1,
    ]


def test_the_entry_category_shuts_the_others_out_and_segments_may_be_given() -> None:
    rows = [(0, "2026-05-01T20:00:00")] * 3 + [(1, "2026-05-01T20:00:00")] * 2
    groups = np.array([0, 0, 0, 1, 1])
    fitted = Contexts(prior=1).fit(log(rows), {"group": groups})
    assert int(fitted.scores({"group": 1}).argmax()) == 1
    entry = np.array([False, True, True, False])
    assert fitted.scores({}, entry).nonzero()[0].tolist() == [1]


def test_popular_by_category() -> None:
    rows = [(item, "2026-05-01T20:00:00") for item in (0, 1, 1, 2)]
    fitted = Popularity().fit(log(rows))
    found = popular_by(fitted, ["数码", "数码", "", "美妆"], 5)
    assert {name: hits.rows.tolist() for name, hits in found.items()} == {
        "数码": [1, 0],
        "美妆": [],
    }


def test_an_empty_log_and_bad_settings() -> None:
    fitted = Contexts().fit(log([]))
    assert fitted.scores(now()).tolist() == [0, 0, 0, 0]
    with pytest.raises(InvalidArgument, match="prior = 0"):
        Contexts(prior=0)
    with pytest.raises(InvalidArgument, match="half_life_days = -1; legal: above 0, or None"):
        Contexts(half_life_days=-1)
