"""Time-decayed popularity: what everybody likes lately. The answer for a user without history."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.base import check_history, check_k, check_row, recommend
from semrec.collab.protocol import Interactions, part
from semrec.errors import InvalidArgument
from semrec.types import Hits, Mask, Rows, Scores

_DAY = 86_400.0
USUAL_HALF_LIFE = 30.0
"""Days, where a log cannot say which half-life is right for it."""
HALF_LIVES = (math.inf, 90.0, USUAL_HALF_LIFE, 14.0, 10.0, 7.0, 5.0, 3.0, 2.0, 1.0)
"""Days; what is tried, the steadiest first, since the first of equals is taken."""
_HELD_OUT = (0.2, 0.1)
_FEWEST_EVENTS = 200
_SHORTEST_DAYS = 3.0


@dataclass(frozen=True)
class Popularity:
    """Popularity with exponential decay; an event of age ``a`` days counts ``w · 2^(-a / h)``.

    Ages are against the newest event, so that the answer depends on the log alone and not on the
    day it is asked. Where all times are equal (or unknown, all zero) it is plain popularity.

    Attributes:
        half_life_days: ``h``; after so many days an event counts half. None takes the one that
            foretells the end of the log best (``best_half_life``).
    """

    half_life_days: float | None = None

    def __post_init__(self) -> None:
        check_half_life(self.half_life_days)

    def fit(self, interactions: Interactions) -> FittedPopularity:
        """Sum the decayed weights of each item's events."""
        half_life = self.half_life_days or best_half_life(interactions)
        totals = _decayed(interactions, half_life, interactions.newest(half_life))
        return FittedPopularity(totals.astype(np.float32), half_life)


def check_half_life(days: float | None) -> None:
    """Refuse a half-life that is no positive number of days; None is legal.

    Raises:
        InvalidArgument: it is not above 0.
    """
    if days is not None and not days > 0:
        raise InvalidArgument(f"half_life_days = {days}; legal: above 0, or None to measure it")


def best_half_life(interactions: Interactions) -> float:
    """The half-life by which a log's beginning foretells its end best, one of ``HALF_LIVES``.

    The last fifth and the last tenth of all events are held out in turn, and the decayed weights
    before are compared by cosine with the weights of the items in what was held out; the mean of
    both decides. The cosine is ruled by the most popular items, which are those that get listed.

    Args:
        interactions: the whole log.

    Returns:
        Days; infinity where age does not matter. ``USUAL_HALF_LIFE`` where a log cannot tell: fewer
        than 200 events, or a last fifth that spans less than 3 days, as it does without times.
    """
    times = interactions.times
    if len(times) < _FEWEST_EVENTS:
        return USUAL_HALF_LIFE
    if times.max() - _border(times, _HELD_OUT[0]) < _SHORTEST_DAYS * _DAY:
        return USUAL_HALF_LIFE
    fits = sum(_foretold(interactions, _border(times, share)) for share in _HELD_OUT)
    return HALF_LIVES[int(np.argmax(fits))]


def _border(times: NDArray[np.float64], share: float) -> float:
    """The time from which on the last ``share`` of the events happened."""
    place = math.ceil(len(times) * (1 - share))
    return float(np.partition(times, place)[place])


def _foretold(interactions: Interactions, border: float) -> NDArray[np.float64]:
    """Cosine of the decayed weights before with the weights after, for each half-life."""
    late = interactions.times >= border
    before, after = part(interactions, ~late), part(interactions, late)
    came = _decayed(after, math.inf, border)
    cosines = np.zeros(len(HALF_LIVES))
    for place, half_life in enumerate(HALF_LIVES):
        liked = _decayed(before, half_life, border)
        cosines[place] = liked @ came / (np.linalg.norm(liked) or 1.0)
    return cosines / np.linalg.norm(came)


def _decayed(interactions: Interactions, half_life: float, newest: float) -> NDArray[np.float64]:
    """Weight of each item's events, half for each half-life before ``newest``."""
    ages = np.maximum(newest - interactions.times, 0.0) / _DAY
    decayed = interactions.weights * np.exp2(-ages / half_life)
    totals = np.bincount(interactions.items, decayed, minlength=interactions.n_items)
    return totals.astype(np.float64)


@dataclass(frozen=True)
class FittedPopularity:
    """The same scores for everybody.

    Attributes:
        scores: decayed weight of each item's events, 0 without events, shape ``(items,)``, float32.
        half_life_days: by which they were decayed; infinity where age does not count.
    """

    scores: Scores
    half_life_days: float = math.inf

    def and_then(self, later: Interactions, since: float, newest: float) -> FittedPopularity:
        """The popularity after more events, by the same half-life, as if all had been fitted.

        Args:
            later: the events that came; their items may be more than those of the scores.
            since: time of the newest event of before, seconds since 1970; any if there was none.
            newest: time from which ages count now.
        """
        fade = np.exp2((since - newest) / (_DAY * self.half_life_days))
        totals = _decayed(later, self.half_life_days, newest)
        totals[: len(self.scores)] += self.scores * fade
        return FittedPopularity(totals.astype(np.float32), self.half_life_days)

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
        """``scores``, ``half_life_days``."""
        return {"scores": self.scores, "half_life_days": np.array([self.half_life_days])}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FittedPopularity:
        """The inverse of ``arrays``; without a half-life, as saved once, it is the usual one."""
        half_life = arrays.get("half_life_days", (USUAL_HALF_LIFE,))[0]
        return cls(arrays["scores"], float(half_life))
