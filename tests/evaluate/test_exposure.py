from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.errors import InvalidArgument
from semrec.evaluate import exposure
from semrec.evaluate.judged import judge, relevance_matrix

RANKED = np.array([[0, 1, 2], [1, 1, -1], [-1, -1, -1]])


def test_exposure_counts_every_place_within_k() -> None:
    assert exposure.exposure(RANKED, 5, 2).tolist() == [1, 3, 0, 0, 0]
    assert exposure.coverage(RANKED, 5, 3) == pytest.approx(3 / 5)
    with pytest.raises(InvalidArgument, match="holds row 2; legal: below 2"):
        exposure.exposure(RANKED, 2, 3)


def test_users_with_an_answer_are_covered() -> None:
    assert exposure.user_coverage(RANKED, 3) == pytest.approx(2 / 3)
    assert exposure.user_coverage(RANKED, 0) == 0
    assert math.isnan(exposure.user_coverage(RANKED[:0], 3))


@given(n=st.integers(1, 50), times=st.integers(1, 9))
@settings(deadline=None)
def test_equal_and_lonely_exposure_have_closed_forms(n: int, times: int) -> None:
    equal = np.full(n, times)
    assert exposure.gini(equal) == pytest.approx(0, abs=1e-12)
    assert exposure.entropy(equal) == pytest.approx(math.log2(n))
    lonely = np.zeros(n)
    lonely[n // 2] = times
    assert exposure.gini(lonely) == pytest.approx(1 - 1 / n)
    assert exposure.entropy(lonely) == 0


@given(counts=st.lists(st.integers(0, 30), min_size=2, max_size=12).filter(any))
@settings(deadline=None)
def test_gini_is_half_the_relative_mean_difference(counts: list[int]) -> None:
    x = np.array(counts, dtype=np.float64)
    differences = np.abs(x[:, None] - x[None, :]).mean()
    assert exposure.gini(x) == pytest.approx(differences / (2 * x.mean()))


def test_nothing_shown_has_no_distribution() -> None:
    assert math.isnan(exposure.gini(np.zeros(3)))
    assert math.isnan(exposure.entropy(np.zeros(3)))


def test_popularity_and_novelty_are_means_over_the_list() -> None:
    found = exposure.average_popularity(RANKED, np.array([4.0, 2.0, 0.0]), 3)
    np.testing.assert_allclose(found, [2.0, 2.0, np.nan])
    new = exposure.novelty(RANKED, np.array([4, 2, 0]), 8, 3)
    # A cold item counts as one with a single user: log2(8) = 3.
    np.testing.assert_allclose(new, [(1 + 2 + 3) / 3, 2, np.nan])


def test_popular_hits_are_no_serendipity() -> None:
    relevance = relevance_matrix([{0: 1.0}, {2: 1.0}], 4)
    popularity = np.array([9, 5, 1, 0])
    ranked = np.array([[0, 1], [2, 1]])
    found = exposure.serendipity(judge(ranked, relevance, 2), ranked, popularity)
    # Item 2 at rank 1: p = 1, by popularity third of four: p = 2/4.
    np.testing.assert_allclose(found, [0, (1 - 0.5) / 2])


def test_repeats_lower_the_unrepeated_share() -> None:
    np.testing.assert_allclose(exposure.unrepeated_share(RANKED, 3), [1, 0.5, np.nan])


@given(seed=st.integers(0, 10_000), k=st.integers(2, 6))
@settings(deadline=None, max_examples=50)
def test_diversity_is_the_mean_over_pairs(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(9, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ranked = rng.integers(-1, 9, (4, 6))
    ranked = np.take_along_axis(ranked, np.argsort(ranked < 0, axis=1, kind="stable"), axis=1)
    found = exposure.intra_list_diversity(ranked, vectors, k)
    for row, value in zip(ranked, found, strict=True):
        items = sorted({int(item) for item in row[:k] if item >= 0})
        pairs = [1 - vectors[a] @ vectors[b] for a in items for b in items if a < b]
        assert value == pytest.approx(np.mean(pairs), abs=1e-5) if pairs else math.isnan(value)


def test_alike_items_have_no_diversity_and_opposite_ones_two() -> None:
    vectors = np.array([[1, 0], [1, 0], [-1, 0], [0, 1]], dtype=np.float32)
    found = exposure.intra_list_diversity(np.array([[0, 1], [0, 2], [0, 3]]), vectors, 2)
    np.testing.assert_allclose(found, [0, 2, 1], atol=1e-6)
