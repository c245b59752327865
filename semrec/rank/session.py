"""Session affinity: how near items are to what a person has just looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semrec.rank.retrieve import Source
from semrec.shop import Shop
from semrec.types import Rows, Scores

_FAR = 0.95
"""So much of the shop is further from an item than what is near to it."""
_FADE = 0.9
"""What each step back in the visit leaves of an item's say."""


class Session:
    """Nearness to the items ``j`` of a visit, the strongest decides::

        s(i) = max_{j ≠ i} FADE^age(j) · (1 − (1 − a_ij)(1 − t_ij))

    ``a_ij`` is how far their cosine lies above that of ``FAR`` of the shop's items with ``j``, 1
    for the same text; ``t_ij`` their likeness by behaviour, 0 where nobody knows them. So what has
    nothing to do with the visit gets 0 whatever the encoder, and a visit to another corner of the
    shop leaves a search as it is. Brand, category and price of the items add nothing to this on the
    sample shop (``tests/bench/bench_clicks.py``): texts and behaviour hold them.

    Args:
        shop: the fitted shop.
        rows: items of the visit, newest first, each once, at least one, shape ``(items,)``.
    """

    def __init__(self, shop: Shop, rows: Rows) -> None:
        self._shop = shop
        self.rows = rows
        self._vectors = shop.dense.reconstruct(rows)
        far = np.quantile(shop.background @ self._vectors.T, _FAR, axis=0)
        self._far: NDArray[np.float32] = far.astype(np.float32)
        self._say = (_FADE ** np.arange(len(rows))).astype(np.float32)

    def score(self, rows: Rows) -> Scores:
        """``s(i)`` in [0, 1]; NaN for the only item of a visit, shape as ``rows``."""
        near = self._nearness(rows)
        known = ~np.isnan(near).all(axis=1)
        best = np.full(len(rows), np.nan, dtype=np.float32)
        best[known] = np.nanmax(near[known], axis=1)
        return best

    def cause(self, row: int) -> int | None:
        """The item of the visit that speaks most for another one; None if none does."""
        near = np.nan_to_num(self._nearness(np.array([row]))[0])
        return int(self.rows[np.argmax(near)]) if near.max() > 0 else None

    def without(self, row: int) -> Session | None:
        """The visit without one item; None if nothing is left."""
        rest = self.rows[self.rows != row]
        return Session(self._shop, rest) if len(rest) else None

    def source(self) -> Source:
        """The signal ``session``; it judges what was asked for, and brings nothing else in."""
        return Source("session", self.score)

    def _nearness(self, rows: Rows) -> NDArray[np.float32]:
        """Of each item to each of the visit, NaN to itself, shape ``(len(rows), items)``."""
        cosines = self._shop.dense.reconstruct(rows) @ self._vectors.T
        alike = np.clip((cosines - self._far) / np.maximum(1 - self._far, 1e-6), 0, 1)
        together = self._shop.neighbours.alike[self.rows][:, rows].toarray().T
        near: NDArray[np.float32] = (1 - (1 - alike) * (1 - np.clip(together, 0, 1))) * self._say
        near[rows[:, None] == self.rows] = np.nan
        return near
