"""Metrics of scores instead of ranks: AUC, and whether a probability means what it says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.errors import InvalidArgument
from semrec.evaluate.judged import PerQuery


def auc(scores: NDArray[np.floating], relevant: NDArray[np.bool_]) -> PerQuery:
    """Probability that a relevant item scores above an irrelevant one; a tie counts half.

    ``(Σ ranks of the relevant - P(P+1)/2) / (P·N)``: the Mann-Whitney statistic (Hanley & McNeil
    1982). NaN where a query has no relevant or no irrelevant item.

    Args:
        scores: shape ``(queries, items)``; NaN where an item takes no part.
        relevant: the same shape.

    Raises:
        InvalidArgument: the shapes differ.
    """
    from scipy.stats import rankdata

    if scores.shape != relevant.shape or scores.ndim != 2:
        raise InvalidArgument(
            f"scores {scores.shape}, relevant {relevant.shape}; legal: one shape, (queries, items)"
        )
    absent = np.isnan(scores)
    ranks = rankdata(np.where(absent, -np.inf, scores), axis=1)
    positive = relevant & ~absent
    # Absent items hold the lowest ranks; an item of score -inf would share them.
    if np.isneginf(scores).any():
        raise InvalidArgument("a score is -inf; legal: a finite score, or NaN for no part")
    missing = absent.sum(axis=1)
    wins = np.where(positive, ranks - missing[:, None], 0.0).sum(axis=1)
    p = positive.sum(axis=1).astype(np.float64)
    n = (~absent).sum(axis=1) - p
    pairs = np.where(p * n > 0, p * n, np.nan)
    return np.asarray((wins - p * (p + 1) / 2) / pairs)


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """The bins of a calibration curve; empty bins are left out.

    Attributes:
        predicted: mean probability in each bin, float64.
        observed: share of positives in each bin, float64.
        counts: predictions in each bin, int64.
    """

    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]
    counts: NDArray[np.int64]

    @property
    def error(self) -> float:
        """Mean distance of the two, weighted by the counts; NaN without predictions."""
        total = self.counts.sum()
        if not total:
            return float("nan")
        return float(np.abs(self.predicted - self.observed) @ self.counts / total)


def reliability(
    probabilities: NDArray[np.floating], outcomes: NDArray[np.bool_], bins: int = 10
) -> Reliability:
    """Predicted against observed in bins of equal width; a border belongs to the bin below.

    Raises:
        InvalidArgument: the shapes differ, ``bins`` is below 1, or a probability is not in [0, 1].
    """
    if probabilities.shape != outcomes.shape or probabilities.ndim != 1 or bins < 1:
        raise InvalidArgument(
            f"probabilities {probabilities.shape}, outcomes {outcomes.shape}, bins = {bins}; "
            "legal: two arrays of one length, bins of 1 or more"
        )
    if not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise InvalidArgument("a probability lies outside 0 to 1")
    at = np.clip(np.ceil(probabilities * bins).astype(np.int64) - 1, 0, bins - 1)
    counts = np.bincount(at, minlength=bins)
    kept = counts > 0
    predicted = np.bincount(at, probabilities, bins)[kept] / counts[kept]
    observed = np.bincount(at, outcomes.astype(np.float64), bins)[kept] / counts[kept]
    return Reliability(predicted, observed, counts[kept])


def calibration_error(
    probabilities: NDArray[np.floating], outcomes: NDArray[np.bool_], bins: int = 10
) -> float:
    """Expected calibration error (Naeini, Cooper & Hauskrecht 2015).

    ``Σ_b n_b / n · |mean probability in b - share of positives in b|``.
    """
    return reliability(probabilities, outcomes, bins).error
