"""Logistic regression over sparse features, and its weights in eight bits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def fit_logistic(
    features: sparse.csr_matrix,
    labels: NDArray[np.bool_],
    penalty: float,
    iterations: int = 60,
    weights: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Minimise ``mean log loss + penalty / 2n · |w|²`` by L-BFGS; the last weight is the bias.

    Args:
        features: shape ``(n, m)``.
        labels: shape ``(n,)``.
        penalty: pulls the weights towards zero; the bias is free.
        iterations: at most so many.
        weights: of each example, shape ``(n,)``; None = all one.

    Returns:
        Shape ``(m + 1,)``, float64.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    signs = np.where(labels, 1.0, -1.0)
    shares = np.full(len(signs), 1.0) if weights is None else weights
    shares = shares / shares.sum()
    pull = penalty / len(signs)
    transposed = features.T.tocsr()

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = signs * (features @ w[:-1] + w[-1])
        slope = -shares * signs * expit(-margin)
        gradient = np.append(transposed @ slope + pull * w[:-1], slope.sum())
        value = shares @ np.logaddexp(0.0, -margin) + 0.5 * pull * w[:-1] @ w[:-1]
        return float(value), gradient

    start = np.zeros(features.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations})
    return np.asarray(found.x)


@dataclass(frozen=True, slots=True, eq=False)
class Quantised:
    """Values in eight bits: ``codes * step``.

    Attributes:
        codes: int8, any shape.
        step: what one step is worth.
    """

    codes: NDArray[np.int8]
    step: float

    @classmethod
    def of(cls, values: NDArray[np.floating], spread: float = 1.0) -> Quantised:
        """Round to 255 steps; the share ``spread`` of the values that are not 0 keeps its size.

        The largest of the rest are cut, so that the steps are finer.
        """
        sizes = np.abs(values[values != 0])
        largest = float(np.quantile(sizes, spread)) if sizes.size else 0.0
        step = max(largest, 1e-12) / 127
        return cls(np.clip(np.rint(values / step), -127, 127).astype(np.int8), step)

    def values(self) -> NDArray[np.float32]:
        """The values again, float32."""
        return self.codes.astype(np.float32) * np.float32(self.step)
