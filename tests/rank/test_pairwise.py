"""A model of order, learned from a planted one."""

import numpy as np
import pytest

from semrec.rank.pairwise import fit_order

RNG = np.random.default_rng(3)
SIGNS = {"good": 1, "bad": -1, "noise": 0}


def planted(queries: int) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """Candidates whose grade is ``good - bad``, over or under the middle; each query has a level of
    its own in what says nothing."""
    features, gains, rights = [], [], []
    for level in RNG.normal(size=queries):
        rows = RNG.normal(size=(12, 3)).astype(np.float32)
        rows[:, 2] += 5 * level
        right = (rows[:, 0] - rows[:, 1] > 0).astype(np.float64)
        features.append(rows)
        gains.append(3 * right)
        rights.append(right)
    return features, gains, rights


def test_the_planted_order_is_found_again_on_other_queries() -> None:
    model = fit_order(*planted(60), SIGNS)
    good, bad, noise = model.weights * (1 / model.scales)
    assert good == pytest.approx(-bad, rel=0.15)
    assert abs(noise) < 0.1 * good
    for rows, _, right in zip(*planted(20), strict=True):
        said = model.probabilities(rows)
        assert said[right == 1].min(initial=1) > said[right == 0].max(initial=0) - 0.1
        assert np.mean((said > 0.5) == (right == 1)) > 0.8


def test_a_sign_is_kept_against_the_data() -> None:
    model = fit_order(*planted(30), {"good": -1, "bad": -1, "noise": 0})
    assert model.weights[0] == 0
    assert model.weights[1] < 0


def test_what_is_unknown_counts_as_the_mean() -> None:
    model = fit_order(*planted(30), SIGNS)
    unknown = model.log_odds(np.full((1, 3), np.nan, dtype=np.float32))
    mean = model.log_odds(model.means[None].astype(np.float32))
    assert unknown == pytest.approx(mean, abs=1e-5)
