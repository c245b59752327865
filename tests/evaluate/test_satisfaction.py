from __future__ import annotations

import math

import pandas as pd
import pytest

from semrec.errors import DataError
from semrec.evaluate.satisfaction import BOUGHT, LOOKED, follow_up, reformulation, satisfaction

COLUMNS = ["user_id", "item_id", "event_type", "timestamp", "query", "query_id", "session_id"]
LOG = pd.DataFrame(
    [
        ("u1", "p1", "impression", 0.0, "降噪耳机", "q1", "s1"),
        ("u1", "p2", "impression", 0.0, "降噪耳机", "q1", "s1"),
        ("u1", "p1", "click", 10.0, "降噪耳机", "q1", "s1"),
        ("u1", "p1", "cart", 50.0, "降噪耳机", "q1", "s1"),
        ("u1", "p1", "buy", 60.0, "降噪耳机", "q1", "s1"),
        ("u1", "p1", "return", 900_000.0, "", "", "s9"),
        ("u2", "p3", "impression", 100.0, "防晒霜", "q2", "s2"),
        ("u2", "p4", "impression", 160.0, "清爽防晒霜", "q3", "s2"),
        ("u2", "p4", "click", 170.0, "清爽防晒霜", "q3", "s2"),
        ("u2", "p4", "view", 5000.0, "", "", "s3"),
    ],
    columns=COLUMNS,
)


def test_every_figure_of_a_small_log() -> None:
    found = satisfaction(LOG).to_dict()
    assert found == pytest.approx(
        {
            "click_through": 2 / 4,
            "dwell_seconds": 40.0,  # u1's click; u2's clicks end their sessions
            "add_to_cart": 1 / 2,
            "conversion": 1 / 2,
            "returns": 1.0,
            "abandonment": 1 / 3,  # q2
            "reformulation": 1 / 3,  # q2 to q3
        }
    )


def test_a_log_that_does_not_tell_gives_nan() -> None:
    views = LOG[LOG["event_type"] == "view"]
    found = satisfaction(views).to_dict()
    assert found["conversion"] == 0
    for name in ("click_through", "dwell_seconds", "returns", "abandonment", "reformulation"):
        assert math.isnan(found[name]), name


def test_a_purchase_before_the_look_is_no_conversion() -> None:
    log = LOG.assign(timestamp=LOG["timestamp"].where(LOG["event_type"] != "buy", -5.0))
    assert follow_up(log, LOOKED, BOUGHT) == 0


def test_another_wish_or_a_late_one_is_no_reformulation() -> None:
    assert reformulation(LOG.replace("清爽防晒霜", "猫粮")) == 0
    assert reformulation(LOG, within=30) == 0


def test_half_an_hour_away_is_no_dwell() -> None:
    late = LOG.assign(timestamp=LOG["timestamp"].where(LOG["event_type"] != "cart", 3000.0))
    late = late[late["event_type"] != "buy"]
    assert math.isnan(satisfaction(late).dwell_seconds)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(DataError, match="'query_id' is missing; present: user_id"):
        satisfaction(LOG.drop(columns="query_id"))


def test_missing_texts_are_empty_texts() -> None:
    texts = ["query", "query_id", "session_id"]
    missing = LOG.assign(**{name: LOG[name].mask(LOG[name] == "") for name in texts})
    assert missing["query"].isna().any()
    assert satisfaction(missing) == satisfaction(LOG)
