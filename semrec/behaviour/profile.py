"""What a log says of one user, so that a person can read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.behaviour.cycles import DAY, Cycle, cycles_of, purchases, usual_days
from semrec.behaviour.describe import lines
from semrec.behaviour.sessions import sessions
from semrec.behaviour.sessions import summary as session_table
from semrec.config import EventsConfig
from semrec.data.catalog import Catalog
from semrec.data.events import Events

_LISTED = 5
_TIERS = (0.4, 0.6)
"""Below and above these mean places among the prices of their categories, tastes are called cheap
and expensive."""


@dataclass(frozen=True, slots=True)
class PriceBand:
    """What a user pays.

    Attributes:
        low, usual, high: weighted 10th, 50th and 90th percentile of the prices dealt with.
        place: weighted mean place among the prices of the same category, 0 cheapest to 1.
        tier: 平价, 中端 or 高端, by the place.
    """

    low: float
    usual: float
    high: float
    place: float
    tier: str


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a user comes.

    Attributes:
        sessions: how many visits.
        days_between: median days from one visit to the next, NaN for a single one.
        events_per_session: mean.
        buying_sessions: share of the visits with a purchase.
        hours: share of the events in each local hour, 24 values.
        peak: first and last hour of the shortest stretch with half of the events.
        weekend: share of the events on Saturday and Sunday.
    """

    sessions: int
    days_between: float
    events_per_session: float
    buying_sessions: float
    hours: tuple[float, ...]
    peak: tuple[int, int]
    weekend: float


@dataclass(frozen=True, slots=True)
class Profile:
    """One user.

    Attributes:
        user_id: who.
        events: how many events of each type.
        first, last: seconds since 1970 of the first and the last event; NaN without any.
        categories, brands: share of the weight of the user's events, the largest first.
        price: None where no price is known.
        rhythm: None without events.
        cycles: by item id, what is bought again and when; soonest due first.
        titles: of the items in ``cycles``.
        utc_offset_hours: the zone of hours and days.
    """

    user_id: str
    events: Mapping[str, int]
    first: float
    last: float
    categories: Mapping[str, float]
    brands: Mapping[str, float]
    price: PriceBand | None
    rhythm: Rhythm | None
    cycles: Mapping[str, Cycle]
    titles: Mapping[str, str]
    utc_offset_hours: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON; None for what is not known."""
        found = asdict(self)
        found["cycles"] = {
            item: {**asdict(cycle), "due": cycle.due, "title": self.titles[item]}
            for item, cycle in self.cycles.items()
        }
        del found["titles"]
        return {name: _plain(value) for name, value in found.items()}

    def describe(self) -> list[str]:
        """The profile in Chinese, one fact a line."""
        return lines(self)


def profile(
    user: str,
    events: Events,
    catalog: Catalog,
    config: EventsConfig | None = None,
    utc_offset_hours: float = 8.0,
) -> Profile:
    """What the log says of one user.

    Events count by the weight of their type, halved after each half-life before the newest event of
    the log; low ratings count for nothing.

    Args:
        user: the id; for an unknown one the profile is empty.
        events: the whole log, since what is bought again is learned from everybody.
        catalog: the products.
        config: weights of the event types, half-life, and which rating is liked.
        utc_offset_hours: the shop's zone; 8 is China's. Logs of local times without zone need 0.
    """
    config = config or EventsConfig()
    own = events.frame[events.frame["user_id"] == user].reset_index(drop=True)
    times = own["timestamp"].to_numpy(dtype=np.float64)
    items = catalog.frame.iloc[catalog.items.rows(own["item_id"])]
    newest = float(events.frame["timestamp"].max()) if len(events) else 0.0
    weights = _weights(own, config) * np.exp2(-(newest - times) / (DAY * config.half_life_days))
    bought = purchases(events, catalog, utc_offset_hours)
    cycles = cycles_of(bought[bought["user_id"] == user], usual_days(bought))
    titles = catalog.frame["title"].to_numpy(dtype=object)[catalog.items.rows(list(cycles))]
    return Profile(
        user_id=user,
        events={str(name): int(n) for name, n in own["event_type"].value_counts().items()},
        first=float(times.min()) if len(times) else float("nan"),
        last=float(times.max()) if len(times) else float("nan"),
        categories=_shares(items["category"], weights),
        brands=_shares(items["brand"], weights),
        price=_price(catalog, items, weights),
        rhythm=_rhythm(own, times + utc_offset_hours * 3600) if len(own) else None,
        cycles=cycles,
        titles=dict(zip(cycles, map(str, titles), strict=True)),
        utc_offset_hours=utc_offset_hours,
    )


def _weights(own: pd.DataFrame, config: EventsConfig) -> NDArray[np.float64]:
    weights = own["event_type"].map(config.weights).to_numpy(dtype=np.float64)
    disliked = (own["event_type"] == "rating") & (own["value"] < config.liked_rating)
    return np.where(disliked.to_numpy(dtype=bool), 0.0, weights)


def _shares(names: pd.Series, weights: NDArray[np.float64]) -> dict[str, float]:
    known = (names != "").to_numpy(dtype=bool)
    totals = pd.Series(weights[known]).groupby(names.to_numpy()[known]).sum()
    ordered = totals[totals > 0].sort_values(ascending=False, kind="stable")
    return {str(name): float(value / totals.sum()) for name, value in ordered[:_LISTED].items()}


def _price(catalog: Catalog, items: pd.DataFrame, weights: NDArray[np.float64]) -> PriceBand | None:
    prices = items["price"].to_numpy(dtype=np.float64)
    known = ~np.isnan(prices) & (weights > 0)
    if not known.any():
        return None
    groups = catalog.frame.groupby("category")["price"]
    # The middle of its rank, so that the only item of a category stands at 0.5.
    places = ((groups.rank() - 0.5) / groups.transform("count")).to_numpy()
    rows = catalog.items.rows(items["item_id"])[known]
    prices, weights = prices[known], weights[known]
    order = np.argsort(prices)
    reached = np.cumsum(weights[order]) / weights.sum()
    low, usual, high = prices[order][np.searchsorted(reached, [0.1, 0.5, 0.9])]
    place = float(np.average(places[rows], weights=weights))
    tier = "平价" if place < _TIERS[0] else "高端" if place > _TIERS[1] else "中端"
    return PriceBand(float(low), float(usual), float(high), place, tier)


def _rhythm(own: pd.DataFrame, local: NDArray[np.float64]) -> Rhythm:
    visits = session_table(Events(own), sessions(Events(own)))
    gaps = np.diff(np.sort(visits["start"].to_numpy())) / DAY
    hours = np.bincount((local // 3600).astype(np.int64) % 24, minlength=24) / len(local)
    weekday = (local // DAY + 3).astype(np.int64) % 7  # 1970 began on a Thursday
    return Rhythm(
        sessions=len(visits),
        days_between=float(np.median(gaps)) if len(gaps) else float("nan"),
        events_per_session=float(visits["events"].mean()),
        buying_sessions=float((visits["buys"] > 0).mean()),
        hours=tuple(float(share) for share in hours),
        peak=_peak(hours),
        weekend=float((weekday >= 5).mean()),
    )


def _peak(hours: NDArray[np.float64]) -> tuple[int, int]:
    """The shortest stretch of hours that holds half of the events, over midnight too."""
    twice = np.concatenate([[0.0], np.cumsum(np.tile(hours, 2))])
    for length in range(1, 25):
        held = twice[length : length + 24] - twice[:24]
        if held.max() >= 0.5 - 1e-9:
            start = int(held.argmax())
            return start, (start + length - 1) % 24
    return 0, 23


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) if np.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
