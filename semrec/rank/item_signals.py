"""What is known of an item whoever asks: its reviews as a whole, its age, its stock, its trend.

Each lies in [0, 1], so that it moves a blended score by no more than its share of the weights,
whatever the shop's data say; an item of which a signal knows nothing is silent, and so is the
signal where that is so of all items.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from semrec.collab.trending import Trending
from semrec.data import events as behaviour
from semrec.data.events import Events
from semrec.rank.retrieve import Source
from semrec.shop import Shop
from semrec.text.reviews.profile import COLUMNS, OVERALL
from semrec.types import Rows, Scores

SIGNALS = ("quality", "freshness", "stock", "trend")
HALF_LIFE_DAYS = 60.0
"""After so many days an item is half as new."""
_DAY = 86_400.0
_NANOSECONDS = 1e9


class ItemSignals:
    """The signals of one shop.

    Args:
        shop: the fitted shop.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def sources(self, weights: Mapping[str, float]) -> list[Source]:
        """The signals that have a weight and something to say; they judge and find nothing."""
        found = []
        if weights.get("quality", 0.0) > 0 and self._shop.opinions is not None:
            found.append(Source("quality", self.quality))
        for name in ("freshness", "stock", "trend"):
            if weights.get(name, 0.0) > 0:
                values: Scores = getattr(self, name)
                if not np.isnan(values).all():
                    found.append(Source(name, values.__getitem__))
        return found

    def quality(self, rows: Rows) -> Scores:
        """The share of praise in the reviews of an item, drawn to the shop's where they are few."""
        opinions = self._shop.opinions
        if opinions is None:
            return np.full(len(rows), np.nan, dtype=np.float32)
        return opinions.share(rows, COLUMNS.index(OVERALL))

    @cached_property
    def freshness(self) -> Scores:
        """``2^(-age / HALF_LIFE_DAYS)``; age counts from the newest item or event of the shop."""
        dates = self._shop.catalog.frame["created_at"]
        made = dates.to_numpy(dtype="datetime64[ns]")
        seconds = np.where(np.isnat(made), np.nan, made.astype(np.int64) / _NANOSECONDS)
        newest = np.nanmax(seconds, initial=self._shop.newest)
        days = np.maximum(newest - seconds, 0.0) / _DAY
        new: Scores = np.exp2(-days / HALF_LIFE_DAYS).astype(np.float32)
        return new

    @cached_property
    def stock(self) -> Scores:
        """1 for what is there, 0 for what is sold out."""
        left = self._shop.catalog.frame["stock"].to_numpy(dtype=np.float64, na_value=np.nan)
        return np.where(np.isnan(left), np.nan, left > 0).astype(np.float32)

    @cached_property
    def trend(self) -> Scores:
        """``1 / (1 + exp(-z))`` of the deviation ``z`` of :class:`Trending`; ½ is no change.

        The log is read for it at the first use.
        """
        shop, log = self._shop, self._shop.events.read()
        silent = np.full(len(shop.catalog), np.nan, dtype=np.float32)
        if log is None or not len(log):
            return silent
        window = shop.config.collab.bundle_window_days
        taken, _ = behaviour.interactions(
            Events(log), shop.catalog.items, shop.config.events, window
        )
        deviation = Trending().fit(taken).scores
        touched = np.bincount(taken.items, minlength=len(silent)) > 0
        return np.where(touched, 1 / (1 + np.exp(-deviation)), silent).astype(np.float32)
