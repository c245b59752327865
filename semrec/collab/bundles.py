"""What is bought together, and not merely alike: pairs that share baskets beyond chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

from semrec.collab.base import check_row, csr_arrays, csr_from, stored_row
from semrec.collab.cooccurrence import Partners, binary, strongest
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument
from semrec.types import Hits, Mask, Rows

_DOUBT = 0.05
"""How often a lower bound may be too high."""


@dataclass(frozen=True)
class Bundles:
    """Co-purchase, scored by the shrunken share of joint purchases that exceeds chance.

    Of ``N`` baskets ``n_i`` hold item ``i`` and ``c_ij`` hold both; by chance it would be
    ``e_ij = n_i n_j / N``. The lift ``c / e`` of rare pairs is unreliable, so it is shrunk as the
    posterior mean of a Poisson rate with a Gamma prior of mean 1 (DuMouchel 1999, "Bayesian data
    mining in large frequency tables"), and brought into 0 … 1::

        lift_ij  = (c_ij + shrinkage) / (e_ij + shrinkage)
        share_ij = 1 - 1 / lift_ij = (c_ij - e_ij) / (c_ij + shrinkage)

    A pair with ``min_support`` joint baskets scores ``(1 + share) / 2``. For other pairs the
    histories of users stand in for baskets and the pair scores ``share / 2``: below every pair
    that truly is bought together. ``FittedBundles.evidence`` tells the two apart.

    Substitutes share users' histories too; the caller leaves them out with ``allowed``.

    Attributes:
        shrinkage: strength of the prior, in units of joint baskets.
        partners: how many each item keeps from either kind of evidence.
        min_support: joint baskets (or users) below which a pair is taken for chance.
    """

    shrinkage: float = 3.0
    partners: int = 200
    min_support: int = 2

    def __post_init__(self) -> None:
        if not self.shrinkage >= 0:
            raise InvalidArgument(f"shrinkage = {self.shrinkage}; legal: 0 or more")
        if self.partners < 1:
            raise InvalidArgument(f"partners = {self.partners}; legal: 1 or more")
        if self.min_support < 1:
            raise InvalidArgument(f"min_support = {self.min_support}; legal: 1 or more")

    def fit(self, interactions: Interactions) -> FittedBundles:
        """Count pairs in the baskets (events with a basket number) and in users' histories."""
        baskets, histories = _basket_matrix(interactions), binary(interactions.matrix())
        merged = _merge(self._beyond_chance(baskets), self._beyond_chance(histories))
        return FittedBundles(
            *merged,
            basket_counts=np.diff(baskets.tocsc().indptr).astype(np.int64),
            user_counts=np.diff(histories.tocsc().indptr).astype(np.int64),
            totals=np.array([baskets.shape[0], histories.shape[0], self.shrinkage]),
        )

    def _beyond_chance(self, contexts: sparse.csr_matrix) -> Partners:
        counts = np.diff(contexts.tocsc().indptr).astype(np.float64)

        def share(
            i: NDArray[np.int64], j: NDArray[np.int32], joint: NDArray[np.float32]
        ) -> NDArray[np.float32]:
            chance = counts[i] * counts[j] / contexts.shape[0]
            shares = (joint - chance) / (joint + self.shrinkage)
            return np.where(joint >= self.min_support, shares, 0).astype(np.float32)

        return strongest(contexts, share, self.partners)


@dataclass(frozen=True)
class Evidence:
    """Why an item is offered with others.

    Attributes:
        support: joint baskets of each pair, or joint users; 0 if neither. Shape ``(n,)``, int64.
        confidence: share of the first item's baskets (or users) that also hold the second;
            shape ``(n,)``, float32. Not symmetric.
        from_baskets: True where baskets speak, False where users' histories stand in for them;
            shape ``(n,)``.
        lift: how many times as often as by chance the two are together, shrunk as in ``Bundles``;
            NaN without support. Shape ``(n,)``, float32.
        lift_low: the lift that is exceeded with a certainty of 95 %: the 5 % quantile of the
            posterior ``Gamma(c + shrinkage, e + shrinkage)``. Above 1 the pair is no accident.
    """

    support: NDArray[np.int64]
    confidence: NDArray[np.float32]
    from_baskets: NDArray[np.bool_]
    lift: NDArray[np.float32]
    lift_low: NDArray[np.float32]


@dataclass(frozen=True)
class FittedBundles:
    """The partners of each item.

    Attributes:
        together: items × items, float32; row ``i`` holds the partners of ``i``. Above 0.5 baskets
            speak, up to 0.5 users' histories.
        support: joint baskets or users of each pair, aligned with ``together.data``, int64.
        basket_counts, user_counts: baskets and users that hold each item, shape ``(items,)``.
        totals: how many baskets and users there are, and the shrinkage; shape ``(3,)``, float64;
            NaN where they are not known, and then no lift is.
    """

    together: sparse.csr_matrix
    support: NDArray[np.int64]
    basket_counts: NDArray[np.int64]
    user_counts: NDArray[np.int64]
    totals: NDArray[np.float64] = field(default_factory=lambda: np.full(3, np.nan))

    def similar_items(self, row: int, k: int, allowed: Mask | None = None) -> Hits:
        """The items bought with ``row``, best first; none where nothing speaks for any.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the mask does not fit.
        """
        return stored_row(self.together, row, k, allowed)

    def evidence(self, row: int, rows: Rows) -> Evidence:
        """What speaks for offering each of ``rows`` with ``row``.

        Raises:
            InvalidArgument: ``row`` is out of range.
        """
        check_row(row, len(self.user_counts))
        scores = self.together[row].toarray().ravel()[rows]
        support = self._support[row].toarray().ravel()[rows]
        from_baskets = scores > 0.5
        wholes = np.where(from_baskets, self.basket_counts[row], self.user_counts[row])
        confidence = support / np.maximum(wholes, 1)
        lift, low = self._lift(row, rows, support, from_baskets)
        return Evidence(support, confidence.astype(np.float32), from_baskets, lift, low)

    def _lift(
        self, row: int, rows: Rows, support: NDArray[np.int64], from_baskets: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The shrunk lift of each pair, and its lower bound; NaN without support."""
        n_baskets, n_users, shrinkage = self.totals
        counts = np.where(from_baskets, self.basket_counts[rows], self.user_counts[rows])
        own = np.where(from_baskets, self.basket_counts[row], self.user_counts[row])
        whole = np.where(from_baskets, n_baskets, n_users)
        strength = np.where(support > 0, support + shrinkage, np.nan)
        chance = own * counts / np.maximum(whole, 1) + shrinkage
        low = special.gammaincinv(strength, _DOUBT) / chance
        return (strength / chance).astype(np.float32), low.astype(np.float32)

    @cached_property
    def _support(self) -> sparse.csr_matrix:
        pattern = (self.support, self.together.indices, self.together.indptr)
        return sparse.csr_matrix(pattern, shape=self.together.shape)

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``data``, ``indices``, ``indptr`` of ``together``, and the counts."""
        return {
            **csr_arrays(self.together),
            "support": self.support,
            "basket_counts": self.basket_counts,
            "user_counts": self.user_counts,
            "totals": self.totals,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FittedBundles:
        """The inverse of ``arrays``; memory-mapped arrays stay so."""
        together = csr_from(arrays, len(arrays["user_counts"]))
        return cls(
            together,
            arrays["support"],
            arrays["basket_counts"],
            arrays["user_counts"],
            arrays.get("totals", np.full(3, np.nan)),
        )


def _basket_matrix(interactions: Interactions) -> sparse.csr_matrix:
    """Baskets × items, binary, float32."""
    bought = interactions.baskets >= 0
    numbers, baskets = np.unique(interactions.baskets[bought], return_inverse=True)
    ones = np.ones(len(baskets), dtype=np.float32)
    shape = (len(numbers), interactions.n_items)
    return binary(sparse.csr_matrix((ones, (baskets, interactions.items[bought])), shape=shape))


def _merge(baskets: Partners, histories: Partners) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
    """One table of scores and supports; a pair of both kinds is taken from the baskets."""
    n_items = baskets.scores.shape[0]
    keys, scores, supports = [], [], []
    for tier, partners in ((1, baskets), (0, histories)):
        table = partners.scores
        first = np.repeat(np.arange(n_items), np.diff(table.indptr))
        keys.append(first * n_items + table.indices)
        scores.append((tier + table.data) / 2)
        supports.append(partners.products)
    # The first of equal keys is kept, and the keys come out in the order of a CSR matrix.
    merged, kept = np.unique(np.concatenate(keys), return_index=True)
    first, second = np.divmod(merged, n_items)
    indptr = np.searchsorted(first, np.arange(n_items + 1))
    data = np.concatenate(scores)[kept].astype(np.float32)
    together = sparse.csr_matrix((data, second, indptr), shape=(n_items, n_items))
    return together, np.concatenate(supports)[kept].astype(np.int64)
