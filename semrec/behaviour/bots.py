"""Machines and cheats among the users of a log, by what no person does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.data.events import Events
from semrec.data.rejects import Rejects
from semrec.errors import InvalidArgument

_HOUR = 3600.0
_DAY = 86_400.0


@dataclass(frozen=True)
class BotRules:
    """What counts as inhuman; 0 switches a rule off.

    Of 815 people in a public Taobao log, the busiest made 83 events in an hour, 16 of them with one
    item, and none was there in more than 15 hours of a day; the limits are far above that.

    Attributes:
        events_per_hour: most events within any 60 minutes (crawlers, click farms).
        item_events_per_hour: most events with one item within any 60 minutes (inflated figures).
        buys_per_hour: most purchases within any 60 minutes (fake orders, resellers).
        hours_a_day: most different hours of a day with events.
        steady_events: from so many events on, equal breaks between them count as a clock: the
            middle half of the breaks spans less than a tenth of their median.
    """

    events_per_hour: int = 300
    item_events_per_hour: int = 60
    buys_per_hour: int = 60
    hours_a_day: int = 22
    steady_events: int = 100

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 0:
                raise InvalidArgument(
                    f"{field.name} = {getattr(self, field.name)}; legal: 0 (off) or more"
                )


@dataclass(frozen=True, slots=True)
class Suspect:
    """A user who breaks a rule.

    Attributes:
        user_id: who.
        rule: the name of the rule in :class:`BotRules`.
        value, limit: what was found, and what is tolerated.
        events: how many events the user has in all.
    """

    user_id: str
    rule: str
    value: float
    limit: float
    events: int


def suspects(events: Events, rules: BotRules | None = None) -> list[Suspect]:
    """The users that break a rule, by id; each with the first rule that is broken.

    A name shared by many people (``guest``) breaks them too, and is no person either.
    """
    rules = rules or BotRules()
    frame = events.frame
    users, names = pd.factorize(frame["user_id"], sort=True)
    times = frame["timestamp"].to_numpy(dtype=np.float64)
    order = np.lexsort((times, users))
    users, times = users[order], times[order]
    items = pd.factorize(frame["item_id"])[0][order]
    bought = (frame["event_type"] == "buy").to_numpy(dtype=bool)[order]
    counts = np.bincount(users, minlength=len(names))
    pairs = np.lexsort((times, items, users))
    pair_numbers = _numbers(users[pairs], items[pairs])
    with_one_item = _busiest(pair_numbers, times[pairs])
    found = {
        "events_per_hour": _most(users, _busiest(users, times), len(names)),
        "item_events_per_hour": _most(users[pairs], with_one_item, len(names)),
        "buys_per_hour": _most(users[bought], _busiest(users[bought], times[bought]), len(names)),
        "hours_a_day": _hours(users, times, len(names)),
    }
    verdicts: dict[int, Suspect] = {}
    for rule, values in found.items():
        limit = getattr(rules, rule)
        for user in np.flatnonzero(values > limit) if limit else ():
            suspect = Suspect(names[user], rule, float(values[user]), limit, int(counts[user]))
            verdicts.setdefault(int(user), suspect)
    if rules.steady_events:
        least = rules.steady_events
        for clock in _clocks(users, times, counts, least):
            size = int(counts[clock])
            verdicts.setdefault(clock, Suspect(names[clock], "steady_events", size, least, size))
    return [verdicts[user] for user in sorted(verdicts)]


def without(
    events: Events, found: Sequence[Suspect], where: str = "events"
) -> tuple[Events, Rejects]:
    """The events of all other users, and a line for each user that was left out.

    Args:
        events: checked events.
        found: what :func:`suspects` gave.
        where: the name of the file, for the rejects.
    """
    reasons = {suspect.user_id: suspect for suspect in found}
    frame = events.frame
    out = frame["user_id"].isin(list(reasons)).to_numpy(dtype=bool)
    rejects = Rejects()
    for user, suspect in reasons.items():
        rows = np.flatnonzero(frame["user_id"] == user)
        reason = f"no person: {suspect.rule} = {suspect.value:g}; legal: at most {suspect.limit:g}"
        rejects.add_rows(where, rows, "user_id", [user] * len(rows), reason)
    return Events(frame[~out].reset_index(drop=True)), rejects


def _numbers(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """A rising number for each run of equal pairs."""
    changes = (np.diff(first, prepend=-1) != 0) | (np.diff(second, prepend=-1) != 0)
    numbers: NDArray[np.int64] = np.cumsum(changes)
    return numbers


def _busiest(groups: NDArray[np.int64], times: NDArray[np.float64]) -> NDArray[np.int64]:
    """Of each event, how many of its group lie in the hour that ends with it.

    Args:
        groups: rising, shape ``(events,)``.
        times: rising inside a group.
    """
    if not len(times):
        return np.empty(0, dtype=np.int64)
    # One rising number for group and time, groups further apart than an hour.
    place = groups * (float(np.ptp(times)) + 2 * _HOUR) + (times - times.min())
    first: NDArray[np.int64] = np.searchsorted(place, place - _HOUR)
    return np.arange(len(times)) - first + 1


def _most(users: NDArray[np.int64], values: NDArray[np.int64], n_users: int) -> NDArray[np.int64]:
    most = np.zeros(n_users, dtype=np.int64)
    np.maximum.at(most, users, values)
    return most


def _hours(users: NDArray[np.int64], times: NDArray[np.float64], n_users: int) -> NDArray[np.int64]:
    """In how many different hours of one day each user was there, at most; days from midnight UTC,
    and from noon, so that no zone hides a day."""
    most = np.zeros(n_users, dtype=np.int64)
    for shift in (0.0, _DAY / 2):
        hours = pd.DataFrame({"user": users, "hour": (times + shift) // _HOUR}).drop_duplicates()
        days = hours.groupby(["user", hours["hour"] // 24]).size().groupby(level=0).max()
        np.maximum.at(most, days.index.to_numpy(), days.to_numpy())
    return most


def _clocks(
    users: NDArray[np.int64], times: NDArray[np.float64], counts: NDArray[np.int64], least: int
) -> list[int]:
    """The users whose breaks are all alike."""
    starts = np.cumsum(counts) - counts
    found = []
    for user in np.flatnonzero(counts >= least):
        breaks = np.diff(times[starts[user] : starts[user] + counts[user]])
        low, middle, high = np.percentile(breaks, [25, 50, 75])
        if middle > 0 and high - low < 0.1 * middle:
            found.append(int(user))
    return found
