from __future__ import annotations

import numpy as np
import pytest

from semrec.rank.lifts import Lifts, auctioned


def _lists(rows: np.ndarray, worth: np.ndarray, lifts: Lifts, k: int) -> list[set[int]]:
    """Each person's list: the first, then the most worth with the lifts."""
    found = []
    for mine, value in zip(rows, worth, strict=True):
        there = mine >= 0
        total = value[there] + lifts.of(mine[there])
        total[0] = np.inf
        found.append(set(mine[there][np.argsort(-total, kind="stable")[:k]].tolist()))
    return found


def _shop(seed: int, persons: int = 60, items: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Persons who all like the first items most, each with noise."""
    rng = np.random.default_rng(seed)
    liked = -0.001 * np.arange(items) + 0.1 * rng.random((persons, items))
    rows = np.argsort(-liked, axis=1)[:, :40]
    worth = np.take_along_axis(liked, rows, axis=1)
    return rows, (worth / worth[:, :1]).astype(np.float32)


def test_the_least_lift_by_hand() -> None:
    rows = np.array([[0, 1, 2, 3], [1, 0, 3, -1]])
    worth = np.array([[1, 0.9, 0.5, 0.1], [1, 0.8, 0.7, 0]], np.float32)
    lifts = auctioned(rows, worth, 5, 2, 1.0)
    # 3 lacks .1 in the second list and .8 in the first; 2 lacks .4 in the first; 4 is nowhere.
    assert lifts.values == pytest.approx([0, 0, 0.43, 0.13, 0])
    assert _lists(rows, worth, lifts, 2) == [{0, 2}, {1, 3}]


def test_who_is_outbid_bids_again() -> None:
    rows = np.array([[0, 1, 2], [0, 1, 3]])
    worth = np.array([[1, 0.9, 0.8], [1, 0.9, 0.85]], np.float32)
    lifts = auctioned(rows, worth, 4, 2, 1.0)
    seen = set.union(*_lists(rows, worth, lifts, 2))
    # Two places for three items: one of them is always outbid, and prices rise to what is legal.
    assert len(seen) == 3
    assert lifts.values.max() > 0.5


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_more_may_be_paid_the_more_is_seen_by_someone(seed: int) -> None:
    rows, worth = _shop(seed)
    seen = [
        len(set.union(*_lists(rows, worth, auctioned(rows, worth, 200, 10, most), 10)))
        for most in (0.0, 0.1, 0.3, 0.6)
    ]
    assert seen == sorted(seen)
    assert seen[-1] > 1.4 * seen[0]


def test_no_lift_is_larger_than_what_may_be_paid() -> None:
    rows, worth = _shop(3)
    assert auctioned(rows, worth, 200, 10, 0.0).values.max() == 0
    assert 0.1 < auctioned(rows, worth, 200, 10, 0.2).values.max() <= np.float32(0.2)


@pytest.mark.parametrize("shape", [(0, 20), (3, 5), (3, 0)])
def test_without_persons_or_choice_there_are_no_lifts(shape: tuple[int, int]) -> None:
    rows = np.tile(np.arange(shape[1]), (shape[0], 1))
    lifts = auctioned(rows, np.ones(shape, np.float32), 20, 10, 1.0)
    assert lifts.values.tolist() == [0] * 20


def test_persons_without_candidates_lift_nothing() -> None:
    rows = np.full((2, 12), -1)
    assert auctioned(rows, np.zeros((2, 12), np.float32), 4, 10, 1.0).values.tolist() == [0] * 4


def test_items_that_came_later_have_no_lift() -> None:
    lifts = Lifts(np.array([0.1, 0.2], np.float32))
    assert lifts.of(np.array([1, 5, 0])) == pytest.approx([0.2, 0, 0.1])
    again = Lifts.from_arrays(lifts.arrays())
    assert np.array_equal(again.values, lifts.values)
