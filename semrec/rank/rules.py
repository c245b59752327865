"""The rules by which signals become one score, behind one contract."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from semrec.rank import blend as mean
from semrec.rank.additive import sigmoid
from semrec.rank.blend import Weight
from semrec.rank.calibrate import Platt
from semrec.rank.lambdamart import LambdaMart
from semrec.rank.log_odds import LogOddsBlend, Voice
from semrec.types import Hits, Scores

BASE = "base"
"""What is said of a candidate of which nothing is known, among the parts of a fitted blend."""
_STILL = 1e-6
SWING = 4.0
UNKNOWN = -4.0
"""Log-odds between the least and the most that a signal of weight 1 says, and of a candidate that
words and meaning find half as good as the best; fitted to graded titles of a query log
(calibration error .03 over the titles that were graded, which stood high in one leg)."""


class Rule(ABC):
    """Ranks candidates and accounts for it."""

    @abstractmethod
    def blend(self, hits: Hits) -> Hits:
        """The same candidates, best first, with their scores."""

    @abstractmethod
    def contributions(self, hits: Hits) -> dict[str, Scores]:
        """What each signal adds, signal → shape ``(n,)``; they sum to :meth:`total`."""

    def total(self, hits: Hits) -> Scores:
        """What the contributions sum to, shape ``(n,)``: the score, or its log-odds."""
        return _sum(self.contributions(hits), len(hits))

    def shares(self, hits: Hits) -> dict[str, Scores]:
        """What each signal adds to the score itself; signal → shape ``(n,)``, they sum to it."""
        return self.contributions(hits)


@dataclass(frozen=True)
class WeightedMean(Rule):
    """The weighted mean of ``rank.blend``; scores in [0, 1] that are no probabilities."""

    weights: Mapping[str, Weight]

    def blend(self, hits: Hits) -> Hits:
        """See :class:`Rule`."""
        return mean.blend(hits, self.weights)

    def contributions(self, hits: Hits) -> dict[str, Scores]:
        """See :class:`Rule`."""
        return mean.contributions(hits, self.weights)


@dataclass(frozen=True)
class Evidence(Rule):
    """The log-odds of ``rank.log_odds``; scores are probabilities.

    Attributes:
        odds: fitted to clicks, or :func:`plain`.
        strength: signal → share of its weight that counts here; 1 if absent (see ``personal``).
    """

    odds: LogOddsBlend
    strength: Mapping[str, float]

    def blend(self, hits: Hits) -> Hits:
        """See :class:`Rule`."""
        return self.odds.blend(hits, self.strength)

    def contributions(self, hits: Hits) -> dict[str, Scores]:
        """See :class:`Rule`; with the entry ``base``."""
        base = np.full(len(hits), self.odds.base, dtype=np.float32)
        return {BASE: base, **self.odds.contributions(hits, self.strength)}

    def shares(self, hits: Hits) -> dict[str, Scores]:
        """See :class:`Rule`; ``base`` is the probability of what nothing is known of.

        Integrated gradients (Sundararajan, Taly & Yan 2017) on the straight way from there to the
        log-odds ``Σ z_s`` of all signals: each gets ``z_s / Σ z_s`` of what the probability rises
        or falls.
        """
        parts = self.odds.contributions(hits, self.strength)
        moved = _sum(parts, len(hits)).astype(np.float64)
        start = float(sigmoid(np.array(self.odds.base)))
        risen = sigmoid(self.odds.base + moved) - start
        slope = np.full(len(hits), start * (1 - start))  # where nothing moved
        np.divide(risen, moved, out=slope, where=np.abs(moved) > _STILL)
        base = np.full(len(hits), start, dtype=np.float32)
        return {BASE: base, **{n: (z * slope).astype(np.float32) for n, z in parts.items()}}


@dataclass(frozen=True)
class Trees(Rule):
    """The boosted trees of ``rank.lambdamart``; scores say nothing but the order."""

    trees: LambdaMart

    def blend(self, hits: Hits) -> Hits:
        """See :class:`Rule`."""
        return self.trees.blend(hits)

    def contributions(self, hits: Hits) -> dict[str, Scores]:
        """See :class:`Rule`; what trees make of a signal that nobody gave counts in ``base``."""
        parts = self.trees.contributions(hits)
        absent = [name for name in parts if name not in hits.signals and name != BASE]
        for name in absent:
            parts[BASE] = parts[BASE] + parts.pop(name)
        return parts


@dataclass(frozen=True)
class Ranks(Rule):
    """Reciprocal ranks, a baseline; scores say nothing but the order."""

    weights: Mapping[str, float]

    def blend(self, hits: Hits) -> Hits:
        """See :class:`Rule`."""
        return mean.reciprocal_ranks(hits, self.weights)

    def contributions(self, hits: Hits) -> dict[str, Scores]:
        """See :class:`Rule`."""
        return mean.rank_contributions(hits, self.weights)


def plain(weights: Mapping[str, float]) -> LogOddsBlend:
    """The blend where no click was seen: log-odds that rise with the weighted mean.

    ``logit p = UNKNOWN + Σ w_s · SWING · (x_s − m_s)``, where ``m_s`` is .5 for the signals that
    are stretched over the candidates and 0 for the others. Unlike in the mean, a silent signal
    counts as ``m_s``, and none says more than its bound.

    Args:
        weights: weight by signal.
    """
    return with_settings(LogOddsBlend({}, UNKNOWN), weights)


def with_settings(odds: LogOddsBlend, weights: Mapping[str, float]) -> LogOddsBlend:
    """The blend with a voice of :func:`plain` for each signal that it has none for.

    Args:
        odds: fitted.
        weights: weight by signal; what was fitted stays.
    """
    return odds.with_voices(
        {
            name: Voice(Platt(SWING, -SWING / 2 if name in mean.STRETCHED else 0.0), 0.0, weight)
            for name, weight in weights.items()
            if weight > 0
        }
    )


def _sum(parts: Mapping[str, Scores], count: int) -> Scores:
    total = np.zeros(count, dtype=np.float32)
    for part in parts.values():
        total += part
    return total
