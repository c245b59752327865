"""What would be without a cause: ``没有你加购过的「…」，它会排在第 14 位``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from semrec.rank.session import Session
from semrec.rank.sources import taste, user
from semrec.shop import Shop
from semrec.types import Hits, Scores

Rank = Callable[[Hits], Hits]
"""Ranks candidates, best first: ``LogOddsBlend.blend`` or ``blend.blend`` with its weights."""
DEEDS: Mapping[str, str] = {
    "buy": "购买",
    "cart": "加购",
    "fav": "收藏",
    "rating": "评分",
    "click": "点击",
    "view": "浏览",
}
"""Event types in Chinese, the strongest first."""
_NO_DEEDS: Mapping[int, str] = {}
Changed = Mapping[str, Scores]
"""Signals that a missing cause changes, in the order of the candidates."""


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """Where an item stands, and where it would stand without one cause.

    Attributes:
        cause: what is taken away, in Chinese.
        rank: the place now, from 1.
        without: the place without the cause, from 1.
    """

    cause: str
    rank: int
    without: int

    @property
    def matters(self) -> bool:
        """Whether the item owes its place to the cause."""
        return self.without > self.rank

    def __str__(self) -> str:
        if self.without == self.rank:
            return f"没有{self.cause}，它仍排在第 {self.rank} 位"
        return f"没有{self.cause}，它会排在第 {self.without} 位"


def counterfactuals(
    rank: Rank, hits: Hits, row: int, causes: Mapping[str, Changed]
) -> list[Counterfactual]:
    """What each cause is worth to one item, the most important first.

    Args:
        rank: how the candidates are ranked.
        hits: all candidates with complete signals, in any order.
        row: the item, one of the candidates.
        causes: cause in Chinese → the signals as they would be without it.
    """
    place = _place(rank(hits), row)
    found = [
        Counterfactual(
            cause,
            place,
            _place(rank(replace(hits, signals={**hits.signals, **changed})), row),
        )
        for cause, changed in causes.items()
    ]
    return sorted(found, key=lambda each: (-each.without, each.cause))


def signal_causes(hits: Hits, names: Mapping[str, str]) -> dict[str, Changed]:
    """Each signal as a cause of its own: silent for all candidates.

    Args:
        hits: the candidates.
        names: signal → how it is called in Chinese (``{"popularity": "近期热度"}``).
    """
    silent = np.full(len(hits), np.nan, dtype=np.float32)
    return {said: {name: silent} for name, said in names.items() if name in hits.signals}


def event_causes(
    shop: Shop,
    history: sparse.csr_matrix,
    hits: Hits,
    quoted: Callable[[int], str],
    items: Sequence[int] | None = None,
    deeds: Mapping[int, str] = _NO_DEEDS,
    session: Session | None = None,
) -> dict[str, Changed]:
    """Each item of the person's own history as a cause: the personal signals without it.

    Args:
        shop: the fitted shop.
        history: of the person who asks, shape ``(1, items)``; nobody else's is looked at.
        hits: the candidates.
        quoted: row → the title as it is shown.
        items: which rows of the history; None = all.
        deeds: row → what the person did with it (see :func:`deeds_of`), as far as known.
        session: what the person looks at in this visit; without an item, that is forgotten too.
    """
    rows = [int(row) for row in (history.indices if items is None else items)]
    causes: dict[str, Changed] = {}
    for row in rows:
        rest = history.copy()
        rest.data = np.where(history.indices == row, 0, history.data).astype(history.data.dtype)
        rest.eliminate_zeros()
        changed: dict[str, Scores] = {}
        if "user" in hits.signals:
            changed["user"] = user(shop, rest, finds=False).score(hits.rows)
        if "content" in hits.signals:
            changed["content"] = taste(shop, rest).score(hits.rows)
        if session is not None and row in session.rows:
            changed |= _unvisited(session, row, hits)
        causes[f"你{deeds.get(row, '关注')}过的{quoted(row)}"] = changed
    return causes


def session_causes(
    session: Session, hits: Hits, quoted: Callable[[int], str], told: Sequence[int] = ()
) -> dict[str, Changed]:
    """Each item of a visit as a cause.

    Args:
        session: what the person looks at.
        hits: the candidates.
        quoted: row → the title as it is shown.
        told: rows that are causes already.
    """
    rows = [int(row) for row in session.rows if row not in told]
    return {f"你刚看过的{quoted(row)}": _unvisited(session, row, hits) for row in rows}


def _unvisited(session: Session, row: int, hits: Hits) -> Changed:
    rest = session.without(row)
    silent = np.full(len(hits), np.nan, dtype=np.float32)
    return {"session": silent if rest is None else rest.score(hits.rows)}


def deeds_of(log: pd.DataFrame, rows: NDArray[np.int64]) -> dict[int, str]:
    """The strongest thing that one person did with each item, in Chinese.

    Args:
        log: that person's events, with ``event_type``.
        rows: the item of each event, -1 where it is gone, shape ``(len(log),)``.
    """
    types = log["event_type"].to_numpy()
    return {
        int(row): said
        for event, said in reversed(list(DEEDS.items()))
        for row in rows[types == event]
        if row >= 0
    }


def _place(ranked: Hits, row: int) -> int:
    return int(np.flatnonzero(ranked.rows == row)[0]) + 1
