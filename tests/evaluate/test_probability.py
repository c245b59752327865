from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from semrec.errors import InvalidArgument
from semrec.evaluate.probability import auc, calibration_error, reliability


@given(seed=st.integers(0, 100_000), levels=st.integers(1, 20))
@settings(deadline=None, max_examples=100)
def test_auc_is_that_of_scikit_learn_also_with_ties(seed: int, levels: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, levels, (3, 30)) / levels
    relevant = rng.random((3, 30)) < 0.3
    relevant[:, :2] = True, False
    expected = [roc_auc_score(y, s) for y, s in zip(relevant, scores, strict=True)]
    np.testing.assert_allclose(auc(scores, relevant), expected, atol=1e-9)


def test_items_without_score_take_no_part() -> None:
    scores = np.array([[0.9, np.nan, 0.1, np.nan]])
    relevant = np.array([[True, True, False, False]])
    assert auc(scores, relevant)[0] == 1.0
    assert auc(-scores, relevant)[0] == 0.0


def test_auc_of_one_class_is_unknown() -> None:
    assert math.isnan(auc(np.array([[1.0, 2.0]]), np.array([[True, True]]))[0])
    assert math.isnan(auc(np.array([[1.0, 2.0]]), np.array([[False, False]]))[0])


def test_what_does_not_fit_an_auc_is_named() -> None:
    with pytest.raises(InvalidArgument, match=r"\(1, 2\).*\(1, 3\)"):
        auc(np.zeros((1, 2)), np.zeros((1, 3), dtype=bool))
    with pytest.raises(InvalidArgument, match="-inf"):
        auc(np.array([[-np.inf, 1.0]]), np.array([[True, False]]))


def test_honest_probabilities_have_no_error() -> None:
    outcomes = np.array([True, False, False, False, True, True, True, False])
    assert calibration_error(np.repeat([0.25, 0.75], 4), outcomes) == pytest.approx(0)


def test_boasting_is_measured_by_its_distance() -> None:
    assert calibration_error(np.full(10, 0.9), np.arange(10) < 4) == pytest.approx(0.5)
    # One bin of 3 with error 0.1, one of 1 with error 0.4, weighted.
    given_p, seen = np.array([0.1, 0.1, 0.1, 0.6]), np.array([False, False, False, True])
    assert calibration_error(given_p, seen) == pytest.approx((3 * 0.1 + 0.4) / 4)


def test_a_border_belongs_to_the_bin_below() -> None:
    curve = reliability(np.array([0.0, 0.5, 0.51, 1.0]), np.array([False, True, True, True]), 2)
    assert curve.counts.tolist() == [2, 2]
    np.testing.assert_allclose(curve.predicted, [0.25, 0.755])
    np.testing.assert_allclose(curve.observed, [0.5, 1.0])


def test_no_prediction_and_wrong_ones() -> None:
    assert math.isnan(calibration_error(np.empty(0), np.empty(0, dtype=bool)))
    with pytest.raises(InvalidArgument, match="outside 0 to 1"):
        calibration_error(np.array([1.2]), np.array([True]))
    with pytest.raises(InvalidArgument, match="bins = 0"):
        calibration_error(np.array([0.2]), np.array([True]), bins=0)
