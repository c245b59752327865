"""Time-decayed popularity: what everybody likes lately. The answer for a user without history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.base import check_history, check_k, check_row, recommend
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument
from semrec.types import Hits, Mask, Rows, Scores

_DAY = 86_400.0


@dataclass(frozen=True)
class Popularity:
    """Popularity with exponential decay; an event of age ``a`` days counts ``w · 2^(-a / h)``.

    Ages are against the newest event, so that the answer depends on the log alone and not on the
    day it is asked. Where all times are equal (or unknown, all zero) it is plain popularity.

    Attributes:
        half_life_days: ``h``; after so many days an event counts half.
    """

    half_life_days: float = 30.0

    def __post_init__(self) -> None:
        if not self.half_life_days > 0:
            raise InvalidArgument(f"half_life_days = {self.half_life_days}; legal: above 0")

    def fit(self, interactions: Interactions) -> FittedPopularity:
        """Sum the decayed weights of each item's events."""
        times = interactions.times
        ages = (times.max() - times) / _DAY if len(times) else times
        decayed = interactions.weights * np.exp2(-ages / self.half_life_days)
        totals = np.bincount(interactions.items, decayed, minlength=interactions.n_items)
        return FittedPopularity(totals.astype(np.float32))


@dataclass(frozen=True)
class FittedPopularity:
    """The same scores for everybody.

    Attributes:
        scores: decayed weight of each item's events, 0 without events, shape ``(items,)``, float32.
    """

    scores: Scores

    def score_users(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        """The popularity of each item, repeated for each user: shape ``(users, items)``, float32.

        Raises:
            InvalidArgument: the history has another number of items.
        """
        check_history(history, len(self.scores))
        return np.tile(self.scores, (history.shape[0], 1))

    def recommend(
        self, history: sparse.csr_matrix, k: int, *, exclude_seen: bool, allowed: Mask | None = None
    ) -> list[Hits]:
        """The most popular items; those without any event come last, by row number."""
        check_history(history, len(self.scores))
        return recommend(self.score_users, history, k, exclude_seen=exclude_seen, allowed=allowed)

    def similar_items(self, row: int, k: int, allowed: Mask | None = None) -> Hits:
        """Nothing: popularity knows no likeness of items."""
        check_row(row, len(self.scores))
        check_k(k)
        return Hits.empty()

    def explain(self, history: sparse.csr_matrix, row: int, k: int) -> tuple[Rows, Scores]:
        """Nothing: no item of a user's history speaks for an item that is popular."""
        check_history(history, len(self.scores))
        check_row(row, len(self.scores))
        check_k(k)
        return Hits.empty().rows, Hits.empty().scores

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``scores``."""
        return {"scores": self.scores}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FittedPopularity:
        """The inverse of ``arrays``."""
        return cls(arrays["scores"])
