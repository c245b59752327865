"""Monotone maps from a signal's own scale to a probability.

* :class:`Isotonic`: the best non-decreasing steps (Ayer et al. 1955; Zadrozny & Elkan 2002);
* :class:`Platt`: a sigmoid (Platt 1999), for few samples;
* :class:`Beta`: a beta map, for what is a probability already (Kull et al. 2017).

Targets are smoothed as Platt does, so that no map ever says 0 or 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from semrec.errors import InvalidArgument, legal, shorten
from semrec.rank.additive import sigmoid
from semrec.types import Scores

Floats: TypeAlias = NDArray[np.float64]
Arrays: TypeAlias = Mapping[str, NDArray[np.generic]]
_TINY = 1e-6


class Calibration(Protocol):
    """A fitted map; NaN stays NaN."""

    @property
    def kind(self) -> str:
        """``isotonic``, ``platt`` or ``beta``."""

    def log_odds(self, scores: Scores) -> Floats:
        """Log-odds of being right, non-decreasing in the score; shape as ``scores``."""

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What :func:`from_arrays` takes."""


def probabilities(calibration: Calibration, scores: Scores) -> Scores:
    """Probabilities of being right, shape as ``scores``, float32."""
    return sigmoid(calibration.log_odds(scores)).astype(np.float32)


@dataclass(frozen=True)
class Isotonic:
    """Straight lines between the middles of the steps, level beyond the last.

    Attributes:
        knots: ascending scores, shape ``(steps,)``.
        values: ascending log-odds at the knots, shape ``(steps,)``.
    """

    knots: Floats
    values: Floats
    kind = "isotonic"

    def log_odds(self, scores: Scores) -> Floats:
        """See :class:`Calibration`."""
        known = np.interp(np.nan_to_num(scores), self.knots, self.values)
        found: Floats = np.where(np.isnan(scores), np.nan, known)
        return found

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """See :class:`Calibration`."""
        return {"kind": np.array(self.kind), "knots": self.knots, "values": self.values}


@dataclass(frozen=True)
class Platt:
    """``logit p = slope · score + intercept``, ``slope ≥ 0``."""

    slope: float
    intercept: float
    kind = "platt"

    def log_odds(self, scores: Scores) -> Floats:
        """See :class:`Calibration`."""
        found: Floats = self.slope * scores.astype(np.float64) + self.intercept
        return found

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """See :class:`Calibration`."""
        return {"kind": np.array(self.kind), "theta": np.array([self.slope, self.intercept])}


@dataclass(frozen=True)
class Beta:
    """``logit p = a ln s − b ln(1 − s) + c`` for scores in [0, 1], ``a, b ≥ 0``."""

    a: float
    b: float
    c: float
    kind = "beta"

    def log_odds(self, scores: Scores) -> Floats:
        """See :class:`Calibration`."""
        low, high = _logs(scores.astype(np.float64))
        found: Floats = self.a * low + self.b * high + self.c
        return found

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """See :class:`Calibration`."""
        return {"kind": np.array(self.kind), "theta": np.array([self.a, self.b, self.c])}


KINDS = ("isotonic", "platt", "beta")


def fit(
    scores: Scores, labels: Floats, kind: str = "isotonic", counts: Floats | None = None
) -> Calibration:
    """Fit a map; samples without a score are left out.

    Args:
        scores: shape ``(n,)``; NaN = unknown.
        labels: 1 right, 0 wrong, shape ``(n,)``.
        kind: one of :data:`KINDS`.
        counts: how much each sample counts, shape ``(n,)``; all alike by default.

    Raises:
        InvalidArgument: the kind is unknown, or there is no right or no wrong sample.
    """
    if kind not in KINDS:
        raise InvalidArgument(f"calibration {shorten(kind)}; legal: {legal(KINDS, kind)}")
    known = ~np.isnan(scores)
    x, y = scores[known].astype(np.float64), labels[known].astype(np.float64)
    w = np.ones(len(x)) if counts is None else counts[known].astype(np.float64)
    right, wrong = float((w * y).sum()), float((w * (1 - y)).sum())
    if right <= 0 or wrong <= 0:
        raise InvalidArgument(
            f"calibration of {len(x)} samples, {right:g} right; legal: some right and some wrong"
        )
    target = np.where(y > 0.5, (right + 1) / (right + 2), 1 / (wrong + 2))
    if kind == "isotonic":
        return _isotonic(x, target, w)
    if kind == "platt":
        centre, spread = float(x.mean()), max(float(x.std()), _TINY)
        slope, bias = _logistic(((x - centre) / spread)[:, None], target, w)
        return Platt(float(slope[0]) / spread, bias - float(slope[0]) * centre / spread)
    weights, bias = _logistic(np.stack(_logs(x), axis=1), target, w)
    return Beta(float(weights[0]), float(weights[1]), bias)


def from_arrays(arrays: Arrays) -> Calibration:
    """The map that ``arrays()`` described.

    Raises:
        InvalidArgument: the kind is unknown.
    """
    kind = str(arrays["kind"])
    if kind == "isotonic":
        return Isotonic(arrays["knots"].astype(np.float64), arrays["values"].astype(np.float64))
    theta = [float(value) for value in arrays.get("theta", np.empty(0)).astype(np.float64)]
    if kind == "platt":
        return Platt(*theta)
    if kind == "beta":
        return Beta(*theta)
    raise InvalidArgument(f"calibration {shorten(kind)}; legal: {legal(KINDS, kind)}")


def _isotonic(x: Floats, target: Floats, w: Floats) -> Isotonic:
    """Pool adjacent violators; equal scores are one sample from the start."""
    levels, inverse = np.unique(x, return_inverse=True)
    mass = np.bincount(inverse, weights=w)
    mean = np.bincount(inverse, weights=w * target) / mass
    blocks: list[list[float]] = []  # mean target, mass, mass-weighted score
    for level, weight, value in zip(levels, mass, mean, strict=True):
        blocks.append([float(value), float(weight), float(level * weight)])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            value_, weight_, at = blocks.pop()
            before = blocks[-1]
            whole = before[1] + weight_
            before[0] = (before[0] * before[1] + value_ * weight_) / whole
            before[1], before[2] = whole, before[2] + at
    chances = np.array([block[0] for block in blocks])
    knots = np.array([block[2] / block[1] for block in blocks])
    return Isotonic(knots, np.log(chances / (1 - chances)))


def _logs(scores: Floats) -> tuple[Floats, Floats]:
    inside = np.clip(scores, _TINY, 1 - _TINY)
    return np.log(inside), -np.log1p(-inside)


def _logistic(x: Floats, target: Floats, w: Floats) -> tuple[Floats, float]:
    """Non-negative weights and a bias by maximum likelihood, with a faint ridge."""
    from scipy.optimize import minimize

    def loss(theta: Floats) -> tuple[float, Floats]:
        odds = x @ theta[:-1] + theta[-1]
        wrong = w * (sigmoid(odds) - target)
        value = float(np.sum(w * (np.logaddexp(0.0, odds) - target * odds)))
        ridge = 1e-3 * theta[:-1]
        slope = np.concatenate([x.T @ wrong + ridge, [wrong.sum()]])
        return value + 0.5 * float(ridge @ theta[:-1]), slope

    bounds = [(0.0, None)] * x.shape[1] + [(None, None)]
    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    return found.x[:-1].astype(np.float64), float(found.x[-1])
