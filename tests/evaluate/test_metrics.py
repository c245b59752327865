from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from semrec.errors import InvalidArgument
from semrec.evaluate import metrics
from semrec.evaluate.judged import judge

Metric = Callable[[np.ndarray, sparse.csr_matrix, int], np.ndarray]
METRICS: dict[str, Metric] = {
    "ndcg": metrics.ndcg,
    "mrr": metrics.mrr,
    "hit_rate": metrics.hit_rate,
    "precision": metrics.precision,
    "recall": metrics.recall,
    "f1": metrics.f1,
    "average_precision": metrics.average_precision,
}
N_ITEMS = 12


def naive(name: str, ranking: list[int], gains: Mapping[int, float], k: int) -> float:
    """Textbook definitions, one query, plain loops."""
    relevant = {item for item, gain in gains.items() if gain > 0}
    if not relevant:
        return math.nan
    got: list[float] = []
    for rank, item in enumerate(ranking[:k]):
        again = item in ranking[:rank]
        got.append(gains[item] if item in relevant and not again else 0.0)
    hits = sum(g > 0 for g in got)
    ideal = sorted((gains[item] for item in relevant), reverse=True)[:k]
    if name == "ndcg":
        best = sum(g / math.log2(r + 1) for r, g in enumerate(ideal, start=1))
        return sum(g / math.log2(r + 1) for r, g in enumerate(got, start=1)) / best
    if name == "mrr":
        return next((1 / r for r, g in enumerate(got, start=1) if g > 0), 0.0)
    if name == "average_precision":
        at = [sum(x > 0 for x in got[:r]) / r for r, g in enumerate(got, start=1) if g > 0]
        return sum(at) / min(len(relevant), k)
    precision, recall = hits / k, hits / len(relevant)
    harmonic = 0.0 if hits == 0 else 2 * precision * recall / (precision + recall)
    values = {"hit_rate": float(hits > 0), "precision": precision, "recall": recall, "f1": harmonic}
    return values[name]


def padded(rankings: list[list[int]]) -> np.ndarray:
    depth = max((len(ranking) for ranking in rankings), default=0)
    ranked = np.full((len(rankings), depth), -1, dtype=np.int64)
    for query, ranking in enumerate(rankings):
        ranked[query, : len(ranking)] = ranking
    return ranked


items = st.integers(0, N_ITEMS - 1)
rankings = st.lists(st.lists(items, max_size=9), min_size=1, max_size=5)
grades = st.dictionaries(items, st.sampled_from([-1.0, 0.0, 1.0, 2.0, 3.0]), max_size=6)


@pytest.mark.parametrize("name", sorted(METRICS))
@given(rankings=rankings, judged=st.lists(grades, min_size=5, max_size=5), k=st.integers(1, 12))
@settings(deadline=None, max_examples=60)
def test_every_metric_is_its_textbook_definition(
    name: str, rankings: list[list[int]], judged: list[dict[int, float]], k: int
) -> None:
    judged = judged[: len(rankings)]
    relevance = metrics.relevance_matrix(judged, N_ITEMS)
    found = METRICS[name](padded(rankings), relevance, k)
    expected = [naive(name, r, g, k) for r, g in zip(rankings, judged, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@given(gains=grades.filter(lambda g: any(v > 0 for v in g.values())), k=st.integers(1, 12))
@settings(deadline=None)
def test_a_perfect_ranking_scores_one(gains: dict[int, float], k: int) -> None:
    best = sorted(gains, key=lambda item: -gains[item])
    ranked, relevance = padded([best]), metrics.relevance_matrix([gains], N_ITEMS)
    count = sum(gain > 0 for gain in gains.values())
    for name in ("ndcg", "mrr", "hit_rate", "average_precision"):
        assert METRICS[name](ranked, relevance, k)[0] == pytest.approx(1.0)
    assert metrics.recall(ranked, relevance, k)[0] == pytest.approx(min(k, count) / count)
    assert metrics.precision(ranked, relevance, k)[0] == pytest.approx(min(k, count) / k)


@pytest.mark.parametrize("rank", [1, 2, 3, 7, 10])
def test_one_relevant_item_at_rank_r_has_a_closed_form(rank: int) -> None:
    ranked = np.arange(N_ITEMS)[None, :]
    relevance = metrics.relevance_matrix([{rank - 1: 1.0}], N_ITEMS)
    assert metrics.ndcg(ranked, relevance, 10)[0] == pytest.approx(1 / math.log2(rank + 1))
    assert metrics.mrr(ranked, relevance, 10)[0] == pytest.approx(1 / rank)
    assert metrics.average_precision(ranked, relevance, 10)[0] == pytest.approx(1 / rank)
    assert metrics.hit_rate(ranked, relevance, rank)[0] == 1
    if rank > 1:
        assert metrics.hit_rate(ranked, relevance, rank - 1)[0] == 0
        assert metrics.ndcg(ranked, relevance, rank - 1)[0] == 0


@pytest.mark.parametrize("name", sorted(METRICS))
@given(data=st.data())
@settings(deadline=None, max_examples=50)
def test_metrics_stay_within_zero_and_one(name: str, data: st.DataObject) -> None:
    ranked = padded([data.draw(st.lists(items, max_size=9))])
    relevance = metrics.relevance_matrix([data.draw(grades)], N_ITEMS)
    value = METRICS[name](ranked, relevance, data.draw(st.integers(1, 12)))[0]
    assert math.isnan(value) or 0 <= value <= 1 + 1e-12


def test_gains_are_linear() -> None:
    relevance = metrics.relevance_matrix([{0: 1.0, 1: 3.0}], 2)
    worst = (1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3))
    assert metrics.ndcg(np.array([[0, 1]]), relevance, 2)[0] == pytest.approx(worst)
    assert metrics.dcg(np.array([[1.0, 3.0]]))[0] == pytest.approx(1 + 3 / math.log2(3))


def test_a_repeated_item_counts_once_and_takes_up_its_rank() -> None:
    relevance = metrics.relevance_matrix([{4: 1.0, 5: 1.0}], N_ITEMS)
    gains = metrics.gains_at(np.array([[4, 4, 4, 5]]), relevance, 4)
    assert gains.tolist() == [[1, 0, 0, 1]]
    assert metrics.recall(np.array([[4, 4]]), relevance, 2)[0] == 0.5


def test_queries_without_judgement_are_left_out_and_counted() -> None:
    relevance = metrics.relevance_matrix([{0: 1.0}, {}, {1: 0.0}, {2: 1.0}], N_ITEMS)
    found = metrics.mean(metrics.recall(np.array([[0], [0], [1], [0]]), relevance, 1))
    assert (found.value, found.counted, found.skipped) == (0.5, 2, 2)
    nothing = metrics.mean(np.array([np.nan]))
    assert math.isnan(nothing.value)
    assert (nothing.counted, nothing.skipped) == (0, 1)


def test_no_answer_at_all_scores_zero() -> None:
    relevance = metrics.relevance_matrix([{0: 1.0}], N_ITEMS)
    for ranked in (np.full((1, 3), -1), np.empty((1, 0), dtype=np.int64)):
        assert [metric(ranked, relevance, 5)[0] for metric in METRICS.values()] == [0] * 7


def test_coverage_counts_distinct_items_within_k() -> None:
    ranked = np.array([[0, 1, 9], [1, 2, -1]])
    assert metrics.coverage(ranked, 10, 2) == pytest.approx(0.3)
    assert metrics.coverage(ranked, 10, 3) == pytest.approx(0.4)
    with pytest.raises(InvalidArgument, match="n_items = 0"):
        metrics.coverage(ranked, 0, 2)


@pytest.mark.parametrize(
    ("ranked", "k", "named"),
    [
        (np.array([[0]]), 0, "k = 0"),
        (np.array([[N_ITEMS]]), 1, "outside -1 to 11"),
        (np.array([[-2]]), 1, "outside"),
        (np.array([[0], [1]]), 1, r"shape \(2, 1\)"),
        (np.array([0]), 1, r"shape \(1,\)"),
    ],
)
def test_what_does_not_fit_is_named(ranked: np.ndarray, k: int, named: str) -> None:
    relevance = metrics.relevance_matrix([{0: 1.0}], N_ITEMS)
    with pytest.raises(InvalidArgument, match=named):
        metrics.ndcg(ranked, relevance, k)


@given(rankings=rankings, judged=st.lists(grades, min_size=5, max_size=5))
@settings(deadline=None)
def test_at_r_precision_equals_recall(
    rankings: list[list[int]], judged: list[dict[int, float]]
) -> None:
    relevance = metrics.relevance_matrix(judged[: len(rankings)], N_ITEMS)
    ranked = padded(rankings)
    found = metrics.r_precision(ranked, relevance)
    for query, value in enumerate(found):
        gains = judged[query]
        r = sum(gain > 0 for gain in gains.values())
        expected = naive("precision", rankings[query], gains, r) if r else math.nan
        assert value == pytest.approx(expected, nan_ok=True)


def test_all_at_once_are_the_single_ones() -> None:
    rng = np.random.default_rng(3)
    ranked = rng.integers(-1, N_ITEMS, (20, 8))
    judged = [{int(i): float(i % 3) for i in rng.integers(0, N_ITEMS, 4)} for _ in range(20)]
    relevance = metrics.relevance_matrix(judged, N_ITEMS)
    together = metrics.accuracy(judge(ranked, relevance, 10).at(5))
    for name, metric in METRICS.items():
        key = "map" if name == "average_precision" else name
        np.testing.assert_array_equal(together[key], metric(ranked, relevance, 5))
    np.testing.assert_array_equal(together["r_precision"], metrics.r_precision(ranked, relevance))


def test_unknown_metrics_and_depths_are_named() -> None:
    judged = judge(np.array([[0]]), metrics.relevance_matrix([{0: 1.0}], 1), 3)
    with pytest.raises(InvalidArgument, match=r"'ndgc'; legal: ndcg"):
        metrics.accuracy(judged, ["ndgc"])
    with pytest.raises(InvalidArgument, match="k = 4; legal: 1 to 3"):
        judged.at(4)
