"""Popularity by category, by segment, and in the context of the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

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

    A segment's popularity leans on that of all by ``prior`` events (Dirichlet smoothing)::

        p_si = (n_si + prior · p_i) / (n_s + prior)

    and several segments at once multiply, ``p_i Π_s p_si / p_i``, as if they were independent.

    Attributes:
        prior: in units of event weight.
        half_life_days: of the events, as in ``Popularity``.
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
        """Sum the decayed weights of each segment.

        Args:
            interactions: what users did.
            segments: further segments by the name of their kind: one number an event, shape
                ``(events,)``, such as the group of its user; -1 for none.
        """
        everybody = Popularity(self.half_life_days).fit(interactions).scores.astype(np.float64)
        whole = everybody / (everybody.sum() or 1.0)
        kinds = {"season": season(interactions.times, self.utc_offset_hours)}
        kinds["part_of_day"] = part_of_day(interactions.times, self.utc_offset_hours)
        tables = {}
        for kind, numbers in {**kinds, **(segments or {})}.items():
            for number in np.unique(numbers[numbers >= 0]):
                part = numbers == number
                counts = np.bincount(
                    interactions.items[part],
                    interactions.weights[part].astype(np.float64),
                    minlength=interactions.n_items,
                )
                smooth = (counts + self.prior * whole) / (counts.sum() + self.prior)
                tables[f"{kind}:{number}"] = smooth.astype(np.float32)
        return FittedContexts(whole.astype(np.float32), tables)


@dataclass(frozen=True)
class FittedContexts:
    """Popularity by segment.

    Attributes:
        whole: share of each item in all behaviour, shape ``(items,)``, float32.
        tables: the same within each segment, by ``kind:number``.
    """

    whole: Scores
    tables: Mapping[str, Scores]

    def scores(self, context: Mapping[str, int], entry: Mask | None = None) -> Scores:
        """The popularity in a context: shares of the segments multiplied over that of all.

        Args:
            context: number by kind, ``{"season": 2, "part_of_day": 3}``; unknown ones say nothing.
            entry: True for the items of the category through which the user came; the others get
                nothing. Shape ``(items,)``.

        Returns:
            Shape ``(items,)``, float32; 0 for items without behaviour or outside the entry.
        """
        found = self.whole.astype(np.float64)
        for kind, number in context.items():
            table = self.tables.get(f"{kind}:{number}")
            if table is not None:
                found *= np.divide(table, self.whole, out=np.ones_like(table), where=self.whole > 0)
        if entry is not None:
            found = np.where(entry, found, 0.0)
        return found.astype(np.float32)


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
