from __future__ import annotations

import math

import numpy as np
import pytest

from semrec.errors import InvalidArgument
from semrec.evaluate.counterfactual import doubly_robust, ips, snips

LOGGED = np.array([0.5, 0.3, 0.2])
TARGET = np.array([0.1, 0.1, 0.8])
REWARD = np.array([0.1, 0.4, 0.7])
TRUTH = float(TARGET @ REWARD)


def log(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    shown = rng.choice(3, rows, p=LOGGED)
    rewards = (rng.random(rows) < REWARD[shown]).astype(np.float64)
    return rewards, LOGGED[shown], TARGET[shown], shown


def test_all_find_the_reward_of_a_policy_that_never_ran() -> None:
    rewards, logged, target, shown = log(40_000, 0)
    model = np.array([0.2, 0.2, 0.2])  # wrong, and DR is right all the same
    expected = np.full(40_000, TARGET @ model)
    for found in (
        ips(rewards, logged, target),
        snips(rewards, logged, target),
        doubly_robust(rewards, logged, target, model[shown], expected),
    ):
        assert found.value == pytest.approx(TRUTH, abs=0.03)
        assert abs(found.value - TRUTH) < 4 * found.standard_error
        assert found.effective_size < 40_000
    assert abs(rewards.mean() - TRUTH) > 0.2, "the old policy earns something else"


def test_standard_errors_are_the_spread_over_logs() -> None:
    for estimate in (ips, snips):
        found = [estimate(*log(2000, seed)[:3]) for seed in range(60)]
        spread = np.std([each.value for each in found])
        assert np.mean([each.standard_error for each in found]) == pytest.approx(spread, rel=0.3)


def test_a_right_model_saves_wrong_propensities() -> None:
    rewards, logged, target, shown = log(40_000, 1)
    expected = np.full(40_000, TRUTH)
    wrong = np.clip(logged * 1.6, 0, 1)
    right = doubly_robust(rewards, wrong, target, REWARD[shown], expected)
    assert right.value == pytest.approx(TRUTH, abs=0.02)
    assert abs(ips(rewards, wrong, target).value - TRUTH) > 0.1


def test_the_same_policy_is_its_own_mean() -> None:
    rewards, logged, _, _ = log(500, 2)
    assert ips(rewards, logged, logged).value == pytest.approx(rewards.mean())
    assert ips(rewards, logged, logged).effective_size == pytest.approx(500)


def test_clipping_bounds_the_weights() -> None:
    rewards, logged, target = np.array([1.0, 1.0]), np.array([0.01, 0.5]), np.array([1.0, 0.5])
    assert ips(rewards, logged, target).value == pytest.approx((100 + 1) / 2)
    assert ips(rewards, logged, target, clip=5).value == pytest.approx((5 + 1) / 2)
    assert snips(rewards, logged, target).value == pytest.approx(1.0)


def test_no_overlap_is_unknown_not_zero() -> None:
    nothing = snips(np.array([1.0]), np.array([0.5]), np.array([0.0]))
    assert math.isnan(nothing.value)
    assert nothing.effective_size == 0


@pytest.mark.parametrize(
    ("logged", "target", "clip", "named"),
    [
        (0.0, 0.5, None, "logged propensity 0 to 0"),
        (1.5, 0.5, None, "logged propensity"),
        (0.5, -0.1, None, r"target -0\.1"),
        (0.5, 0.5, 0.0, r"clip = 0\.0"),
    ],
)
def test_impossible_values_are_named(
    logged: float, target: float, clip: float | None, named: str
) -> None:
    with pytest.raises(InvalidArgument, match=named):
        ips(np.ones(1), np.array([logged]), np.array([target]), clip)


def test_shapes_must_agree() -> None:
    with pytest.raises(InvalidArgument, match="one length"):
        ips(np.ones(2), np.ones(1), np.ones(2))
    with pytest.raises(InvalidArgument, match="one length, 1 or more"):
        snips(np.ones(0), np.ones(0), np.ones(0))
    with pytest.raises(InvalidArgument, match=r"predicted has shape \(1,\)"):
        doubly_robust(np.ones(2), np.ones(2), np.ones(2), np.ones(1), np.ones(2))
