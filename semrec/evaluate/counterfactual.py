"""What a new policy would have earned, estimated from the log of an old one.

The log says of each shown item what came of it (``rewards``), how likely the old policy was to
show it (``logged``), and how likely the new one is (``target``). The estimates are unbiased only
where the old policy could show all that the new one would.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.errors import InvalidArgument

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean reward.

    Attributes:
        value: the estimate.
        standard_error: of the estimate, from the spread of its terms; NaN for a single one.
        effective_size: ``(Σw)² / Σw²`` (Kish 1965): as many equally weighted rows say as much.
    """

    value: float
    standard_error: float
    effective_size: float


def ips(rewards: Floats, logged: Floats, target: Floats, clip: float | None = None) -> Estimate:
    """Inverse propensity score: ``mean(w · r)``, ``w = target / logged`` (Horvitz & Thompson 1952).

    Args:
        rewards: shape ``(rows,)``.
        logged: probability of the shown item under the old policy, above 0.
        target: the same under the new one.
        clip: the highest weight that is used; less variance for some bias (Ionides 2008).

    Raises:
        InvalidArgument: the shapes differ, there is no row, or a probability is out of range.
    """
    weights = _weights(rewards, logged, target, clip)
    return _estimate(weights * rewards, weights)


def snips(rewards: Floats, logged: Floats, target: Floats, clip: float | None = None) -> Estimate:
    """Self-normalised IPS: ``Σ w r / Σ w`` (Swaminathan & Joachims 2015).

    Biased, but never outside the range of the rewards, and steadier. NaN if all weights are 0.

    Args, raises: as :func:`ips`.
    """
    weights = _weights(rewards, logged, target, clip)
    total = weights.sum()
    value = float(weights @ rewards / total) if total else float("nan")
    # Delta method: the spread of w (r - value), relative to the mean weight.
    terms = weights * (rewards - value) / weights.mean() if total else weights * np.nan
    spread = _estimate(terms, weights)
    return Estimate(value, spread.standard_error, spread.effective_size)


def doubly_robust(
    rewards: Floats,
    logged: Floats,
    target: Floats,
    predicted: Floats,
    expected: Floats,
    clip: float | None = None,
) -> Estimate:
    """``mean(expected + w · (r - predicted))`` (Dudík, Langford & Li 2011).

    Unbiased if either the propensities or the reward model are right.

    Args:
        rewards, logged, target, clip: as :func:`ips`.
        predicted: the model's reward of the shown item, shape ``(rows,)``.
        expected: the model's mean reward under the new policy in the same situation.

    Raises:
        InvalidArgument: as :func:`ips`.
    """
    weights = _weights(rewards, logged, target, clip)
    for name, values in (("predicted", predicted), ("expected", expected)):
        if values.shape != rewards.shape:
            raise InvalidArgument(f"{name} has shape {values.shape}; legal: {rewards.shape}")
    return _estimate(expected + weights * (rewards - predicted), weights)


def _weights(rewards: Floats, logged: Floats, target: Floats, clip: float | None) -> Floats:
    if not (rewards.shape == logged.shape == target.shape) or rewards.ndim != 1 or not len(rewards):
        raise InvalidArgument(
            f"rewards {rewards.shape}, logged {logged.shape}, target {target.shape}; "
            "legal: one length, 1 or more"
        )
    if not ((logged > 0) & (logged <= 1)).all():
        raise InvalidArgument(
            f"logged propensity {logged.min():g} to {logged.max():g}; legal: above 0, at most 1"
        )
    if not ((target >= 0) & (target <= 1)).all():
        raise InvalidArgument(f"target {target.min():g} to {target.max():g}; legal: 0 to 1")
    if clip is not None and not clip > 0:
        raise InvalidArgument(f"clip = {clip}; legal: above 0, or None")
    weights = target / logged
    return weights if clip is None else np.minimum(weights, clip)


def _estimate(terms: Floats, weights: Floats) -> Estimate:
    n = len(terms)
    error = float(terms.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    squares = float(weights @ weights)
    size = float(weights.sum()) ** 2 / squares if squares else 0.0
    return Estimate(float(terms.mean()), error, size)
