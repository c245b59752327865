"""What would replace an item does not go with it: nobody buys two kettles at once."""

from __future__ import annotations

import numpy as np

from semrec.rank.filter import levels
from semrec.shop import Shop
from semrec.types import Hits, Mask, Rows

_NEAREST = 0.05
"""Items among this share of the shop that are nearest in text to an item may replace it."""
_MIN_VISITORS = 5
"""So many people must share two items that never were in one basket."""
_MIN_BASKETS = 3
"""So many baskets must hold two items that look alike: two may be an accident."""


def without_substitutes(shop: Shop, row: int, hits: Hits) -> Hits:
    """Leave out what would replace an item, and pairs that may be an accident.

    Without a basket there must be visitors enough that the two are together more often than by
    chance with a certainty of 95 %.
    """
    if not len(hits):
        return hits
    evidence = shop.bundles.evidence(row, hits.rows)
    # Without totals (an index of an older version) no lift is known.
    by_chance = evidence.lift_low <= 1
    sure = evidence.from_baskets | ((evidence.support >= _MIN_VISITORS) & ~by_chance)
    return hits.take(np.flatnonzero(sure & ~replaces(shop, row, hits.rows)))


def replaces(shop: Shop, row: int, rows: Rows) -> Mask:
    """Which of ``rows`` would replace an item, shape ``(n,)``.

    Those of its kind (:func:`alike`), but for what baskets hold together again and again: people
    look at substitutes in turn, but buy only one of them.
    """
    evidence = shop.bundles.evidence(row, rows)
    again = evidence.from_baskets & (evidence.support >= _MIN_BASKETS)
    return np.asarray(alike(shop, row, rows) & ~again)


def alike(shop: Shop, row: int, rows: Rows) -> Mask:
    """Which of ``rows`` may replace an item, shape ``(n,)``.

    What has the same deepest category, where the shop's categories have levels (``宠物>猫粮``); a
    single level (``宠物``) is too wide to tell cat food from cat litter. And what is nearest in
    text among the whole shop.
    """
    vector = shop.dense.reconstruct(np.array([row]))[0]
    similarity = shop.dense.score_rows(vector, np.arange(len(shop.dense)))
    near = similarity[rows] >= np.quantile(similarity, 1 - _NEAREST)
    return np.asarray(near | _same_kind(shop, row, rows))


def _same_kind(shop: Shop, row: int, rows: Rows) -> Mask:
    categories = shop.catalog.frame["category"]
    own = levels(str(categories.iat[row]))
    if len(own) < 2:
        return np.zeros(len(rows), dtype=np.bool_)
    return np.array([levels(str(categories.iat[i])) == own for i in rows], dtype=np.bool_)
