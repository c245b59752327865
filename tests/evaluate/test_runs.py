from __future__ import annotations

import math
import time
from pathlib import Path

import pandas as pd
import pytest

from semrec.collab.behavioural import BEHAVIOURAL
from semrec.errors import DataError, InvalidArgument
from semrec.evaluate.files import read_adjacency
from semrec.evaluate.runs import evaluate_recommend, evaluate_search

QUERIES = {"1": "面霜", "2": "猫粮", "3": "帐篷"}
QRELS = {"1": {"p1": 1.0}, "2": {"p2": 1.0, "p3": 1.0}, "4": {"p1": 1.0}}


def pairs(*lines: str) -> pd.DataFrame:
    rows = [(user, item) for user, *items in map(str.split, lines) for item in items]
    return pd.DataFrame(rows, columns=["user_id", "item_id"])


def test_search_is_measured_over_judged_queries() -> None:
    answers = {"面霜": ["p9", "p1"], "猫粮": [f"x{n}" for n in range(10)] + ["p3"]}
    report = evaluate_search(answers.__getitem__, QUERIES, QRELS)
    assert report["ndcg@10"] == pytest.approx((1 / math.log2(3) + 0) / 2)
    assert report["mrr@10"] == pytest.approx((1 / 2 + 0) / 2)
    assert report["hit_rate@10"] == pytest.approx(0.5)
    assert report["recall@10"] == pytest.approx((1 + 0) / 2)
    assert report["recall@100"] == pytest.approx((1 + 0.5) / 2)
    assert report["queries"] == 2
    assert report["skipped_queries"] == 2  # "3" has no judgement, "4" no text


def test_search_reports_exactly_these_keys_and_plausible_latency() -> None:
    report = evaluate_search(lambda query: [], QUERIES, QRELS)
    assert list(report) == [
        "ndcg@10",
        "mrr@10",
        "hit_rate@10",
        "recall@10",
        "recall@100",
        "queries",
        "skipped_queries",
        "latency_p50_ms",
        "latency_p95_ms",
    ]
    assert report["ndcg@10"] == report["recall@100"] == 0
    assert 0 < report["latency_p50_ms"] <= report["latency_p95_ms"] < 1000


def test_queries_that_the_log_never_saw_are_measured_apart() -> None:
    answers = {"面霜": ["p1"], "猫粮": ["p9", "p2"]}
    report = evaluate_search(answers.__getitem__, QUERIES, QRELS, ["面霜", "耳机"])
    assert report["new_queries"] == 1
    ideal = 1 + 1 / math.log2(3)
    assert report["ndcg@10 of new queries"] == pytest.approx(1 / math.log2(3) / ideal)
    seen = evaluate_search(answers.__getitem__, QUERIES, QRELS, ["面霜", "猫粮"])
    assert (seen["new_queries"], seen["ndcg@10 of new queries"]) == (0, None)


def test_latency_is_in_milliseconds() -> None:
    def slow(query: str) -> list[str]:
        time.sleep(0.005)
        return []

    report = evaluate_search(slow, QUERIES, QRELS)
    assert 5 <= report["latency_p50_ms"] < 500


def test_search_counts_a_repeated_answer_once_and_nothing_after_a_hundred() -> None:
    report = evaluate_search(lambda query: ["p2", "p2", "p3"], QUERIES, {"2": QRELS["2"]})
    assert report["recall@10"] == 1.0
    assert report["ndcg@10"] == pytest.approx((1 + 1 / 2) / (1 + 1 / math.log2(3)))
    late = [f"x{n}" for n in range(100)] + ["p2"]
    assert evaluate_search(lambda query: late, QUERIES, {"2": QRELS["2"]})["recall@100"] == 0


def test_search_without_any_judgement_is_named() -> None:
    with pytest.raises(DataError, match="no query has a relevant item"):
        evaluate_search(lambda query: [], QUERIES, {"9": {"p1": 1.0}})
    with pytest.raises(DataError, match="no query"):
        evaluate_search(lambda query: [], QUERIES, {"1": {"p1": 0.0}})


TRAIN = pairs("u1 a b", "u2 a b c", "u3 a b c d", "u4 a")


def test_popular_items_are_measured_with_train_and_valid_masked() -> None:
    # Popularity in train: a 4, b 3, c 2, d 1, e 0. For u1 a, b are seen and c is valid: d, e stay.
    report = evaluate_recommend(
        TRAIN, pairs("u1 e", "u2 d e"), pairs("u1 c"), model="popularity", k=2
    )
    assert report["recall@2"] == pytest.approx((1 + 1) / 2)
    assert report["ndcg@2"] == pytest.approx((1 / math.log2(3) + 1) / 2)
    assert (report["users"], report["items"], report["masked_test_pairs"]) == (2, 5, 0)
    assert report["fit_seconds"] > 0
    assert report["score_seconds"] > 0
    without_valid = evaluate_recommend(TRAIN, pairs("u1 e", "u2 d e"), model="popularity", k=2)
    assert without_valid["recall@2"] == pytest.approx((0 + 1) / 2)


def test_the_ideal_holds_as_many_items_as_fit() -> None:
    report = evaluate_recommend(TRAIN, pairs("u4 b c d"), model="popularity", k=2)
    assert report["ndcg@2"] == pytest.approx(1.0)
    assert report["recall@2"] == pytest.approx(2 / 3)


def test_test_pairs_that_are_masked_are_left_out_and_counted() -> None:
    report = evaluate_recommend(TRAIN, pairs("u1 a", "u4 a b"), model="popularity", k=1)
    assert report["recall@1"] == 1.0
    assert (report["users"], report["masked_test_pairs"]) == (1, 2)
    with pytest.raises(DataError, match="no pair"):
        evaluate_recommend(TRAIN, pairs("u1 a"), model="popularity")


def test_a_test_user_without_history_is_counted_not_skipped() -> None:
    report = evaluate_recommend(TRAIN, pairs("u1 c", "new c"), model="item-knn", k=3)
    assert report["users"] == 2
    assert report["recall@3"] == pytest.approx(0.5)


def test_newcomers_are_measured_apart() -> None:
    test = pairs("u1 c", "new a z")
    report = evaluate_recommend(TRAIN, test, model="popularity", k=2)
    # By popularity a, b, c, d: u1, who has a and b, gets c first; who is new gets a, and never z.
    assert report["ndcg@2 1-5 events"] == 1
    assert report["ndcg@2 new user"] == pytest.approx(1 / (1 + 1 / math.log2(3)))
    assert report["ndcg@2 known user"] is None
    assert report["ndcg@2 new item"] == 0
    assert report["ndcg@2 1-2 users"] == report["ndcg@2 known item"] == 1


def test_weights_and_times_of_train_are_used() -> None:
    train = pairs("u1 a", "u2 b")
    test = pairs("u3 a")
    recent_b = train.assign(timestamp=[0.0, 90 * 86_400.0])
    heavy_a = train.assign(weight=[5.0, 1.0])
    assert evaluate_recommend(recent_b, test, model="popularity", k=1)["recall@1"] == 0
    assert evaluate_recommend(heavy_a, test, model="popularity", k=1)["recall@1"] == 1


def test_bad_arguments_are_named() -> None:
    with pytest.raises(InvalidArgument, match=r"'item-kn'; legal: item-knn, .*popularity"):
        evaluate_recommend(TRAIN, pairs("u1 e"), model="item-kn")
    with pytest.raises(InvalidArgument, match="k = 0"):
        evaluate_recommend(TRAIN, pairs("u1 e"), k=0)


@pytest.mark.data
@pytest.mark.parametrize("model", sorted(BEHAVIOURAL))
def test_it_agrees_with_plain_loops_on_lastfm(model: str, data_dir: Path) -> None:
    folder = data_dir / "cf-lightgcn-lastfm"
    train, test, valid = (read_adjacency(folder / f"{p}.txt") for p in ("train", "test", "valid"))
    report = evaluate_recommend(train, test, valid, model=model, k=20)
    recalls, ndcgs = plain_loops(train, test, valid, model)
    assert report["recall@20"] == pytest.approx(sum(recalls) / len(recalls), abs=1e-9)
    assert report["ndcg@20"] == pytest.approx(sum(ndcgs) / len(ndcgs), abs=1e-9)


def plain_loops(
    train: pd.DataFrame, test: pd.DataFrame, valid: pd.DataFrame, model: str
) -> tuple[list[float], list[float]]:
    """Scores of all items, sorted in Python, measured as LightGCN's published code does it."""
    import numpy as np

    from semrec.collab import create
    from semrec.collab.protocol import Interactions

    ids = sorted({*train["item_id"], *test["item_id"], *valid["item_id"]})
    users = sorted({*train["user_id"], *test["user_id"], *valid["user_id"]})
    item_rows = {item: row for row, item in enumerate(ids)}
    user_rows = {user: row for row, user in enumerate(users)}
    count = len(train)
    log = Interactions(
        users=train["user_id"].map(user_rows).to_numpy(dtype=np.int64),
        items=train["item_id"].map(item_rows).to_numpy(dtype=np.int64),
        weights=np.ones(count, dtype=np.float32),
        times=np.zeros(count),
        baskets=np.full(count, -1, dtype=np.int64),
        n_users=len(users),
        n_items=len(ids),
    )
    history = log.matrix()
    fitted = create(model).fit(log)
    masked = pd.concat([train, valid]).groupby("user_id")["item_id"].agg(set)
    recalls, ndcgs = [], []
    for user, wanted in test.groupby("user_id")["item_id"].agg(set).items():
        scores = fitted.score_users(history[user_rows[user]])[0]
        scores[[item_rows[item] for item in masked[user]]] = np.nan
        if model == "item-knn":
            scores[scores == 0] = np.nan
        order = np.argsort(-scores, kind="stable")[:20]
        top = [ids[row] for row in order if not np.isnan(scores[row])]
        hits = [item in wanted for item in top]
        best = sum(1 / math.log2(rank + 2) for rank in range(min(len(wanted), 20)))
        recalls.append(sum(hits) / len(wanted))
        ndcgs.append(sum(hit / math.log2(r + 2) for r, hit in enumerate(hits)) / best)
    return recalls, ndcgs
