from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from semrec.errors import InvalidArgument
from semrec.evaluate.statistics import holm, intervals, randomisation_test


def test_an_interval_is_that_of_the_normal_law_for_many_values() -> None:
    values = np.random.default_rng(0).normal(3, 2, (2000, 1))
    found = intervals(values, 4000)[0]
    half = 1.96 * values.std() / math.sqrt(2000)
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - half, abs=half / 10)
    assert found.high == pytest.approx(values.mean() + half, abs=half / 10)


def test_ninety_five_of_a_hundred_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(5)
    held = sum(
        interval.low <= 0.5 <= interval.high
        for interval in intervals(rng.random((100, 300)), 500, seed=1)
    )
    assert 275 <= held <= 297


def test_columns_share_their_resamples() -> None:
    values = np.random.default_rng(1).random((50, 1))
    one, shifted = intervals(np.hstack([values, values + 1]), 200)
    assert (shifted.low, shifted.high) == pytest.approx((one.low + 1, one.high + 1))


def test_unknown_values_are_left_out_of_their_column_alone() -> None:
    values = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]])
    first, nothing = intervals(values, 300)
    assert (first.value, first.low, first.high) == (2.0, 1.0, 3.0)
    assert all(map(math.isnan, (nothing.value, nothing.low, nothing.high)))
    assert math.isnan(intervals(np.empty((0, 1)))[0].value)


def test_seeds_decide_intervals_and_p() -> None:
    values = np.random.default_rng(2).normal(0.1, 1, (60, 1))
    assert intervals(values, seed=3) == intervals(values, seed=3)
    assert intervals(values, seed=3) != intervals(values, seed=4)
    assert randomisation_test(values[:, 0], seed=3) == randomisation_test(values[:, 0], seed=3)


@pytest.mark.parametrize("shift", [0.0, 0.2, 0.5])
def test_p_is_near_that_of_the_t_test(shift: float) -> None:
    differences = np.random.default_rng(7).normal(shift, 1, 80)
    expected = stats.ttest_1samp(differences, 0).pvalue
    assert randomisation_test(differences, 10_000) == pytest.approx(expected, abs=0.02)


def test_few_signs_have_an_exact_p() -> None:
    # Of the 8 signs of three equal differences, 2 give a sum as large.
    assert randomisation_test(np.ones(3), 20_000) == pytest.approx(2 / 8, abs=0.01)
    assert randomisation_test(np.zeros(5)) == 1
    assert randomisation_test(np.empty(0)) == 1


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_impossible_settings_are_named() -> None:
    with pytest.raises(InvalidArgument, match="resamples = 0"):
        intervals(np.ones((3, 1)), 0)
    with pytest.raises(InvalidArgument, match=r"level = 1\.5"):
        intervals(np.ones((3, 1)), 10, 1.5)
