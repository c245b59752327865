from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from semrec.errors import DataError, InvalidArgument
from semrec.evaluate import run
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
        resamples=20,
    )
    for model in ("popularity", "item-knn"):
        alone = evaluate_recommend(TRAIN, TEST, model=model, k=2)
        means = report.systems[model].means
        assert means["recall@2"].value == pytest.approx(alone["recall@2"])
        assert means["ndcg@2"].value == pytest.approx(alone["ndcg@2"])
        assert report.systems[model].cost["build_seconds"] > 0
    assert {each.label for each in report.slices} == {"new", "few events"}


def test_users_of_a_history_are_asked_by_it() -> None:
    split = Split(TRAIN, pairs("u9 c"), history=pairs("u9 a b gone"))
    found = recommenders(split, ["item-knn"])
    assert found.systems["item-knn"]("u9")[0] == "c"
    assert not {"a", "b"} & set(found.systems["item-knn"]("u9"))
    assert found.slices["history"] == {"u9": "few events"}


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


def test_costs_tell_of_time_and_memory() -> None:
    kept, cost = with_cost(lambda: np.ones(20_000_000))
    assert len(kept) == 20_000_000
    assert cost["build_seconds"] > 0
    assert math.isnan(cost["memory_mb"]) or 100 < cost["memory_mb"] < 250
