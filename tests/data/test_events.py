"""Events: checked row by row, then weighted and put into baskets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.config import EventsConfig
from semrec.data import events
from semrec.data.events import COLUMNS, Events
from semrec.data.ids import IdMap
from semrec.data.rejects import LISTED_OF_MANY
from semrec.errors import MissingColumn

CONFIG = EventsConfig()
ITEMS = IdMap(["p1", "p2", "p3"])
HOUR, DAY = 3_600.0, 86_400.0


def log(*rows: tuple[object, ...], columns: str = "user_id item_id event_type timestamp value"):
    return pd.DataFrame(list(rows), columns=columns.split()[: len(rows[0])])


def checked(*rows: tuple[object, ...]) -> Events:
    found, rejects = events.load(log(*rows), ITEMS, CONFIG)
    assert len(rejects) == 0
    return found


def test_good_events_come_through_typed() -> None:
    source = pd.DataFrame(
        {
            "user_id": [7, 8],
            "item_id": ["p1", "p2"],
            "event_type": ["view", "rating"],
            "timestamp": ["2016-11-14 08:30:00", "1479112200000"],
            "value": ["", "4.5"],
            "query": [" 口红\t正红 ", None],
            "position": ["3", ""],
        }
    )
    found, rejects = events.load(source, ITEMS, CONFIG)
    assert len(rejects) == 0
    assert list(found.frame.columns) == list(COLUMNS)
    assert found.frame["user_id"].tolist() == ["7", "8"]
    assert found.frame["timestamp"].tolist() == [1_479_112_200.0] * 2
    assert found.frame["query"].tolist() == ["口红 正红", ""]
    assert found.frame["session_id"].tolist() == ["", ""]
    np.testing.assert_array_equal(found.frame["value"], [np.nan, 4.5])
    np.testing.assert_array_equal(found.frame["position"], [3.0, np.nan])


def test_each_bad_event_gets_its_first_reason() -> None:
    found, rejects = events.load(
        log(
            ("u", "p1", "view", 1e9, ""),
            ("", "p9", "zap", "x", ""),
            ("u", "p9", "zap", "x", ""),
            ("u", "p1", "zap", "x", ""),
            ("u", "p1", "view", "x", ""),
            ("u", "p1", "view", 1e9 + 1, "many"),
        ),
        ITEMS,
        CONFIG,
    )
    assert [(e.row, e.column, e.value, e.kept) for e in rejects.entries] == [
        (1, "user_id", "", False),
        (2, "item_id", "p9", False),
        (3, "event_type", "zap", False),
        (4, "timestamp", "x", False),
        (5, "value", "many", True),
    ]
    assert "view, click, fav, cart, buy, rating" in rejects.entries[2].reason
    assert len(found) == 2
    assert found.frame["value"].isna().all()


def test_exact_duplicates_are_dropped_and_counted() -> None:
    row = ("u", "p1", "view", 1e9)
    found, rejects = events.load(log(row, row, row, ("u", "p1", "click", 1e9)), ITEMS, CONFIG)
    assert found.frame["event_type"].tolist() == ["view", "click"]
    assert (len(rejects), rejects.merged) == (0, 2)
    assert "2 exact duplicates" in rejects.summary()[0]


def test_a_log_of_another_shop_is_empty_with_reasons() -> None:
    found, rejects = events.load(log(("u", "x", "view", 1e9)), ITEMS, CONFIG)
    assert len(found) == 0
    assert "unknown item" in rejects.summary()[0]
    weighted, users = events.interactions(found, ITEMS, CONFIG)
    assert len(weighted.users) == len(users) == 0
    assert weighted.matrix().shape == (0, 3)


def test_many_unknown_items_stay_a_short_list() -> None:
    count = 10_500
    source = pd.DataFrame(
        {"user_id": "u", "item_id": "x", "event_type": "view", "timestamp": np.arange(count)}
    )
    _, rejects = events.load(source, ITEMS, CONFIG)
    assert len(rejects) == count
    assert len(rejects.frame()) == LISTED_OF_MANY + 1


def test_missing_column() -> None:
    with pytest.raises(MissingColumn, match="event_type"):
        events.load(pd.DataFrame({"user_id": ["u"], "item_id": ["p1"]}), ITEMS, CONFIG)


def test_types_of_the_config_are_the_legal_ones() -> None:
    config = EventsConfig(weights={"share": 4.0, "view": 0.0})
    rows = [("u", "p1", kind, 1e9) for kind in ("share", "view", "wave")]
    found, rejects = events.load(log(*rows), ITEMS, config)
    weighted, _ = events.interactions(found, ITEMS, config)
    assert weighted.weights.tolist() == [4.0]
    assert len(rejects) == 1


def test_weights_users_and_order() -> None:
    found = checked(
        ("u2", "p1", "buy", 1e9 + 5, ""),
        ("u1", "p2", "view", 1e9 + 3, ""),
        ("u1", "p3", "cart", 1e9 + 1, ""),
        ("u1", "p2", "view", 1e9 + 4, ""),
    )
    weighted, users = events.interactions(found, ITEMS, CONFIG)
    assert users.ids.tolist() == ["u1", "u2"]
    assert weighted.users.tolist() == [0, 0, 0, 1]
    assert weighted.items.tolist() == [2, 1, 1, 0]
    assert weighted.weights.tolist() == [3.0, 1.0, 1.0, 5.0]
    assert (weighted.times - 1e9).tolist() == [1.0, 3.0, 4.0, 5.0]
    np.testing.assert_array_equal(weighted.matrix().toarray(), [[0, 2, 3], [5, 0, 0]])


def test_disliked_ratings_and_weightless_types_are_left_out() -> None:
    found = checked(
        ("u", "p1", "rating", 1e9, 2.9),
        ("u", "p2", "rating", 1e9, 3.0),
        ("u", "p3", "rating", 1e9, ""),
        ("u", "p3", "click", 1e9, ""),
    )
    config = EventsConfig(weights={"rating": 2.0, "click": 0.0})
    weighted, _ = events.interactions(found, ITEMS, config)
    assert weighted.items.tolist() == [1, 2]
    assert weighted.weights.tolist() == [2.0, 2.0]


def test_baskets_are_what_one_user_bought_within_the_window() -> None:
    found = checked(
        ("a", "p1", "buy", 1e9, ""),
        ("a", "p2", "view", 1e9 + HOUR, ""),
        ("a", "p2", "buy", 1e9 + 2 * HOUR, ""),
        ("a", "p3", "buy", 1e9 + DAY, ""),
        ("a", "p1", "buy", 1e9 + DAY + 1, ""),
        ("b", "p1", "buy", 1e9 + DAY, ""),
    )
    weighted, _ = events.interactions(found, ITEMS, CONFIG, bundle_window_days=1.0)
    assert weighted.baskets.tolist() == [0, -1, 0, 0, 1, 2]
    hours, _ = events.interactions(found, ITEMS, CONFIG, bundle_window_days=1 / 24)
    assert hours.baskets.tolist() == [0, -1, 1, 2, 2, 3]


def test_baskets_without_purchases() -> None:
    rated = checked(
        ("a", "p1", "rating", 1e9, 5),
        ("a", "p2", "rating", 1e9 + 1, 5),
        ("a", "p3", "view", 1e9 + 2, ""),
    )
    assert events.interactions(rated, ITEMS, CONFIG)[0].baskets.tolist() == [0, 0, -1]
    viewed = checked(("a", "p1", "view", 1e9, ""), ("a", "p2", "view", 1e9 + 9 * DAY, ""))
    assert events.interactions(viewed, ITEMS, CONFIG)[0].baskets.tolist() == [0, 1]


def test_no_baskets_without_times() -> None:
    found = checked(("a", "p1", "buy", 0, ""), ("a", "p2", "buy", 0, ""))
    assert events.interactions(found, ITEMS, CONFIG)[0].baskets.tolist() == [-1, -1]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "u1", "u2"]),
            st.sampled_from(["", "p1", "p2", "zz"]),
            st.sampled_from(["view", "buy", "zap"]),
            st.sampled_from(["1000000000", "1000000001", "x", ""]),
        ),
        min_size=1,
    )
)
def test_no_event_vanishes(rows: list[tuple[str, str, str, str]]) -> None:
    found, rejects = events.load(log(*rows), ITEMS, CONFIG)
    assert len(found) + rejects.set_aside + rejects.merged == len(rows)
    kept = {tuple(row) for row in found.frame[["user_id", "item_id", "event_type"]].to_numpy()}
    assert kept <= {row[:3] for row in rows}
    assert not found.frame.duplicated().any()


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 20)), min_size=2, max_size=30, unique=True
    ),
    st.integers(1, 6),
)
def test_baskets_equal_the_plain_loop(buys: list[tuple[str, int]], window: int) -> None:
    found = checked(*((user, "p1", "buy", 1e9 + day * DAY, "") for user, day in buys))
    weighted, _ = events.interactions(found, ITEMS, CONFIG, bundle_window_days=window)
    expected: list[int] = []
    start: tuple[str, int] | None = None
    for user, day in sorted(buys):
        if start is None or user != start[0] or day > start[1] + window:
            start = (user, day)
            expected.append(expected[-1] + 1 if expected else 0)
        else:
            expected.append(expected[-1])
    if len({day for _, day in buys}) == 1:
        expected = [-1] * len(buys)
    assert weighted.baskets.tolist() == expected


@pytest.mark.data
def test_ratings_of_amazon(data_dir: Path) -> None:
    raw = pd.read_csv(data_dir / "amazon-cn-ratings/ratings.csv").assign(event_type="rating")
    items = IdMap(raw["product_id"].unique())
    found, rejects = events.load(raw, items, CONFIG)
    assert len(found) == len(raw) == 44_852
    assert len(rejects) == 0
    weighted, users = events.interactions(found, items, CONFIG)
    liked = raw[raw["rating"] >= 3]
    assert len(weighted.users) == len(liked)
    assert len(users) == liked["user_id"].nunique()
    assert weighted.matrix().sum() == len(liked)
