"""Visits that are still open where a log ends: what persons are looking at right now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.behaviour.sessions import GAP_MINUTES
from semrec.types import Rows

LONGEST = 20
"""So many of the latest items of a visit are looked at."""


@dataclass(frozen=True)
class OpenVisits:
    """The events of visits that are not over: no break after them is longer than a session's.

    Attributes:
        users: row of the user of each event, ascending, shape ``(events,)``, int64.
        items: row of the item, shape ``(events,)``, int64.
        times: seconds since 1970, ascending for each user, shape ``(events,)``, float64.
    """

    users: NDArray[np.int64]
    items: Rows
    times: NDArray[np.float64]

    @classmethod
    def at(
        cls,
        users: NDArray[np.int64],
        items: Rows,
        times: NDArray[np.float64],
        now: float,
        gap_minutes: float = GAP_MINUTES,
    ) -> OpenVisits:
        """The visits that are open at a moment.

        Args:
            users, items, times: of events, as the attributes but in any order.
            now: the end of the log, seconds since 1970; 0 of a log without times, which does not
                say what is recent, so that no visit is open.
            gap_minutes: the longest break inside a visit.
        """
        if not len(times) or now <= 0:
            return NO_VISITS
        order = np.lexsort((times, users))
        users, items, times = users[order], items[order], times[order]
        last = np.append(users[1:] != users[:-1], True)
        after = np.where(last, now, np.append(times[1:], now))
        # How many long breaks follow each event, less those of the users that come later.
        breaks = np.append(np.cumsum((after - times > gap_minutes * 60)[::-1])[::-1], 0)
        still = breaks[:-1] == breaks[np.searchsorted(users, users, side="right")]
        return cls(users[still], items[still], times[still])

    def and_then(
        self, users: NDArray[np.int64], items: Rows, times: NDArray[np.float64], now: float
    ) -> OpenVisits:
        """The visits that are open after more events; arguments as of :meth:`at`."""
        return OpenVisits.at(
            np.concatenate([self.users, users]),
            np.concatenate([self.items, items]),
            np.concatenate([self.times, times]),
            now,
        )

    def of(self, user: int) -> Rows:
        """The latest items of a user's open visit, newest first, each once; none if it is over."""
        own = slice(*np.searchsorted(self.users, [user, user + 1]))
        newest_first = dict.fromkeys(self.items[own][::-1].tolist())
        return np.array(list(newest_first)[:LONGEST], dtype=np.int64)

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``users``, ``items``, ``times``."""
        return {"users": self.users, "items": self.items, "times": self.times}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> OpenVisits:
        """The inverse of ``arrays``."""
        return cls(arrays["users"], arrays["items"], arrays["times"])


_NONE = np.empty(0, dtype=np.int64)
NO_VISITS = OpenVisits(_NONE, _NONE, np.empty(0))
"""Of a log where every visit is over."""
