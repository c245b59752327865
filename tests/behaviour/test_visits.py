from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.behaviour.visits import LONGEST, NO_VISITS, OpenVisits

MINUTE = 60.0
NOW = 1_000_000.0


def visits(*events: tuple[int, int, float], now: float = NOW) -> OpenVisits:
    """Of (user, item, minutes before now)."""
    users, items, ages = (np.array(values) for values in zip(*events, strict=True))
    return OpenVisits.at(users, items, NOW - MINUTE * ages, now, gap_minutes=30)


def test_a_visit_is_what_no_long_break_follows() -> None:
    found = visits((1, 10, 90), (1, 11, 50), (1, 12, 25), (1, 13, 1), (2, 14, 31), (3, 15, 30))
    assert found.of(1).tolist() == [13, 12, 11]
    assert found.of(2).tolist() == []
    assert found.of(3).tolist() == [15]
    assert found.of(0).tolist() == found.of(-1).tolist() == found.of(9).tolist() == []


def test_each_item_once_and_no_more_than_the_latest() -> None:
    ages = np.arange(40) / 10
    found = visits(*[(0, int(i) // 2, float(age)) for i, age in enumerate(ages)])
    assert found.of(0).tolist() == list(range(LONGEST))


def test_a_log_without_times_or_events_knows_no_visit() -> None:
    none = np.empty(0, dtype=np.int64)
    assert OpenVisits.at(none, none, np.empty(0), NOW).of(0).tolist() == []
    zeros = np.zeros(3, dtype=np.int64)
    assert OpenVisits.at(zeros, zeros, np.zeros(3), 0.0).of(0).tolist() == []


def test_an_event_later_than_now_is_part_of_the_visit() -> None:
    assert visits((0, 1, -600), (0, 2, 5)).of(0).tolist() == [1]
    assert visits((0, 1, -10), (0, 2, 5)).of(0).tolist() == [1, 2]


def test_one_click_after_the_build_opens_a_visit() -> None:
    one = np.array([4])
    found = NO_VISITS.and_then(one, np.array([7]), np.array([NOW]), NOW)
    assert found.of(4).tolist() == [7]
    again = found.and_then(one, np.array([8]), np.array([NOW + 20 * MINUTE]), NOW + 20 * MINUTE)
    assert again.of(4).tolist() == [8, 7]
    later = again.and_then(np.array([5]), np.array([9]), np.array([NOW + 90 * MINUTE]), NOW + 5400)
    assert later.of(4).tolist() == []
    assert later.of(5).tolist() == [9]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 120)), min_size=1))
def test_the_same_event_by_event_as_at_once(events: list[tuple[int, int, int]]) -> None:
    events = sorted(events, key=lambda event: -event[2])
    grown = NO_VISITS
    for user, item, age in events:
        time = NOW - MINUTE * age
        grown = grown.and_then(np.array([user]), np.array([item]), np.array([time]), time)
    whole = visits(*events, now=NOW - MINUTE * events[-1][2])
    assert [grown.of(user).tolist() for user in range(4)] == [
        whole.of(user).tolist() for user in range(4)
    ]


def test_is_the_same_after_saving() -> None:
    found = visits((1, 11, 20), (1, 12, 2))
    again = OpenVisits.from_arrays(found.arrays())
    assert again.of(1).tolist() == found.of(1).tolist() == [12, 11]
    assert again.times == pytest.approx(found.times)
