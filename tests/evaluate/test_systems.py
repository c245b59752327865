from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from semrec.data import catalog as catalogs
from semrec.errors import DataError, InvalidArgument
from semrec.evaluate import run
from semrec.evaluate.files import read_event_pairs
from semrec.evaluate.runs import evaluate_recommend
from semrec.evaluate.splits import Split, by_user
from semrec.evaluate.systems import recommenders, with_cost


def pairs(*lines: str) -> pd.DataFrame:
    rows = [(user, item) for user, *items in map(str.split, lines) for item in items]
    return pd.DataFrame(rows, columns=["user_id", "item_id"])


TRAIN = pairs("u1 a b", "u2 a b c", "u3 a b c d", "u4 a")
TEST = pairs("u1 c", "u2 d a", "new a")


def test_models_are_measured_as_evaluate_recommend_does() -> None:
    found = recommenders(Split(TRAIN, TEST), ["popularity", "item-knn"])
    assert found.qrels == {"u1": {"c": 1.0}, "u2": {"d": 1.0}, "new": {"a": 1.0}}
    report = run(
        found.systems,
        found.questions,
        found.qrels,
        k=2,
        background=found.background,
        costs=found.costs,
        slices=found.slices,
        item_slices=found.item_slices,
        resamples=20,
    )
    for model in ("popularity", "item-knn"):
        alone = evaluate_recommend(TRAIN, TEST, model=model, k=2)
        means = report.systems[model].means
        assert means["recall@2"].value == pytest.approx(alone["recall@2"])
        assert means["ndcg@2"].value == pytest.approx(alone["ndcg@2"])
        assert report.systems[model].cost["build_seconds"] > 0
    counts = {each.label: each.questions for each in report.slices}
    # Two of the three users have five events or fewer; nobody asked for an item without a user.
    assert counts == {
        "new user": 1,
        "1-5 events": 2,
        "known user": 0,
        "new item": 0,
        "1-2 users": 2,
        "known item": 1,
    }


def test_users_of_a_history_are_asked_by_it() -> None:
    split = Split(TRAIN, pairs("u9 c"), history=pairs("u9 a b gone"))
    found = recommenders(split, ["item-knn"])
    assert found.systems["item-knn"]("u9")[0] == "c"
    assert not {"a", "b"} & set(found.systems["item-knn"]("u9"))
    assert found.slices["user"] == {"u9": "1-5 events"}


def test_a_split_by_user_can_be_run() -> None:
    rng = np.random.default_rng(0)
    log = pd.DataFrame(
        {
            "user_id": rng.integers(0, 30, 400).astype(str),
            "item_id": rng.integers(0, 12, 400).astype(str),
        }
    ).drop_duplicates()
    found = recommenders(by_user(log), ["ease"])
    assert len(found.questions) >= 5
    report = run(found.systems, found.questions, found.qrels, k=2, resamples=20)
    assert 0 < report.systems["ease"].means["recall@2"].value < 1


def test_what_cannot_be_run_is_named() -> None:
    with pytest.raises(DataError, match="no pair"):
        recommenders(Split(TRAIN, pairs("u1 a")), ["popularity"])
    with pytest.raises(InvalidArgument, match="unknown model 'ese'"):
        recommenders(Split(TRAIN, TEST), ["ese"])


CATALOG = catalogs.load(
    pd.DataFrame(
        {
            "item_id": ["a", "b", "c", "d", "e"],
            "title": ["猫粮 鲜肉", "猫砂 除臭", "露营帐篷", "防潮垫 露营", "猫粮 冻干 鲜肉"],
        }
    )
)[0]


def test_content_and_hybrid_find_what_nobody_had_by_its_title() -> None:
    split = Split(TRAIN, pairs("u4 e", "u1 d"))
    found = recommenders(split, ["content", "hybrid", "popularity"], catalog=CATALOG)
    assert found.systems["content"]("u4")[0] == "e"
    assert "e" in found.systems["hybrid"]("u4")
    assert found.item_slices["item"] == {"e": "new item", "d": "1-2 users"}
    assert len(found.background.items) == 5


def test_the_next_basket_comes_from_a_log_with_times() -> None:
    log = pd.DataFrame(
        {
            "user_id": ["u1", "u1", "u2", "u2", "u3"],
            "item_id": ["a", "b", "a", "b", "a"],
            "event_type": "buy",
            "timestamp": [0, 10, 90_000, 90_010, 200_000],
        }
    )
    train = read_event_pairs(log)
    assert train["basket"].nunique() == 3
    found = recommenders(Split(train, pairs("u3 b")), ["next-basket"])
    assert found.systems["next-basket"]("u3") == ["b"]


def test_models_that_need_more_say_so_before_any_is_fitted() -> None:
    with pytest.raises(InvalidArgument, match="'hybrid' needs titles; legal: with a catalog"):
        recommenders(Split(TRAIN, TEST), ["popularity", "hybrid"])
    with pytest.raises(InvalidArgument, match="'next-basket' needs baskets"):
        recommenders(Split(TRAIN, TEST), ["next-basket"])


def test_costs_tell_of_time_and_memory() -> None:
    kept, cost = with_cost(lambda: np.ones(20_000_000))
    assert len(kept) == 20_000_000
    assert cost["build_seconds"] > 0
    assert math.isnan(cost["memory_mb"]) or 100 < cost["memory_mb"] < 250
