"""What would replace an item does not go with it: nobody buys two kettles at once."""

from __future__ import annotations

import numpy as np

from semrec.rank.filter import levels
from semrec.shop import Shop
from semrec.types import Hits

_NEAREST = 0.05
"""Items among this share of the shop that are nearest in text to an item may replace it."""
_MIN_VISITORS = 5
"""So many people must share two items that never were in one basket."""


def without_substitutes(shop: Shop, row: int, hits: Hits) -> Hits:
    """Leave out candidates of the item's own kind.

    Of the item's kind is what has the same deepest category, where the shop's categories have
    levels (``宠物>猫粮``); a single level (``宠物``) is too wide to tell cat food from cat
    litter. Of its kind is also what is nearest in text among the whole shop, unless the two truly
    were in one basket: people look at substitutes in turn, but buy only one of them.
    """
    if not len(hits):
        return hits
    evidence = shop.bundles.evidence(row, hits.rows)
    vector = shop.dense.reconstruct(np.array([row]))[0]
    similarity = shop.dense.score_rows(vector, np.arange(len(shop.dense)))
    near = similarity[hits.rows] >= np.quantile(similarity, 1 - _NEAREST)
    doubtful = near | _same_kind(shop, row, hits) | (evidence.support < _MIN_VISITORS)
    kept = evidence.from_baskets | ~doubtful
    return hits.take(np.flatnonzero(kept))


def _same_kind(shop: Shop, row: int, hits: Hits) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    categories = shop.catalog.frame["category"]
    own = levels(str(categories.iat[row]))
    if len(own) < 2:
        return np.zeros(len(hits), dtype=np.bool_)
    return np.array([levels(str(categories.iat[i])) == own for i in hits.rows], dtype=np.bool_)
