"""What rises: recent behaviour against what was usual before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from semrec.collab.popularity import FittedPopularity
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument


@dataclass(frozen=True)
class Trending:
    """Standardised growth of each item's share of behaviour.

    Of the weight ``R`` in the last ``recent_days``, item ``i`` would hold ``e_i = R q_i`` by its
    share ``q_i`` of the ``baseline_days`` before; it holds ``r_i``, and scores::

        (r_i - e_i) / sqrt(e_i + prior)

    the deviation of a Poisson count, where ``prior`` keeps a handful of events from leading. Days
    count back from the newest event. Without anything before, the score is recent popularity.

    Attributes:
        recent_days: length of the recent window.
        baseline_days: length of the window before it.
        prior: in units of event weight.
    """

    recent_days: float = 7.0
    baseline_days: float = 28.0
    prior: float = 10.0

    def __post_init__(self) -> None:
        for name in ("recent_days", "baseline_days", "prior"):
            if not getattr(self, name) > 0:
                raise InvalidArgument(f"{name} = {getattr(self, name)}; legal: above 0")

    def fit(self, interactions: Interactions) -> FittedPopularity:
        """Weigh both windows; the same scores for everybody."""
        ages = interactions.ages(1.0)
        new = ages <= self.recent_days
        old = ~new & (ages <= self.recent_days + self.baseline_days)
        recent, before = (
            np.bincount(
                interactions.items[part],
                interactions.weights[part].astype(np.float64),
                minlength=interactions.n_items,
            )
            for part in (new, old)
        )
        expected = recent.sum() * before / (before.sum() or 1.0)
        scores = (recent - expected) / np.sqrt(expected + self.prior)
        return FittedPopularity(scores.astype(np.float32))
