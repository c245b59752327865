"""Sessions: events of one user with no long break between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.data.events import Events
from semrec.errors import InvalidArgument

GAP_MINUTES = 30.0
"""The usual break that ends a session (Catledge & Pitkow 1995 measured 25.5 minutes)."""


def sessions(events: Events, gap_minutes: float = GAP_MINUTES) -> NDArray[np.int64]:
    """The number of the session of each event.

    Events of one user belong together while no break is longer than the gap. Where the log names
    sessions itself, they are kept as they are, however long their breaks.

    Args:
        events: checked events, in any order.
        gap_minutes: the longest break inside a session.

    Returns:
        Shape ``(events,)``, int64, numbered from 0 by user and time of the first event.

    Raises:
        InvalidArgument: the gap is not above 0.
    """
    if not gap_minutes > 0:
        raise InvalidArgument(f"gap_minutes = {gap_minutes}; legal: above 0")
    frame = events.frame
    users = pd.factorize(frame["user_id"], sort=True)[0]
    times = frame["timestamp"].to_numpy(dtype=np.float64)
    named = (frame["session_id"] != "").to_numpy(dtype=bool)
    order = np.lexsort((times, users))
    breaks = np.diff(times[order], prepend=-np.inf) > gap_minutes * 60
    breaks |= np.diff(users[order], prepend=-1) != 0
    found = np.empty(len(frame), dtype=np.int64)
    found[order] = np.cumsum(breaks) - 1
    # A named session is one whatever the breaks; events without a name go by the breaks alone.
    names = frame["user_id"] + "\0" + frame["session_id"]
    keys = pd.Series(found.astype("str"), dtype="str").where(~named, names.to_numpy())
    groups = pd.factorize(keys)[0]
    starts = pd.Series(times).groupby(groups).transform("min").to_numpy()
    rank = np.lexsort((groups, starts, users))
    numbers = np.empty(len(frame), dtype=np.int64)
    numbers[rank] = np.cumsum(np.diff(groups[rank], prepend=-1) != 0) - 1
    return numbers


def summary(events: Events, numbers: NDArray[np.int64]) -> pd.DataFrame:
    """One row a session, in the order of the numbers.

    Returns:
        Columns ``user_id, start`` (seconds since 1970), ``seconds, events, items, buys``.
    """
    frame = events.frame.assign(session=numbers, bought=events.frame["event_type"] == "buy")
    groups = frame.groupby("session", sort=True)
    start, end = groups["timestamp"].min(), groups["timestamp"].max()
    return pd.DataFrame(
        {
            "user_id": groups["user_id"].first(),
            "start": start,
            "seconds": end - start,
            "events": groups.size(),
            "items": groups["item_id"].nunique(),
            "buys": groups["bought"].sum(),
        }
    ).reset_index(drop=True)
