from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from semrec.behaviour.sessions import sessions, summary
from semrec.data.events import COLUMNS, Events
from semrec.errors import InvalidArgument


def log(rows: list[tuple[str, str, str, float, str]]) -> Events:
    names = ["user_id", "item_id", "event_type", "timestamp", "session_id"]
    frame = pd.DataFrame(rows, columns=names).astype({"timestamp": "float64"})
    frame = frame.assign(query="", query_id="", value=np.nan, position=np.nan)
    return Events(frame[list(COLUMNS)])


def test_a_long_break_ends_a_session_and_users_are_apart() -> None:
    events = log(
        [
            ("b", "1", "view", 0, ""),
            ("a", "1", "view", 5000, ""),
            ("a", "2", "view", 100, ""),
            ("a", "1", "buy", 1800, ""),
            ("b", "2", "view", 1800, ""),
        ]
    )
    assert sessions(events).tolist() == [2, 1, 0, 0, 2]
    assert sessions(events, gap_minutes=1).tolist() == [3, 2, 0, 1, 4]


def test_named_sessions_stay_as_the_log_has_them() -> None:
    events = log(
        [
            ("a", "1", "view", 0, "s1"),
            ("a", "2", "view", 10, "s2"),
            ("a", "3", "view", 99_999, "s1"),
            ("b", "3", "view", 20, "s1"),
        ]
    )
    assert sessions(events).tolist() == [0, 1, 0, 2]


def test_the_summary_counts_each_session() -> None:
    events = log(
        [
            ("a", "1", "view", 0, ""),
            ("a", "1", "buy", 60, ""),
            ("a", "2", "view", 90_000, ""),
        ]
    )
    table = summary(events, sessions(events))
    assert table["user_id"].tolist() == ["a", "a"]
    assert table["seconds"].tolist() == [60, 0]
    assert table["events"].tolist() == [2, 1]
    assert table["items"].tolist() == [1, 1]
    assert table["buys"].tolist() == [1, 0]


def test_an_empty_log_has_no_session_and_a_bad_gap_is_named() -> None:
    empty = log([])
    assert len(sessions(empty)) == 0
    assert summary(empty, sessions(empty)).empty
    with pytest.raises(InvalidArgument, match="gap_minutes = 0; legal: above 0"):
        sessions(empty, 0)
