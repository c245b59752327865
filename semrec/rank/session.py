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
_NONE = -1


class Session:
    """Nearness to the items ``j`` of a visit, the strongest decides::

        s(i) = max_{j ≠ i} FADE^age(j) · (1 − (1 − a_ij)(1 − t_ij))

    ``a_ij`` is how far their cosine lies above that of ``FAR`` of the shop's items with ``j``, 1
    for the same text; ``t_ij`` their likeness by behaviour, 0 where nobody knows them. So what has
    nothing to do with the visit gets 0 whatever the encoder, and a visit to another corner of the
    shop leaves a search nearly as it is. Signs of the same brand, category and price beside it
    raised nDCG@10 of held-out clicks of two sample shops by .4 % more: texts and behaviour hold
    them.

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
        self._causes: dict[int, int] = {}

    def score(self, rows: Rows) -> Scores:
        """``s(i)`` in [0, 1]; NaN for the only item of a visit, shape as ``rows``."""
        near = self._nearness(rows)
        spoken = np.nan_to_num(near)
        best: Scores = spoken.max(axis=1)
        causes = np.where(best > 0, self.rows[spoken.argmax(axis=1)], _NONE)
        self._causes.update(zip(rows.tolist(), causes.tolist(), strict=True))
        best[np.isnan(near).all(axis=1)] = np.nan
        return best

    def cause(self, row: int) -> int | None:
        """The item of the visit that speaks most for another one; None if none does."""
        if row not in self._causes:
            self.score(np.array([row]))
        return None if self._causes[row] == _NONE else self._causes[row]

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
        near = (1 - (1 - alike) * (1 - self._together(rows))) * self._say
        near[rows[:, None] == self.rows] = np.nan
        return near.astype(np.float32, copy=False)

    def _together(self, rows: Rows) -> NDArray[np.float32]:
        """``t_ij``, shape ``(len(rows), items)``."""
        found = np.zeros((len(rows), len(self.rows)), dtype=np.float32)
        # Scipy's own choice of columns takes as long as the catalog is large.
        order = np.argsort(rows)
        ascending, alike = rows[order], self._shop.neighbours.alike
        for place, item in enumerate(self.rows):
            part = slice(*alike.indptr[item : item + 2])
            others = alike.indices[part]
            at = np.searchsorted(ascending, others)
            asked = np.flatnonzero(np.append(ascending, -1)[at] == others)
            found[order[at[asked]], place] = np.clip(alike.data[part][asked], 0, 1)
        return found
