"""A bundle: what goes with an item or with all of a basket, within a total price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from semrec.errors import InvalidArgument, shorten
from semrec.rank.substitutes import alike, replaces, without_substitutes
from semrec.shop import Shop
from semrec.types import Hits, Mask


@dataclass(frozen=True)
class Bundle:
    """What goes with some items.

    Attributes:
        hits: the additions, best first.
        causes: the given item that speaks most for each, row numbers, shape ``(n,)``.
        own: total price of the given items, NaN if one is unknown.
        total: that and the additions, NaN if one is unknown.
    """

    hits: Hits
    causes: NDArray[np.int64]
    own: float
    total: float


def bundle(
    shop: Shop, rows: Sequence[int], k: int, allowed: Mask | None, budget: float | None = None
) -> Bundle:
    """Find what is bought with some items beyond chance, and replaces none of them.

    With several items each speaks for its partners, and an addition scores
    ``1 - Π_j (1 - s_j)``: as likely as that at least one of them is right.

    Args:
        shop: the fitted shop.
        rows: the given items, at least one.
        k: how many additions at most.
        allowed: which items may be added, shape ``(items,)``; None = all.
        budget: what all may cost together, the given items included. The best additions that
            still fit are taken in turn, none that could replace one taken before, and none without
            a price; None = no limit.

    Raises:
        InvalidArgument: the budget is no positive number.
    """
    if budget is not None and not (isinstance(budget, Real) and budget > 0):
        raise InvalidArgument(f"budget = {shorten(budget)}; legal: a number above 0")
    prices = shop.catalog.frame["price"].to_numpy(dtype=np.float64)
    own = float(prices[list(rows)].sum())
    partners, causes = _partners(shop, rows, allowed)
    if budget is None:
        chosen = np.arange(min(k, len(partners)))
    else:
        left = budget - float(np.nansum(prices[list(rows)]))
        chosen = _affordable(shop, partners, prices[partners.rows], k, left)
    hits = partners.take(chosen)
    total = own + float(prices[hits.rows].sum())
    return Bundle(hits, causes[chosen], own, total)


def _partners(
    shop: Shop, rows: Sequence[int], allowed: Mask | None
) -> tuple[Hits, NDArray[np.int64]]:
    """The additions of all given items, ranked, and which of these speaks most for each."""
    size = len(shop.catalog)
    missed, most = np.ones(size, dtype=np.float32), np.zeros(size, dtype=np.float32)
    causes = np.full(size, -1, dtype=np.int64)
    for row in rows:
        bought = shop.bundles.similar_items(row, size, allowed)
        hits = without_substitutes(shop, row, bought)
        stronger = hits.rows[hits.scores > most[hits.rows]]
        missed[hits.rows] *= 1 - hits.scores
        most[hits.rows] = np.maximum(most[hits.rows], hits.scores)
        causes[stronger] = row
    found = np.flatnonzero((causes >= 0) & ~np.isin(np.arange(size), rows))
    if len(rows) > 1:  # what replaces one of them goes with none
        for row in rows:
            found = found[~replaces(shop, row, found)]
    ranked = Hits(found, 1 - missed[found]).ranked()
    return ranked, causes[ranked.rows]


def _affordable(
    shop: Shop, partners: Hits, prices: NDArray[np.float64], k: int, left: float
) -> NDArray[np.int64]:
    """The positions of the best additions that fit in what is left, one of a kind."""
    chosen: list[int] = []
    open_ = prices <= left  # an unknown price never fits
    for place in range(len(partners)):
        if len(chosen) == k:
            break
        if open_[place] and prices[place] <= left:
            chosen.append(place)
            left -= float(prices[place])
            open_ &= ~alike(shop, int(partners.rows[place]), partners.rows)
    return np.array(chosen, dtype=np.int64)
