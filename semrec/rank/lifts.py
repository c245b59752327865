"""Lifts: what brings items that nobody would be shown into the lists they are nearest to.

Lists by score show all persons much the same items. Where each list varies alone, by ``tail``, it
gives up relevance in every list; one list is enough for an item to be seen. So the lists of many
persons are looked at together, once, and an auction (Bertsekas 1988) finds the least lift for each
item that brings it into one: all that nobody is shown bid, and who is outbid bids again. What stays
at question time is a number an item, added to its worth for everyone. The aim is aggregate
diversity (Adomavicius & Kwon 2012).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.types import Rows, Scores

_STEP = 0.03
"""Each bid goes so far above the least that would do; smaller steps bid longer for the same
places. Of .01 to .06 the one with the most coverage at 2 % of nDCG@10 on persons of three logs who
are not in the tables of ``tests/bench/bench_diversity_logs.py``."""
_ROUNDS = 60


@dataclass(frozen=True)
class Lifts:
    """Fitted lifts.

    Attributes:
        values: of each item, shape ``(items,)``, float32, 0 or more, on the scale of
            ``diversify.worth``; items that came later have none.
    """

    values: Scores

    def of(self, rows: Rows) -> Scores:
        """The lifts of some items, shape as ``rows``."""
        known = rows < len(self.values)
        return np.where(known, self.values[np.where(known, rows, 0)], np.float32(0))

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``values``."""
        return {"values": self.values}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Lifts:
        """The inverse of ``arrays``."""
        return cls(np.asarray(arrays["values"], dtype=np.float32))


def auctioned(rows: Rows, worth: Scores, items: int, k: int, most: float) -> Lifts:
    """The least lifts by which every item that can afford it is in somebody's list.

    Args:
        rows: candidates of each person, best first, −1 where there are no more, shape
            ``(persons, n)``.
        worth: of each candidate, shape as ``rows``; by it and the lifts a list is chosen, its first
            item aside, which goes by rank alone.
        items: how many there are.
        k: the places of a list.
        most: the largest lift, 0 or more; an item that needs more keeps what it has.
    """
    lifts = np.zeros(items, dtype=np.float64)
    there = rows >= 0
    if rows.shape[1] <= k:
        return Lifts(lifts.astype(np.float32))
    known = np.where(there, rows, 0)
    # Candidates by item, so that the nearest list of each is a minimum over one run.
    by_item = np.argsort(np.where(there, rows, items).ravel(), kind="stable")[: there.sum()]
    found, starts = np.unique(rows.ravel()[by_item], return_index=True)
    for _ in range(_ROUNDS if len(found) else 0):
        bids = np.where(there, worth + lifts[known], -np.inf)
        bids[:, 0] = np.inf
        least = np.partition(bids, -k, axis=1)[:, -k, None]
        missing = np.where(there, np.maximum(least, -1e9) - bids, np.inf)
        needs = np.minimum.reduceat(missing.ravel()[by_item], starts) + _STEP
        bidding = (needs > _STEP) & (lifts[found] + needs <= most)
        if not bidding.any():
            break
        lifts[found[bidding]] += needs[bidding]
    return Lifts(lifts.astype(np.float32))
