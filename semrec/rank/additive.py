"""An additive model of log-odds whose signs are fixed: more of a good sign never lowers it.

``logit p = b + Σ w_f (x_f − m_f) / s_f`` with ``w_f`` of the feature's sign. What is missing (NaN)
adds nothing, that is as much as the mean of the training pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.types import Scores

Matrix = NDArray[np.float32]
"""Features of pairs, shape ``(pairs, features)``; may hold NaN."""


@dataclass(frozen=True)
class AdditiveModel:
    """A fitted model.

    Attributes:
        names: of the features.
        weights: in log-odds a standard deviation, shape ``(features,)``, float64.
        means, scales: of the features in training, shape ``(features,)``, float64.
        bias: log-odds of the average pair.
    """

    names: tuple[str, ...]
    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    scales: NDArray[np.float64]
    bias: float

    def contributions(self, features: Matrix) -> NDArray[np.float64]:
        """What each feature adds to the log-odds, shape ``(pairs, features)``."""
        standard = (features.astype(np.float64) - self.means) / self.scales
        parts: NDArray[np.float64] = np.nan_to_num(standard, nan=0.0) * self.weights
        return parts

    def log_odds(self, features: Matrix) -> NDArray[np.float64]:
        """Shape ``(pairs,)``: the bias and all contributions."""
        total: NDArray[np.float64] = self.bias + self.contributions(features).sum(axis=1)
        return total

    def probabilities(self, features: Matrix) -> Scores:
        """Shape ``(pairs,)``, float32, in [0, 1]."""
        return sigmoid(self.log_odds(features)).astype(np.float32)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What :meth:`from_arrays` takes."""
        return {
            "names": np.array(self.names),
            "weights": self.weights,
            "means": self.means,
            "scales": self.scales,
            "bias": np.array(self.bias),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> AdditiveModel:
        """The same again."""
        return cls(
            tuple(str(name) for name in arrays["names"]),
            arrays["weights"].astype(np.float64),
            arrays["means"].astype(np.float64),
            arrays["scales"].astype(np.float64),
            float(arrays["bias"].astype(np.float64)),
        )


def fit(
    features: Matrix,
    labels: NDArray[np.float64],
    signs: Mapping[str, int],
    *,
    sample_weights: NDArray[np.float64] | None = None,
    penalty: float = 1.0,
) -> AdditiveModel:
    """Maximum likelihood with a ridge and signs, by L-BFGS-B (Byrd et al. 1995).

    Args:
        features: one row a pair, in the order of ``signs``.
        labels: 1 right, 0 wrong, or between; shape ``(pairs,)``.
        signs: feature → +1, -1, or 0 for either.
        sample_weights: how much each pair counts; all alike by default.
        penalty: of the sum of squared weights, in pairs.
    """
    from scipy.optimize import minimize

    means, scales = moments(features)
    x = np.nan_to_num((features.astype(np.float64) - means) / scales, nan=0.0)
    counts = np.ones(len(labels)) if sample_weights is None else sample_weights

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = theta[0] + x @ theta[1:]
        wrong = counts * (sigmoid(odds) - labels)
        value = np.sum(counts * (np.logaddexp(0.0, odds) - labels * odds))
        slope = np.concatenate([[wrong.sum()], x.T @ wrong + penalty * theta[1:]])
        return float(value + 0.5 * penalty * np.sum(theta[1:] ** 2)), slope

    ranges = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}
    bounds = [(None, None), *(ranges[sign] for sign in signs.values())]
    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    theta = found.x.astype(np.float64)
    return AdditiveModel(tuple(signs), theta[1:], means, scales, float(theta[0]))


def sigmoid(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds to probabilities, without overflow."""
    half: NDArray[np.float64] = 0.5 * (1.0 + np.tanh(0.5 * odds))
    return half


def moments(features: Matrix) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Means and standard deviations of what is known; 0 and 1 of what never is."""
    known = ~np.isnan(features)
    counts = np.maximum(known.sum(axis=0), 1)
    filled = np.nan_to_num(features.astype(np.float64), nan=0.0)
    means = filled.sum(axis=0) / counts
    spread = np.where(known, filled - means, 0.0)
    scales = np.sqrt((spread**2).sum(axis=0) / counts)
    return means, np.where(scales > 1e-6, scales, 1.0)


def names_in(model: AdditiveModel, parts: NDArray[np.float64]) -> Sequence[tuple[str, float]]:
    """One pair's contributions by name, the largest first."""
    pairs = zip(model.names, parts.tolist(), strict=True)
    return sorted(pairs, key=lambda pair: (-abs(pair[1]), pair[0]))
