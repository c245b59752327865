import logging

import numpy as np
import pytest

from semrec.errors import InvalidArgument
from semrec.index import dense_plan
from semrec.index.ann import CODECS, Lists
from semrec.index.dense import DenseIndex
from semrec.index.dense_plan import (
    DensePlan,
    exact_neighbours,
    measured_recall,
    memory_of,
    planned,
    right_answers,
    sampled_queries,
    tuned,
)

N, DIM = 2000, 32


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


VECTORS = unit(np.random.default_rng(0).normal(size=(N, DIM)))
QUERIES = unit(np.random.default_rng(1).normal(size=(50, DIM)))


def test_small_is_exact_and_large_is_lists() -> None:
    assert DenseIndex.build(VECTORS, DensePlan(exact_up_to=N)).kind == "exact"
    index = DenseIndex.build(VECTORS, DensePlan(exact_up_to=N - 1))
    assert index.kind == "lists over 8 bits"
    assert index.measured is not None
    assert index.measured.as_dict()["queries"] == 300


def test_the_effort_is_raised_until_the_recall_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dense_plan, "_FIRST_EFFORT", 1)
    lists, order = Lists.build(VECTORS)
    truth = [np.argsort(order)[rows] for rows in right_answers(VECTORS, QUERIES, 10)]
    low, high = (tuned(lists, QUERIES, truth, recall) for recall in (0.3, 0.7))
    assert low.effort < high.effort == lists.effort
    assert high.recall - 2 * high.error >= 0.7
    assert high.recall == pytest.approx(measured_recall(lists, QUERIES, truth)[0])


def test_given_queries_measure() -> None:
    queries = unit(np.random.default_rng(1).normal(size=(300, DIM)))
    part, order, found = planned(VECTORS, DensePlan(exact_up_to=0), queries)
    truth = [np.argsort(order)[rows] for rows in right_answers(VECTORS, queries, 10)]
    assert found.queries == 300
    again = measured_recall(part, queries, truth)
    assert (found.recall, found.error) == pytest.approx(again)


def test_a_few_queries_do_not_measure_alone() -> None:
    plan = DensePlan(exact_up_to=0)
    part, order, found = planned(VECTORS, plan, QUERIES[:1])
    queries = np.concatenate([QUERIES[:1], sampled_queries(VECTORS, 299, plan.seed)])
    truth = [np.argsort(order)[rows] for rows in right_answers(VECTORS, queries, 10)]
    assert found.queries == 300 and found.error > 0
    assert found.recall == pytest.approx(measured_recall(part, queries, truth)[0])


def test_the_part_stands_in_the_order_it_says() -> None:
    part, order, _ = planned(VECTORS, DensePlan(exact_up_to=0))
    back = part.reconstruct(np.arange(N))
    assert (np.einsum("ij,ij->i", unit(back), VECTORS[order]) > 0.999).all()


def test_finer_codes_and_then_exactness_where_coarse_ones_do_not_reach() -> None:
    twins = VECTORS.repeat(2, axis=0)[:N] + np.float32(1e-3) * VECTORS  # 8 bits cannot tell
    part, _, found = planned(unit(twins), DensePlan(exact_up_to=0, recall=0.995))
    assert part.kind == "lists over 16 bits"
    assert found.recall > 0.995
    assert planned(VECTORS, DensePlan(exact_up_to=0, recall=1.0), QUERIES)[0].kind != CODECS[0]


def test_the_memory_rules(caplog: pytest.LogCaptureFixture) -> None:
    wide = unit(np.random.default_rng(2).normal(size=(3000, 256)))
    lists, exact = memory_of(3000, 256, CODECS[0]), memory_of(3000, 256, None)
    assert (lists, exact) == (2, 4)
    queries = wide[:10]
    assert planned(wide, DensePlan(memory_mb=exact), queries)[0].kind == "exact"
    lax = DensePlan(memory_mb=lists, recall=0.8)
    assert planned(wide, lax, queries)[0].kind == "lists over 8 bits"
    with pytest.raises(InvalidArgument, match="3000 vectors of 256 numbers in 1 MB; legal: 2 MB"):
        planned(wide, DensePlan(memory_mb=1), queries)
    with caplog.at_level(logging.WARNING):
        best, _, found = planned(wide, DensePlan(memory_mb=lists, recall=1.0), queries)
    assert f"dense recall@10 is {found.recall:.3f}, asked: 1.000" in caplog.text
    assert len(best.search(wide[0], 3)) == 3


def test_a_mapped_file_of_half_floats_gives_the_same(tmp_path: object) -> None:
    half = VECTORS.astype(np.float16)
    plan = DensePlan(exact_up_to=0)
    one, other = DenseIndex.build(half, plan), DenseIndex.build(half.astype(np.float32), plan)
    np.testing.assert_array_equal(one.vectors, other.vectors)
    assert one.measured == other.measured


def test_exact_neighbours_are_those_of_a_full_sort() -> None:
    expected = np.argsort(-(QUERIES @ VECTORS.T), axis=1)[:, :5]
    np.testing.assert_array_equal(exact_neighbours(VECTORS, QUERIES, 5), expected)
    assert exact_neighbours(VECTORS[:3], QUERIES, 5).shape == (50, 3)


def test_twins_are_right_answers_and_no_more() -> None:
    twins = np.concatenate([VECTORS, VECTORS[:500]])
    nearest = exact_neighbours(VECTORS, QUERIES, 10)
    for query, right in enumerate(right_answers(twins, QUERIES, 10)):
        expected = exact_neighbours(twins, QUERIES[query : query + 1], 10)[0]
        border = (twins[expected] @ QUERIES[query]).min() - 1e-6
        assert right.tolist() == np.flatnonzero(twins @ QUERIES[query] >= border).tolist()
        assert set(right % N) <= set(nearest[query])


def test_many_twins_do_not_make_lists_exact() -> None:
    alike = VECTORS[:100].repeat(20, axis=0)
    _, _, found = planned(alike, DensePlan(exact_up_to=0))
    assert found.kind == "lists over 8 bits"
    assert found.recall > 0.95 and found.effort < 500


def test_made_up_queries_are_near_one_item_and_no_item() -> None:
    queries = sampled_queries(VECTORS, 30, seed=0)
    np.testing.assert_allclose(np.linalg.norm(queries, axis=1), 1, rtol=1e-5)
    nearest = (queries @ VECTORS.T).max(axis=1)
    assert (nearest < 0.95).all()
    assert (nearest > 0.5).all()
    np.testing.assert_array_equal(queries, sampled_queries(VECTORS, 30, seed=0))
