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
from semrec.rank.scale import GENERAL, Scale
from semrec.types import Hits, Scores, best_first

BASE = "base"
"""What is said of a candidate of which nothing is known, among the parts of a probability."""
_STILL = 1e-6
_STRETCHED_MIDDLE = 0.5
"""What a signal says, stretched over the candidates, that speaks neither for nor against one."""


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


class Probable(Rule):
    """Adds evidence up in log-odds; scores are probabilities."""

    @property
    @abstractmethod
    def base(self) -> float:
        """Log-odds of a candidate that nothing is known of."""

    @abstractmethod
    def evidence(self, hits: Hits) -> dict[str, Scores]:
        """What each signal adds to the log-odds, signal → shape ``(n,)``."""

    def blend(self, hits: Hits) -> Hits:
        """See :class:`Rule`; equal ones by row number."""
        total = self.base + _sum(self.evidence(hits), len(hits))
        # Ranked by log-odds: probabilities near 1 are equal long before those are.
        order = best_first(hits.rows, total)
        scores = sigmoid(total.astype(np.float64)).astype(np.float32)
        return Hits(hits.rows, scores, hits.signals).take(order)

    def contributions(self, hits: Hits) -> dict[str, Scores]:
        """See :class:`Rule`; with the entry ``base``."""
        return {BASE: np.full(len(hits), self.base, dtype=np.float32), **self.evidence(hits)}

    def shares(self, hits: Hits) -> dict[str, Scores]:
        """See :class:`Rule`; ``base`` is the probability of what nothing is known of.

        Integrated gradients (Sundararajan, Taly & Yan 2017) on the straight way from there to the
        log-odds ``Σ z_s`` of all signals: each gets ``z_s / Σ z_s`` of what the probability rises
        or falls.
        """
        parts = self.evidence(hits)
        moved = _sum(parts, len(hits)).astype(np.float64)
        start = float(sigmoid(np.array(self.base)))
        risen = sigmoid(self.base + moved) - start
        slope = np.full(len(hits), start * (1 - start))  # where nothing moved
        np.divide(risen, moved, out=slope, where=np.abs(moved) > _STILL)
        base = np.full(len(hits), start, dtype=np.float32)
        return {BASE: base, **{n: (z * slope).astype(np.float32) for n, z in parts.items()}}


@dataclass(frozen=True)
class LogOdds(Probable):
    """Evidence by the weights: ``logit p = base + Σ swing · w_s · (x_s − m_s)``.

    ``x_s`` in [0, 1] and what is said of a silent candidate are those of the weighted mean, so that
    the order is the same. ``m_s`` is .5 for the signals that are stretched over the candidates, for
    the others their mean: what tells candidates apart tells nothing of how good all of them are. No
    signal moves the log-odds by more than ``swing · w_s``.

    Attributes:
        weights: weight of each signal; one without has no say.
        scale: of this shop; see :class:`Scale`.
    """

    weights: Mapping[str, float]
    scale: Scale = GENERAL

    @property
    def base(self) -> float:
        """See :class:`Probable`."""
        return self.scale.base

    def evidence(self, hits: Hits) -> dict[str, Scores]:
        """See :class:`Probable`."""
        found = {}
        for name, values in hits.signals.items():
            weight = self.weights.get(name, 0.0)
            if weight > 0 and not np.isnan(values).all():
                said = mean.complete(name, values)
                middle = _STRETCHED_MIDDLE if name in mean.STRETCHED else said.mean()
                found[name] = np.float32(self.scale.swing * weight) * (said - np.float32(middle))
        return found


@dataclass(frozen=True)
class Fitted(Probable):
    """The log-odds of ``rank.log_odds``, each signal by a map fitted to clicks.

    Attributes:
        odds: fitted to clicks.
        strength: signal → share of its weight that counts here; 1 if absent (see ``personal``).
    """

    odds: LogOddsBlend
    strength: Mapping[str, float]

    @property
    def base(self) -> float:
        """See :class:`Probable`."""
        return self.odds.base

    def evidence(self, hits: Hits) -> dict[str, Scores]:
        """See :class:`Probable`."""
        return self.odds.contributions(hits, self.strength)


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


def with_settings(odds: LogOddsBlend, weights: Mapping[str, float]) -> LogOddsBlend:
    """The blend with a voice as of :class:`LogOdds` for each signal that it has none for.

    Args:
        odds: fitted.
        weights: weight by signal; what was fitted stays.
    """
    swing = GENERAL.swing
    return odds.with_voices(
        {
            name: Voice(
                Platt(swing, -swing * (_STRETCHED_MIDDLE if name in mean.STRETCHED else 0.0)),
                0.0,
                weight,
            )
            for name, weight in weights.items()
            if weight > 0
        }
    )


def _sum(parts: Mapping[str, Scores], count: int) -> Scores:
    total = np.zeros(count, dtype=np.float32)
    for part in parts.values():
        total += part
    return total
