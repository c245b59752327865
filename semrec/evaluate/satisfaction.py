"""How content people are, from what they did: clicks, dwell, carts, purchases, given-up queries.

All take a behaviour log with the columns of ``semrec.data.events`` (``user_id, item_id,
event_type, timestamp, query, query_id, session_id``; ids as str, "" if missing, seconds since
1970). What was shown and ignored is told by events of the type ``impression``, what came back by
``return``. Without the events that a figure divides by it is NaN, never 0.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from semrec.errors import DataError

SHOWN = ("impression",)
LOOKED = ("click", "view")
CARTED = ("cart",)
BOUGHT = ("buy",)
RETURNED = ("return",)
_LONGEST_DWELL = 1800.0
"""Seconds; who comes back after half an hour was away (the usual limit of a session)."""
_REFORMULATED_WITHIN = 300.0

_TEXTS = ("query", "query_id", "session_id")


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Shares in [0, 1] and seconds; NaN where the log does not tell.

    Attributes:
        click_through: share of impressions that were clicked.
        dwell_seconds: median time from a click to the person's next event in the session.
        add_to_cart: share of looked-at user-item pairs that were put in the cart.
        conversion: share of looked-at user-item pairs that were bought.
        returns: share of bought user-item pairs that came back.
        abandonment: share of queries without any click, cart or purchase (Das Sarma et al. 2008).
        reformulation: share of queries that the same person soon asked in other, related words
            (Huang & Efthimiadis 2009).
    """

    click_through: float
    dwell_seconds: float
    add_to_cart: float
    conversion: float
    returns: float
    abandonment: float
    reformulation: float

    def to_dict(self) -> dict[str, float]:
        """Plain values by name."""
        return asdict(self)


def satisfaction(log: pd.DataFrame) -> Satisfaction:
    """All figures of a log.

    Raises:
        DataError: a column is missing.
    """
    return Satisfaction(
        click_through(log),
        dwell_seconds(log),
        follow_up(log, LOOKED, CARTED),
        follow_up(log, LOOKED, BOUGHT),
        follow_up(log, BOUGHT, RETURNED),
        abandonment(log),
        reformulation(log),
    )


def click_through(log: pd.DataFrame) -> float:
    """Share of impressions whose item was clicked by the same user for the same query id."""
    keys = ["user_id", "query_id", "item_id"]
    shown = _of_types(log, SHOWN)[keys].drop_duplicates()
    clicked = _of_types(log, LOOKED)[keys].drop_duplicates()
    return _share(len(shown.merge(clicked, on=keys)), len(shown))


def follow_up(log: pd.DataFrame, first: Collection[str], then: Collection[str]) -> float:
    """Share of user-item pairs with an event of ``first`` that later have one of ``then``."""
    keys = ["user_id", "item_id"]
    begun = _of_types(log, first).groupby(keys)["timestamp"].min()
    done = _of_types(log, then).groupby(keys)["timestamp"].max()
    both = pd.concat([begun, done], axis=1, keys=["begun", "done"]).dropna()
    return _share(int((both["done"] >= both["begun"]).sum()), len(begun))


def dwell_seconds(log: pd.DataFrame) -> float:
    """Median seconds from a click to the next event of the session, at most half an hour.

    The last event of a session says nothing of how long it lasted and is left out.
    """
    log = _checked(log, ("user_id", "session_id", "event_type", "timestamp"))
    ordered = log.sort_values(["user_id", "session_id", "timestamp"], kind="stable")
    later = ordered.groupby(["user_id", "session_id"])["timestamp"].shift(-1)
    dwell = (later - ordered["timestamp"])[ordered["event_type"].isin(LOOKED)].dropna()
    return float(dwell[dwell <= _LONGEST_DWELL].median())


def abandonment(log: pd.DataFrame) -> float:
    """Share of queries after which nothing was clicked, put in the cart or bought."""
    asked = _queries(log)
    acted = _of_types(log, (*LOOKED, *CARTED, *BOUGHT))
    used = set(acted["query_id"][acted["query_id"] != ""])
    return _share(int((~asked["query_id"].isin(used)).sum()), len(asked))


def reformulation(log: pd.DataFrame, within: float = _REFORMULATED_WITHIN) -> float:
    """Share of queries followed by another of the same user that shares characters with it.

    Args:
        log: the behaviour log.
        within: seconds between the two at most.
    """
    asked = _queries(log).sort_values(["user_id", "timestamp"], kind="stable")
    later = asked.groupby("user_id")[["query", "timestamp"]].shift(-1)
    soon = (later["timestamp"] - asked["timestamp"]) <= within
    related = [
        isinstance(next_query, str) and next_query != query and bool(set(next_query) & set(query))
        for query, next_query in zip(asked["query"], later["query"], strict=True)
    ]
    return _share(int((soon & np.array(related, dtype=bool)).sum()), len(asked))


def _queries(log: pd.DataFrame) -> pd.DataFrame:
    """One row a query id: user, text and the time of its first event."""
    log = _checked(log, ("user_id", "event_type", "timestamp", "query", "query_id"))
    with_query = log[log["query_id"] != ""].sort_values("timestamp", kind="stable")
    columns = ["query_id", "user_id", "query", "timestamp"]
    return with_query.drop_duplicates("query_id")[columns]


def _of_types(log: pd.DataFrame, types: Collection[str]) -> pd.DataFrame:
    log = _checked(log, ("user_id", "item_id", "event_type", "timestamp", "query_id"))
    return log[log["event_type"].isin(list(types))]


def _checked(log: pd.DataFrame, columns: Collection[str]) -> pd.DataFrame:
    """The log with "" where a text is missing, as a file's empty cell may come as NaN."""
    for column in columns:
        if column not in log:
            raise DataError(f"log: column {column!r} is missing; present: {', '.join(log.columns)}")
    return log.fillna({column: "" for column in _TEXTS if column in log})


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
