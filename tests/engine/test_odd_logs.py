"""Logs as shops have them at their first day, or by accident: defined answers or named errors."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import pandas as pd
import pytest

import semrec

START = 1_700_000_000
STUDENT = {"embed": {"sides": "student"}}
TITLES = ["猫粮 鲜肉", "猫砂 除臭", "露营帐篷", "防潮垫 露营", "面霜 保湿", "雨伞 自动"]
CATALOG = pd.DataFrame({"item_id": [f"p{n}" for n in range(6)], "title": TITLES})


def view(user: object, item: object, time: float = START, value: float | None = None) -> dict:
    kind = "view" if value is None else "rating"
    return {
        "user_id": user, "item_id": item, "event_type": kind, "timestamp": time, "value": value,
    }  # fmt: skip


EVENTS = pd.DataFrame(
    [view(f"u{u}", f"p{i}", START + 9 * u + i) for u in range(8) for i in range(6) if (u + i) % 2]
)


def build(events: pd.DataFrame, catalog: pd.DataFrame = CATALOG) -> semrec.Engine:
    return semrec.Engine.build(catalog, events, config=STUDENT)


@pytest.fixture(scope="module")
def usual() -> list[str]:
    return build(EVENTS).recommend("u1", k=100).item_ids


def test_duplicates_and_events_of_nan_change_nothing(usual: list[str]) -> None:
    odd = [
        view("u1", "p5", float("nan")),
        view("u3", "p5", START, float("nan")),
        view("u3", "p5", START, -3.0),
    ]
    engine = build(pd.concat([EVENTS, EVENTS, pd.DataFrame(odd)], ignore_index=True))
    found = engine.recommend("u1", k=100)
    assert set(found.item_ids) == set(usual) == {"p1", "p3", "p5"}
    assert np.isfinite([hit.score for hit in found]).all()
    assert any("timestamp" in str(each) for each in engine.rejects.entries)


def test_one_user_or_one_item_is_a_shop_too() -> None:
    lonely = build(EVENTS[EVENTS["user_id"] == "u1"])
    assert set(lonely.recommend("u1", k=9).item_ids) == {"p1", "p3", "p5"}, "by their titles"
    assert set(lonely.recommend(k=3).item_ids) == {"p0", "p2", "p4"}
    single = build(EVENTS[EVENTS["item_id"] == "p0"], CATALOG.head(1))
    assert single.recommend(k=9).item_ids == ["p0"]
    assert single.recommend("u1", k=9).item_ids == []
    assert single.recommend("u1", k=9).notes == ("要 9 个，符合条件的只有 0 个。",)


@pytest.mark.parametrize("make", [int, lambda n: UUID(int=n)], ids=["int", "UUID"])
def test_ids_may_be_numbers_or_uuids(make: type, usual: list[str]) -> None:
    items = {f"p{n}": make(n) for n in range(6)}
    users = {f"u{n}": make(n) for n in range(8)}
    events = EVENTS.assign(
        user_id=EVENTS["user_id"].map(users), item_id=EVENTS["item_id"].map(items)
    )
    engine = build(events, CATALOG.assign(item_id=list(items.values())))
    found = engine.recommend(str(users["u1"]), k=100).item_ids
    assert found == [str(items[item]) for item in usual]


def test_the_log_of_another_shop_knows_nobody() -> None:
    engine = build(EVENTS.assign(item_id="gone"))
    assert len(engine.rejects) >= len(EVENTS)
    assert "没有该用户的行为记录" in engine.recommend("u1").notes[0]


@pytest.mark.parametrize("updated", [False, True])
def test_an_event_of_the_far_future_does_not_make_all_else_old(updated: bool) -> None:
    future = pd.DataFrame([view("u9", "p0", START + 50 * 365 * 86_400)])
    engine = build(EVENTS if updated else pd.concat([EVENTS, future], ignore_index=True))
    if updated:
        engine.update(events=future)
    usual, found = build(EVENTS).shop, engine.shop
    faded = usual.popularity.scores[1:] / 2
    assert found.popularity.scores[1:] == pytest.approx(faded, rel=0.01), "one half-life, no more"
    assert engine.recommend("u1", k=3).item_ids == build(EVENTS).recommend("u1", k=3).item_ids
