from __future__ import annotations

import numpy as np
import pytest

from semrec.rank import positions


def test_propensities_that_made_the_clicks_are_found() -> None:
    rng = np.random.default_rng(0)
    truth = np.array([1.0, 0.6, 0.4, 0.25])
    right = rng.random(200)
    pairs = rng.integers(0, 200, 60_000)
    places = rng.integers(1, 5, 60_000)
    clicked = rng.random(60_000) < truth[places - 1] * right[pairs]
    found = positions.fit_propensities(pairs, places, clicked)
    assert found == pytest.approx(truth, abs=0.06)


def test_clicks_far_below_weigh_more_but_within_the_cut() -> None:
    seen = positions.usual_propensities(100)
    weights = positions.inverse_propensities(np.array([1, 2, 100]), seen)
    assert weights.mean() == pytest.approx(1.0)
    assert weights[1] / weights[0] == pytest.approx(2.0)
    assert weights[2] / weights[0] == pytest.approx(10.0)  # not 100


def test_no_clicks_have_no_weights() -> None:
    none = np.empty(0, np.int64)
    assert positions.inverse_propensities(none, np.ones(3)).shape == (0,)
