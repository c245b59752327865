"""Cold starts: a new product among warm ones, a newcomer who has only typed a query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.base import check_row
from semrec.errors import InvalidArgument
from semrec.types import Hits, Mask, Scores


@dataclass(frozen=True)
class Newcomers:
    """Pseudo behaviour of new items (Gantner et al. 2010, "Learning attribute-to-feature mappings
    for cold-start recommendations", with neighbours for the mapping).

    A new item ``i`` is taken for the mean of its content neighbours ``N(i)`` among the items with
    behaviour, each by its likeness and by whether brand, category and price agree::

        a_ij = s_ij · same_brand^[brand differs] · … · exp(-|log p_i - log p_j| / price_scale)
        score_u,i = discount · Σ_j a_ij score_u,j / Σ_j a_ij

    so that it is ranked among the warm ones by whatever model scores those.

    Attributes:
        neighbours: how many warm neighbours speak for a new item.
        other_brand, other_category: what a neighbour of another brand or category counts.
        price_scale: the ratio of prices, in natural logarithms, at which a neighbour counts 1/e.
        discount: what the mean of neighbours is worth beside a score of one's own; below 1 warm
            items lead.
    """

    neighbours: int = 20
    other_brand: float = 0.7
    other_category: float = 0.3
    price_scale: float = 1.0
    discount: float = 1.0

    def __post_init__(self) -> None:
        if self.neighbours < 1:
            raise InvalidArgument(f"neighbours = {self.neighbours}; legal: 1 or more")
        for name in ("other_brand", "other_category", "discount"):
            if not 0 < getattr(self, name) <= 1:
                raise InvalidArgument(f"{name} = {getattr(self, name)}; legal: above 0, at most 1")
        if not self.price_scale > 0:
            raise InvalidArgument(f"price_scale = {self.price_scale}; legal: above 0")

    def stand_ins(
        self,
        similar: Callable[[int, int, Mask], Hits],
        known: Mask,
        brands: Sequence[str],
        categories: Sequence[str],
        prices: NDArray[np.float64],
    ) -> sparse.csr_matrix:
        """Who stands in for each item.

        Args:
            similar: ``(row, k, allowed)`` to the content neighbours of an item, as
                ``FittedItemNeighbours.similar_items`` and ``DenseIndex.search`` of its vector give.
            known: True for items with behaviour, shape ``(items,)``.
            brands, categories: of each item, "" if unknown; what is unknown agrees with all.
            prices: of each item, NaN if unknown, which agrees with all.

        Returns:
            Items × items, float32: row ``i`` of a new item sums to ``discount``; a warm item stands
            for itself; the row of a new item without warm neighbours is empty.
        """
        brand, category = np.array(brands, dtype=object), np.array(categories, dtype=object)
        with np.errstate(divide="ignore"):
            levels = np.where(prices > 0, np.log(np.where(prices > 0, prices, 1)), np.nan)
        rows, columns, shares = [np.flatnonzero(known)], [np.flatnonzero(known)], []
        shares.append(np.ones(len(rows[0])))
        for row in map(int, np.flatnonzero(~known)):
            near = similar(row, self.neighbours, known)
            likeness = near.scores.astype(np.float64).clip(min=0)
            likeness = likeness * _agrees(brand, row, near.rows, self.other_brand)
            likeness = likeness * _agrees(category, row, near.rows, self.other_category)
            apart = np.abs(levels[near.rows] - levels[row])
            likeness = likeness * np.exp(-np.nan_to_num(apart) / self.price_scale)
            if likeness.sum() > 0:
                rows.append(np.full(len(near), row))
                columns.append(near.rows)
                shares.append(self.discount * likeness / likeness.sum())
        parts = (np.concatenate(shares), (np.concatenate(rows), np.concatenate(columns)))
        shape = (len(known), len(known))
        return sparse.csr_matrix(parts, shape=shape, dtype=np.float32)


def _agrees(
    names: NDArray[np.object_], row: int, rows: NDArray[np.int64], otherwise: float
) -> NDArray[np.float64]:
    other = (names[rows] != names[row]) & (names[rows] != "") & (names[row] != "")
    return np.where(other, otherwise, 1.0)


def with_newcomers(
    scores: NDArray[np.float32], stand_ins: sparse.csr_matrix
) -> NDArray[np.float32]:
    """Scores in which new items have those of their stand-ins.

    Args:
        scores: of a model, shape ``(users, items)``; NaN where it knows nothing.
        stand_ins: what :meth:`Newcomers.stand_ins` gives.

    Returns:
        The same shape, float32; still NaN for items without a stand-in.
    """
    filled: NDArray[np.float32] = (stand_ins @ np.nan_to_num(scores).T).T.astype(np.float32)
    filled[:, np.diff(stand_ins.indptr) == 0] = np.nan
    filled[np.isnan(scores).all(axis=1)] = np.nan
    return filled


def history_from(hits: Hits, n_items: int, k: int = 10) -> sparse.csr_matrix:
    """What a newcomer who has only typed a query would have dealt with: the best hits.

    Args:
        hits: what a search found, best first.
        n_items: size of the catalog.
        k: how many hits count, each by its share of the best score.

    Returns:
        A history for any model, shape ``(1, items)``; empty without a hit of positive score.
    """
    top = hits.top(k)
    positive = top.scores > 0
    rows, scores = top.rows[positive], top.scores[positive]
    weights = scores / scores.max(initial=1e-9) if len(scores) else scores
    parts = (weights, (np.zeros(len(rows), dtype=np.int64), rows))
    return sparse.csr_matrix(parts, shape=(1, n_items), dtype=np.float32)


def rank_of(scores: Scores, row: int) -> int:
    """The place of an item among all that are scored, 1 for the first; equal scores by row number.

    Raises:
        InvalidArgument: the row is out of range, or the item has no score.
    """
    check_row(row, len(scores))
    if np.isnan(scores[row]):
        raise InvalidArgument(f"item row {row} has no score; legal: rows with a score")
    better = scores > scores[row]
    same = scores == scores[row]
    return int(better.sum() + same[:row].sum()) + 1
