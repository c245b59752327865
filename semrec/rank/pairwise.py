"""An additive model of order: which of two candidates of one query is better.

RankNet (Burges et al. 2005, "Learning to Rank using Gradient Descent") with the weights of
``additive``: the loss of two candidates is ``log(1 + exp(-(s_better - s_worse)))``, counted by the
difference of their gains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from semrec.rank.additive import AdditiveModel, Matrix, fit, moments

Floats = NDArray[np.float64]


def fit_order(
    features: Sequence[Matrix],
    gains: Sequence[Floats],
    rights: Sequence[Floats],
    signs: Mapping[str, int],
    *,
    penalty: float = 0.01,
) -> AdditiveModel:
    """Learn the order within each query, then how likely right what stands so high is.

    Args:
        features: of each query's candidates, shape ``(candidates, features)``, may hold NaN.
        gains: what each candidate is worth in the first place, shape ``(candidates,)``.
        rights: how right each is, in [0, 1], shape ``(candidates,)``; calibrates the probability.
        signs: feature → +1, -1, or 0 for either.
        penalty: of half the sum of squared weights, against a mean loss.

    Returns:
        A model whose log-odds keep the order that was learned.
    """
    from scipy.optimize import minimize

    means, scales = moments(np.concatenate(features))
    standard = [np.nan_to_num((x.astype(np.float64) - means) / scales) for x in features]
    apart, counts = _pairs(standard, gains)

    def loss(weights: Floats) -> tuple[float, Floats]:
        ahead = apart @ weights
        wrong = counts * 0.5 * (1.0 - np.tanh(0.5 * ahead))
        value = float(counts @ np.logaddexp(0.0, -ahead) + 0.5 * penalty * weights @ weights)
        return value, penalty * weights - apart.T @ wrong

    ranges = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}
    bounds = [ranges[sign] for sign in signs.values()]
    start = np.zeros(len(signs))
    weights: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    height = (np.concatenate(standard) @ weights)[:, None].astype(np.float32)
    scale = fit(height, np.concatenate(rights), {"height": 1}, penalty=0.1)
    slope = float(scale.weights[0] / scale.scales[0])
    bias = float(scale.bias - slope * scale.means[0])
    return AdditiveModel(tuple(signs), weights * slope, means, scales, bias)


def _pairs(standard: Sequence[Floats], gains: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Differences of the better and the worse, and how much each counts; they sum to 1.

    A query counts by the root of its pairs' weight: long lists tell more, but no query drowns the
    others.
    """
    apart, counts = [], []
    for rows, worth in zip(standard, gains, strict=True):
        better, worse = np.nonzero(worth[:, None] > worth[None, :])
        by = worth[better] - worth[worse]
        apart.append(rows[better] - rows[worse])
        counts.append(by / max(np.sqrt(by.sum()), 1e-12))
    weights = np.concatenate(counts)
    return np.concatenate(apart), weights / weights.sum()
