from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.errors import DataError, InvalidArgument
from semrec.evaluate.leakage import LeakageWarning, leaks, query_leaks, warn_of
from semrec.evaluate.splits import Split, by_query, by_time, by_user, k_fold, leave_last_out

LOG = pd.DataFrame(
    [
        ("u1", "a", 10.0),
        ("u1", "b", 40.0),
        ("u1", "c", 20.0),
        ("u2", "a", 30.0),
        ("u2", "d", 50.0),
        ("u3", "a", 60.0),
    ],
    columns=["user_id", "item_id", "timestamp"],
)
logs = st.integers(0, 10_000).map(
    lambda seed: pd.DataFrame(
        {
            "user_id": np.random.default_rng(seed).integers(0, 5, 40).astype(str),
            "item_id": np.random.default_rng(seed + 1).integers(0, 9, 40).astype(str),
            "timestamp": np.random.default_rng(seed + 2).integers(0, 30, 40).astype(float),
        }
    )
)


def items(part: pd.DataFrame) -> list[str]:
    return [f"{u}{i}" for u, i in zip(part["user_id"], part["item_id"], strict=True)]


@given(log=logs, seed=st.integers(0, 9))
@settings(deadline=None, max_examples=30)
def test_every_row_is_in_exactly_one_part(log: pd.DataFrame, seed: int) -> None:
    whole = sorted(log.index)
    for split in (by_time(log), leave_last_out(log), by_user(log, seed=seed)):
        parts = [split.train, split.test, *([] if split.history is None else [split.history])]
        assert sorted(pd.concat(parts).index) == whole
    folds = list(k_fold(log, 4, seed))
    assert sorted(pd.concat([fold.test for fold in folds]).index) == whole
    assert all(sorted(pd.concat([f.train, f.test]).index) == whole for f in folds)


@given(log=logs)
@settings(deadline=None, max_examples=30)
def test_nothing_of_the_past_is_in_a_time_test(log: pd.DataFrame) -> None:
    split = by_time(log, 0.3)
    assert split.train["timestamp"].max() < split.test["timestamp"].min()
    assert len(split.test) >= 0.3 * len(log) - 1


def test_a_time_can_be_given() -> None:
    assert items(by_time(LOG, at=50).test) == ["u2d", "u3a"]
    with pytest.raises(InvalidArgument, match="times 10 to 60"):
        by_time(LOG, at=99)


def test_the_last_of_each_user_by_time_not_by_row() -> None:
    split = leave_last_out(LOG)
    assert items(split.test) == ["u1b", "u2d"]
    assert items(leave_last_out(LOG, 2).test) == ["u1b", "u1c"]
    with pytest.raises(InvalidArgument, match="n = 3: no user"):
        leave_last_out(LOG, 3)


def test_held_out_users_are_known_by_their_early_events() -> None:
    split = by_user(LOG, test_share=0.34, known_share=0.67, seed=1)
    assert split.history is not None
    held = set(split.test["user_id"]) | set(split.history["user_id"])
    assert len(held) == 1
    assert not held & set(split.train["user_id"])
    one = by_user(LOG[LOG["user_id"] != "u3"], 0.5, 0.67, seed=0)
    assert one.history is not None
    assert one.history["timestamp"].max() < one.test["timestamp"].min()


def test_seeds_decide() -> None:
    assert [items(f.test) for f in k_fold(LOG, 2, 1)] == [items(f.test) for f in k_fold(LOG, 2, 1)]
    assert any(
        items(next(k_fold(LOG, 2, seed)).test) != items(next(k_fold(LOG, 2, 0)).test)
        for seed in range(1, 5)
    )


def test_queries_of_one_text_stay_together() -> None:
    queries = {str(n): f"词{n // 2}" for n in range(20)} | {"x": "无"}
    qrels = {str(n): {"p": 1.0} for n in range(20)}
    valid, test = by_query(queries, qrels, 0.5, seed=3)
    assert not set(valid.values()) & set(test.values())
    assert valid.keys() | test.keys() == qrels.keys()
    assert len(test) == 10
    with pytest.raises(InvalidArgument, match="1 judged texts"):
        by_query({"1": "a"}, {"1": {"p": 1.0}})


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, 2.0])
def test_impossible_shares_are_named(share: float) -> None:
    with pytest.raises(InvalidArgument, match="share = "):
        by_time(LOG, share)
    with pytest.raises(InvalidArgument, match="share = "):
        by_user(LOG, share)


def test_other_impossible_wishes_are_named() -> None:
    with pytest.raises(InvalidArgument, match="folds = 1"):
        next(k_fold(LOG, 1))
    with pytest.raises(InvalidArgument, match="n = 0"):
        leave_last_out(LOG, 0)
    with pytest.raises(DataError, match="no column 'timestamp'"):
        by_time(LOG[["user_id", "item_id"]])
    with pytest.raises(InvalidArgument, match="1 user"):
        by_user(LOG[:2])


def test_leaks_are_counted() -> None:
    repeat = pd.DataFrame([("u1", "a", 70.0)], columns=LOG.columns)
    found = {leak.kind: leak for leak in leaks(leave_last_out(pd.concat([LOG, repeat])))}
    assert set(found) == {"pair in both", "later than the test", "item only in the test"}
    assert (found["pair in both"].count, found["pair in both"].example) == (1, "u1 a")
    assert found["later than the test"].count == 1  # u3's event at 60, after u2's test at 50
    assert (found["item only in the test"].count, found["item only in the test"].of) == (1, 2)


def test_a_clean_split_has_none_and_history_counts_as_known() -> None:
    train = pd.DataFrame({"user_id": ["u1", "u1"], "item_id": ["a", "b"]})
    test = pd.DataFrame({"user_id": ["u2"], "item_id": ["a"]})
    assert [leak.kind for leak in leaks(Split(train, test))] == ["user only in the test"]
    history = pd.DataFrame({"user_id": ["u2"], "item_id": ["b"]})
    assert leaks(Split(train, test, history)) == []


def test_trained_queries_are_found_however_they_are_written() -> None:
    found = query_leaks(["ＩＰＨＯＮＥ 手机壳"], ["iphone 手机壳", "猫粮"])
    assert [(leak.count, leak.of) for leak in found] == [(1, 2)]
    assert query_leaks(["面霜"], ["猫粮"]) == []


def test_leaks_warn() -> None:
    with pytest.warns(LeakageWarning, match="query in training: 1 of 1, such as 猫粮") as caught:
        warn_of(query_leaks(["猫粮"], ["猫粮"]))
    assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of([])
