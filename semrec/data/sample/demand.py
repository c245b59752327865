"""When people come and what they want: season, week, hour, taste and popularity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from semrec.data.sample.people import User
from semrec.data.sample.products import Product
from semrec.data.sample.vocab import SUMMER, WINTER
from semrec.data.sample.vocab_people import COMPLEMENTS

DAYS = 90
DAY = 86_400
_CHINA = timedelta(hours=8)
START = int((datetime(2026, 3, 1, tzinfo=UTC) - _CHINA).timestamp())
"""Midnight in China of the first day, in seconds since 1970."""
END = START + DAYS * DAY
_FIRST_WEEKDAY = datetime(2026, 3, 1, tzinfo=UTC).weekday()
_WEEKEND = 1.6
_HOURS = (2, 1, 0.5, 0.3, 0.3, 0.5, 1, 2, 3, 4, 4, 4, 6, 5, 4, 4, 4, 4, 5, 7, 10, 11, 9, 5)
"""Relative traffic of each hour in China: a small peak at noon, a large one at night."""
_LOVE_OF_TIER, _LOVE_OF_TRAIT = 1.4, 1.3


def season_factor(season: str, day: int) -> float:
    """Demand on a day (0 to 89) from March to May: summer goods rise from .3 to 2, winter falls."""
    rise = 0.3 + 1.7 * day / (DAYS - 1)
    return {SUMMER: rise, WINTER: 2.3 - rise}.get(season, 1.0)


class Demand:
    """Draws moments, kinds and items; the one place that knows why somebody wants something."""

    def __init__(
        self, rng: np.random.Generator, products: list[Product], cold: NDArray[np.bool_]
    ) -> None:
        """Give every product a popularity; products marked ``cold`` are never drawn."""
        self.rng = rng
        self.products = products
        self.popularity = rng.lognormal(0, 1.1, len(products))
        rows: dict[str, list[int]] = defaultdict(list)
        for row, product in enumerate(products):
            if not cold[row]:
                rows[product.kind.name].append(row)
        self.rows = {name: np.array(found) for name, found in rows.items()}
        self.kinds = list(self.rows)
        self.season = {name: products[found[0]].kind.season for name, found in rows.items()}
        self.complements: dict[str, list[str]] = defaultdict(list)
        for main, extra in COMPLEMENTS:
            self.complements[main].append(extra)
            self.complements[extra].append(main)
        weights = [_WEEKEND if (_FIRST_WEEKDAY + d) % 7 >= 5 else 1.0 for d in range(DAYS)]
        self._days = np.cumsum(weights) / np.sum(weights)
        self._hours = np.cumsum(_HOURS) / np.sum(_HOURS)
        self._liking: dict[tuple[str, str], NDArray[np.float64]] = {}

    def moment(self) -> int:
        """A time within the 90 days, seconds since 1970."""
        draws = self.rng.random(3)
        day = int(np.searchsorted(self._days, draws[0]))
        hour = int(np.searchsorted(self._hours, draws[1]))
        return START + day * DAY + hour * 3600 + int(draws[2] * 3000)

    def kind(self, user: User, time: int, focus: float) -> str:
        """A kind of product: a taste of the user with probability ``focus``, less out of season."""
        if self.rng.random() < focus:
            kind = self._in_season(user.tastes, time)
            if self.rng.random() < self.factor(kind, time):
                return kind
        return self._in_season(self.kinds, time)

    def factor(self, kind: str, time: int) -> float:
        """Demand for a kind at a time, 1 for kinds without a season."""
        return season_factor(self.season[kind], min((time - START) // DAY, DAYS - 1))

    def _in_season(self, kinds: Sequence[str], time: int) -> str:
        weights = np.cumsum([self.factor(kind, time) for kind in kinds])
        return kinds[int(np.searchsorted(weights, self.rng.random() * weights[-1]))]

    def items(self, user: User, kind: str, count: int) -> list[int]:
        """Distinct rows of a kind, drawn by popularity and liking (Gumbel top-k trick)."""
        rows = self.rows[kind]
        keys = self.liking(user, kind) + self.rng.gumbel(size=len(rows))
        return [int(row) for row in rows[np.argsort(-keys)[:count]]]

    def liking(self, user: User, kind: str) -> NDArray[np.float64]:
        """Log odds with which a user picks each item of a kind, aligned with ``rows[kind]``."""
        key = (user.user_id, kind)
        if key not in self._liking:
            trait = favourite_trait(user, kind)
            gains = [
                _LOVE_OF_TIER * (self.products[row].tier == user.tier)
                + _LOVE_OF_TRAIT * (trait in self.products[row].traits)
                for row in self.rows[kind]
            ]
            self._liking[key] = np.log(self.popularity[self.rows[kind]]) + np.array(gains)
        return self._liking[key]


def favourite_trait(user: User, kind: str) -> str:
    """The trait that a user prefers in a kind; "" outside of the user's tastes."""
    return user.traits[user.tastes.index(kind)] if kind in user.tastes else ""
