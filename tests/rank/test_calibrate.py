from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.errors import InvalidArgument
from semrec.rank import calibrate


def _samples(n: int = 4000, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Scores in [0, 1] whose chance of being right is score squared."""
    rng = np.random.default_rng(seed)
    scores = rng.random(n).astype(np.float32)
    return scores, (rng.random(n) < scores**2).astype(np.float64)


@pytest.mark.parametrize("kind", calibrate.KINDS)
def test_held_out_probabilities_are_near_the_truth(kind: str) -> None:
    fitted = calibrate.fit(*_samples(), kind=kind)
    said = calibrate.probabilities(fitted, np.array([0.2, 0.5, 0.8], np.float32))
    assert np.abs(said - np.array([0.04, 0.25, 0.64])).max() < 0.08


@pytest.mark.parametrize("kind", calibrate.KINDS)
def test_more_is_never_less_and_nan_stays(kind: str) -> None:
    fitted = calibrate.fit(*_samples(300), kind=kind)
    odds = fitted.log_odds(np.linspace(-1, 2, 50).astype(np.float32))
    assert (np.diff(odds) >= -1e-9).all()
    assert np.isfinite(odds).all()
    assert np.isnan(fitted.log_odds(np.array([np.nan], np.float32))).all()


@pytest.mark.parametrize("kind", calibrate.KINDS)
def test_a_fall_in_the_samples_becomes_no_fall_in_the_map(kind: str) -> None:
    scores, labels = _samples(500)
    fitted = calibrate.fit(scores, 1 - labels, kind=kind)
    odds = fitted.log_odds(np.array([0.1, 0.9], np.float32))
    assert odds[1] >= odds[0] - 1e-9


@pytest.mark.parametrize("kind", calibrate.KINDS)
def test_arrays_hold_everything(kind: str) -> None:
    fitted = calibrate.fit(*_samples(300), kind=kind)
    again = calibrate.from_arrays(fitted.arrays())
    points = np.array([0.1, 0.4, 0.9], np.float32)
    assert np.array_equal(again.log_odds(points), fitted.log_odds(points))


def test_isotonic_is_the_pooled_means_by_hand() -> None:
    fitted = calibrate.fit(np.array([1, 2, 3, 4], np.float32), np.array([0.0, 1.0, 0.0, 1.0]))
    said = calibrate.probabilities(fitted, np.array([1, 2.5, 4], np.float32))
    assert said == pytest.approx([0.25, 0.5, 0.75])  # smoothed targets 1/4 and 3/4


def test_samples_without_a_score_are_left_out() -> None:
    scores, labels = _samples(200)
    more = np.concatenate([scores, np.full(50, np.nan, np.float32)])
    fitted = calibrate.fit(more, np.concatenate([labels, np.ones(50)]), kind="platt")
    alone = calibrate.fit(scores, labels, kind="platt")
    assert fitted.log_odds(scores) == pytest.approx(alone.log_odds(scores))


def test_one_sided_samples_and_unknown_kinds_are_refused() -> None:
    scores, labels = _samples(20)
    with pytest.raises(InvalidArgument, match="0 right"):
        calibrate.fit(scores, np.zeros(20))
    with pytest.raises(InvalidArgument, match="isotonik"):
        calibrate.fit(scores, labels, kind="isotonik")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-50, 50), st.booleans()), min_size=4, max_size=40))
def test_isotonic_is_monotone_for_any_samples(pairs: list[tuple[float, bool]]) -> None:
    labels = np.array([float(right) for _, right in pairs])
    if labels.min() == labels.max():
        return
    scores = np.array([score for score, _ in pairs], np.float32)
    fitted = calibrate.fit(scores, labels)
    odds = fitted.log_odds(np.sort(scores))
    assert (np.diff(odds) >= -1e-12).all()
