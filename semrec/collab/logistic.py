"""Logistic regression with a ridge, by Newton's method; for a handful of features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEPS = 25
_ENOUGH = 1e-8


def logistic(
    features: NDArray[np.float64],
    labels: NDArray[np.float64],
    counts: NDArray[np.float64],
    ridge: float = 1.0,
    prior: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """The weights that make ``1 / (1 + exp(-features @ weights))`` likeliest.

    Args:
        features: shape ``(n, d)``; a column of ones is an intercept, and is not spared the ridge.
        labels: 0 or 1, shape ``(n,)``.
        counts: how much each row counts, shape ``(n,)``.
        ridge: weight of ``|weights - prior|²/2`` after each feature is scaled to mean square 1.
        prior: the weights where nothing is known, shape ``(d,)``; None for zeros.

    Returns:
        Shape ``(d,)``, for the features as given.
    """
    scale = np.sqrt(np.mean(features**2, axis=0))
    scale[scale == 0] = 1.0
    scaled = features / scale
    start = np.zeros(features.shape[1]) if prior is None else prior * scale
    weights = start.copy()
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(-np.clip(scaled @ weights, -30, 30)))
        slope = scaled.T @ (counts * (labels - chances)) - ridge * (weights - start)
        curve = (scaled * (counts * chances * (1 - chances))[:, None]).T @ scaled
        curve[np.diag_indices_from(curve)] += ridge
        step = np.linalg.solve(curve, slope)
        weights += step
        if np.abs(step).max() < _ENOUGH:
            break
    found: NDArray[np.float64] = weights / scale
    return found
