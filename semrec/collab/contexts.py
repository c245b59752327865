"""Popularity by category, by segment, and in the context of the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.popularity import FittedPopularity, Popularity, check_half_life
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument
from semrec.types import Hits, Mask, Scores

_DAY = 86_400.0
SEASONS = ("冬", "春", "夏", "秋")
PARTS_OF_DAY = ("凌晨", "上午", "下午", "晚上")


@dataclass(frozen=True)
class Contexts:
    """What is liked in each part of the day, season, or entry category, for a user without events.

    A segment lifts an item by how much larger its share is there than in all behaviour, which it
    leans on by ``prior`` events (Dirichlet smoothing); ages play no part, only popularity fades::

        l_si = (n_si + prior · q_i) / (n_s + prior) / q_i,   q_i = n_i / n

    and several segments at once multiply, ``p_i Π_s l_si``, as if they were independent.

    Attributes:
        prior: in units of event weight.
        half_life_days: of the popularity ``p``, as in ``Popularity``.
        utc_offset_hours: the shop's zone.
    """

    prior: float = 200.0
    half_life_days: float | None = None
    utc_offset_hours: float = 8.0

    def __post_init__(self) -> None:
        if not self.prior > 0:
            raise InvalidArgument(f"prior = {self.prior}; legal: above 0")
        check_half_life(self.half_life_days)

    def fit(
        self, interactions: Interactions, segments: Mapping[str, NDArray[np.int64]] | None = None
    ) -> FittedContexts:
        """Sum the weights of each segment.

        Args:
            interactions: what users did.
            segments: further segments by the name of their kind: one number an event, shape
                ``(events,)``, such as the group of its user; -1 for none.
        """
        everybody = Popularity(self.half_life_days).fit(interactions).scores.astype(np.float64)
        whole = everybody / (everybody.sum() or 1.0)
        kinds = {"season": season(interactions.times, self.utc_offset_hours)}
        kinds["part_of_day"] = part_of_day(interactions.times, self.utc_offset_hours)
        weights = _weights(interactions, np.ones(len(interactions.items), dtype=np.bool_))
        shares = weights / (weights.sum() or 1.0)
        lifts = {}
        for kind, numbers in {**kinds, **(segments or {})}.items():
            for number in np.unique(numbers[numbers >= 0]):
                counts = _weights(interactions, numbers == number)
                smooth = (counts + self.prior * shares) / (counts.sum() + self.prior)
                lift = np.divide(smooth, shares, out=np.ones_like(smooth), where=shares > 0)
                lifts[f"{kind}:{number}"] = lift.astype(np.float32)
        return FittedContexts(whole.astype(np.float32), lifts)


def _weights(interactions: Interactions, part: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Summed weight of each item in some of the events, shape ``(items,)``."""
    weights = interactions.weights[part].astype(np.float64)
    summed = np.bincount(interactions.items[part], weights, minlength=interactions.n_items)
    return np.asarray(summed, dtype=np.float64)


@dataclass(frozen=True)
class FittedContexts:
    """Popularity by segment.

    Attributes:
        whole: share of each item in all behaviour, shape ``(items,)``, float32.
        lifts: by ``kind:number``, what each item's popularity is multiplied by in that segment; 1
            without behaviour, shape ``(items,)``, float32.
    """

    whole: Scores
    lifts: Mapping[str, Scores]

    def lift(self, context: Mapping[str, int], n_items: int | None = None) -> Scores:
        """What a context multiplies the popularity of each item by.

        Args:
            context: number by kind, ``{"season": 2, "part_of_day": 3}``; unknown ones say nothing.
            n_items: size of the catalog, where it has grown since; later items are not lifted.

        Returns:
            Shape ``(items,)``, float32.
        """
        found = np.ones(len(self.whole) if n_items is None else n_items, dtype=np.float32)
        for kind, number in context.items():
            lift = self.lifts.get(f"{kind}:{number}")
            if lift is not None:
                found[: len(lift)] *= lift
        return found

    def scores(self, context: Mapping[str, int], entry: Mask | None = None) -> Scores:
        """The popularity in a context.

        Args:
            context: as in :meth:`lift`.
            entry: True for the items of the category through which the user came; the others get
                nothing. Shape ``(items,)``.

        Returns:
            Shape ``(items,)``, float32; 0 for items without behaviour or outside the entry.
        """
        found = self.whole * self.lift(context)
        return found if entry is None else np.where(entry, found, np.float32(0))

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``whole``, the names of the segments, and their lifts, segments × items."""
        lifts = np.array(list(self.lifts.values()), dtype=np.float32)
        return {
            "whole": self.whole,
            "segments": np.array(list(self.lifts), dtype=np.str_),
            "lifts": lifts.reshape(len(self.lifts), len(self.whole)),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FittedContexts:
        """The inverse of ``arrays``."""
        names = (str(name) for name in arrays["segments"])
        return cls(np.asarray(arrays["whole"]), dict(zip(names, arrays["lifts"], strict=True)))


NO_CONTEXTS = FittedContexts(np.empty(0, dtype=np.float32), {})
"""Of a shop without behaviour: no context lifts anything."""


def popular_by(popularity: FittedPopularity, groups: Sequence[str], k: int) -> dict[str, Hits]:
    """The ``k`` most popular items of each group, such as each category.

    Args:
        popularity: of all items.
        groups: the name of each item's group, "" for none.
        k: how many at most; items without behaviour are left out.
    """
    names = np.array(groups, dtype=object)
    history = sparse.csr_matrix((1, len(names)), dtype=np.float32)
    return {
        str(name): popularity.recommend(
            history, k, exclude_seen=False, allowed=(names == name) & (popularity.scores > 0)
        )[0]
        for name in sorted(set(names) - {""})
    }


def season(times: NDArray[np.float64], utc_offset_hours: float = 8.0) -> NDArray[np.int64]:
    """Number in :data:`SEASONS` of each point in time: 冬 is December to February."""
    days = ((times + utc_offset_hours * 3600) // _DAY).astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(np.int64) % 12
    found: NDArray[np.int64] = (months + 1) // 3 % 4
    return found


def part_of_day(times: NDArray[np.float64], utc_offset_hours: float = 8.0) -> NDArray[np.int64]:
    """Number in :data:`PARTS_OF_DAY` of each point in time, six hours each from midnight."""
    found: NDArray[np.int64] = ((times / 3600 + utc_offset_hours) % 24 // 6).astype(np.int64)
    return found


def now(utc_offset_hours: float = 8.0) -> dict[str, int]:
    """The context of this moment, for :meth:`FittedContexts.scores`."""
    moment = np.array([datetime.now(timezone(timedelta(hours=utc_offset_hours))).timestamp()])
    return {
        "season": int(season(moment, utc_offset_hours)[0]),
        "part_of_day": int(part_of_day(moment, utc_offset_hours)[0]),
    }
