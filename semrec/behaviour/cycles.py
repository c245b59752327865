"""Repeat purchases: what is used up, and when it is bought again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from semrec.data.catalog import Catalog
from semrec.data.events import Events

DAY = 86_400.0
_LEAST_PAIRS = 10
_LEAST_BUYERS = 2
_REBOUGHT = 0.08
"""From this share of buyers who buy the very same item again, its category is one of goods that are
used up; what is bought once and kept stays far below."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """How often something is bought again.

    Attributes:
        days: median of the days between two purchases.
        purchases: how many days of purchase it rests on.
        last: the last purchase, seconds since 1970.
    """

    days: float
    purchases: int
    last: float

    @property
    def due(self) -> float:
        """When the next purchase is expected, seconds since 1970."""
        return self.last + self.days * DAY


def purchases(events: Events, catalog: Catalog, utc_offset_hours: float) -> pd.DataFrame:
    """One row for each user, item and day with a purchase, by user, item and time.

    Returns:
        Columns ``user_id, item_id, category, day`` (whole days since 1970, local), ``timestamp``.
    """
    bought = events.frame[events.frame["event_type"] == "buy"]
    days = (bought["timestamp"] + utc_offset_hours * 3600) // DAY
    rows = catalog.items.rows(bought["item_id"])
    frame = pd.DataFrame(
        {
            "user_id": bought["user_id"],
            "item_id": bought["item_id"],
            "category": catalog.frame["category"].to_numpy(dtype=object)[rows],
            "day": days.astype("int64"),
            "timestamp": bought["timestamp"],
        }
    )
    keys = ["user_id", "item_id", "day"]
    return frame.sort_values([*keys, "timestamp"]).drop_duplicates(keys).reset_index(drop=True)


def usual_days(bought: pd.DataFrame) -> dict[str, float]:
    """The days after which an item that is used up is usually bought again.

    Args:
        bought: what :func:`purchases` gives, of all users.

    Returns:
        By item id the median days of its category, for items that at least ``_LEAST_BUYERS`` of
        their buyers bought again on another day, in categories where at least ``_REBOUGHT`` of the
        pairs of buyer and item come back.
    """
    pairs = bought.groupby(["user_id", "item_id"], sort=False)
    again = pairs.size() > 1
    category = pairs["category"].first()
    share = again.groupby(category).agg(["mean", "size"])
    often = share[(share["mean"] >= _REBOUGHT) & (share["size"] >= _LEAST_PAIRS)].index
    medians = bought.assign(gap=pairs["day"].diff()).groupby("category")["gap"].median()
    buyers = again.groupby(level="item_id").sum()
    items = buyers[buyers >= _LEAST_BUYERS].index
    kinds = bought.drop_duplicates("item_id").set_index("item_id")["category"]
    return {str(item): float(medians[kinds[item]]) for item in items if kinds[item] in often}


def cycles_of(bought: pd.DataFrame, usual: dict[str, float]) -> dict[str, Cycle]:
    """The cycle of each item that one user bought again, or will by what is usual.

    Args:
        bought: the user's rows of :func:`purchases`.
        usual: what :func:`usual_days` gives.

    Returns:
        By item id, soonest due first: items bought on two or more days with the user's own median,
        and what is used up, bought once, with the usual one.
    """
    found: dict[str, Cycle] = {}
    for item, rows in bought.groupby("item_id", sort=True):
        days = np.sort(rows["day"].to_numpy())
        last = float(rows["timestamp"].max())
        if len(days) > 1:
            found[str(item)] = Cycle(float(np.median(np.diff(days))), len(days), last)
        elif item in usual:
            found[str(item)] = Cycle(usual[str(item)], 1, last)
    return dict(sorted(found.items(), key=lambda entry: entry[1].due))
