"""EASE: the linear item-to-item model in closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from semrec.collab.base import (
    check_explained,
    check_history,
    check_k,
    csr_arrays,
    csr_from,
    history_of,
    recommend,
)
from semrec.collab.linear import product, scaled, silence, strengths
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Scores


@dataclass(frozen=True)
class Ease:
    """Embarrassingly shallow autoencoder (Steck 2019), on degree-scaled behaviour.

    ``B = argmin |X - X B|² + λ |B|²`` with ``diag(B) = 0`` has the closed form, for
    ``P = (Xᵀ X + λ)⁻¹``::

        B_ij = -P_ij / P_jj  (i ≠ j)

    and a history ``h`` scores ``h B``. ``X = D_u^-a H D_i^-b`` is scaled by the degrees of users
    and items, so that neither heavy users nor popular items drown the rest (Park et al. 2025,
    "Why is normalization necessary for linear recommenders?"); ``a = b = 0`` is Steck's model.
    Where there are fewer users than items, the inverse is taken on their side:
    ``λ P = 1 - Xᵀ (X Xᵀ + λ)⁻¹ X``.

    Attributes:
        regularisation: ``λ`` in units of the mean eigenvalue of ``Xᵀ X`` over its possible rank,
            which makes one value serve catalogs of any size.
        user_power, item_power: ``a`` and ``b``.
        max_gigabytes: what the dense matrices may take; a larger catalog is refused.
    """

    regularisation: float = 2.0
    user_power: float = 0.4
    item_power: float = 0.3
    max_gigabytes: float = 4.0

    def __post_init__(self) -> None:
        for name in ("regularisation", "max_gigabytes"):
            if not getattr(self, name) > 0:
                raise InvalidArgument(f"{name} = {getattr(self, name)}; legal: above 0")
        for name in ("user_power", "item_power"):
            if not 0 <= getattr(self, name) <= 1:
                raise InvalidArgument(f"{name} = {getattr(self, name)}; legal: 0 to 1")

    def fit(self, interactions: Interactions) -> FittedEase:
        """Solve on the smaller side.

        Raises:
            InvalidArgument: the matrices would not fit ``max_gigabytes``; names the alternative.
        """
        n_users, n_items = interactions.n_users, interactions.n_items
        smaller = min(n_users, n_items)
        # The smaller side is solved in float64 (matrix and inverse), the result is float32.
        needed = (16 * smaller**2 + 4 * smaller * n_items) / 1e9
        if needed > self.max_gigabytes:
            raise InvalidArgument(
                f"ease needs {needed:.1f} GB for {n_users} users and {n_items} items; legal: "
                f"max_gigabytes = {self.max_gigabytes}; use the model 'ridge-filter' or 'bspm'"
            )
        matrix, degrees = scaled(strengths(interactions.matrix()), self.user_power, self.item_power)
        known = degrees > 0
        energy = float(np.square(matrix.data, dtype=np.float64).sum())
        penalty = self.regularisation * (energy / max(1, smaller) or 1.0)
        if n_items <= n_users:
            return FittedEase(None, *_by_items(matrix, penalty), known)
        return FittedEase(matrix, *_by_users(matrix, penalty), known)


@dataclass(frozen=True)
class FittedEase:
    """``B``, whole or through the users.

    Attributes:
        adjacency: ``X``, users × items; None where ``B`` is whole.
        weights: ``B``, shape ``(items, items)``; or ``W`` of shape ``(users, items)`` with
            ``B = Xᵀ W - diag(own)``, float32.
        own: what an item would say for itself, taken away again, shape ``(items,)``, float32.
        known: True for items with any behaviour, shape ``(items,)``; the others score NaN.
    """

    adjacency: sparse.csr_matrix | None
    weights: NDArray[np.float32]
    own: NDArray[np.float32]
    known: Mask

    def score_users(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        """Score every item for users given by their history.

        Returns:
            Shape ``(users, items)``, float32; NaN where nothing is known: an item without
            behaviour, a user without history.

        Raises:
            InvalidArgument: the history has another number of items.
        """
        check_history(history, len(self.known))
        strong = strengths(history)
        if self.adjacency is None:
            scores = np.asarray(strong @ self.weights)
        else:
            scores = product((strong @ self.adjacency.T).toarray(), self.weights)
            own = strong.multiply(self.own).tocoo()
            scores[own.row, own.col] -= own.data
        return silence(scores, history, self.known)

    def recommend(
        self, history: sparse.csr_matrix, k: int, *, exclude_seen: bool, allowed: Mask | None = None
    ) -> list[Hits]:
        """The best items with behaviour; none for a user without history."""
        check_history(history, len(self.known))
        return recommend(self.score_users, history, k, exclude_seen=exclude_seen, allowed=allowed)

    def similar_items(self, row: int, k: int, allowed: Mask | None = None) -> Hits:
        """The items of highest ``B`` in the row of ``row``; none if it has no behaviour.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the mask does not fit.
        """
        single = history_of(row, len(self.known))
        check_k(k)
        if not self.known[row]:
            return Hits.empty()
        return self.recommend(single, k, exclude_seen=True, allowed=allowed)[0]

    def explain(self, history: sparse.csr_matrix, row: int, k: int) -> tuple[Rows, Scores]:
        """What each item of the history (one user) adds to the score of ``row``, best first.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the history does not fit.
        """
        check_explained(history, row, k, len(self.known))
        strong = strengths(history[0])
        items = strong.indices.astype(np.int64)
        if self.adjacency is None:
            column = self.weights[items, row]
        else:
            column = self.adjacency[:, items].T @ self.weights[:, row]
            column = column - self.own[row] * (items == row)
        best = top_k((strong.data * column).astype(np.float32), k, items)
        return best.rows, best.scores

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``weights``, ``own``, ``known``; ``data``, ``indices``, ``indptr`` of the adjacency."""
        arrays = {"weights": self.weights, "own": self.own, "known": self.known}
        if self.adjacency is not None:
            arrays |= csr_arrays(self.adjacency)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FittedEase:
        """The inverse of ``arrays``; memory-mapped arrays stay so."""
        adjacency = csr_from(arrays, len(arrays["known"])) if "indptr" in arrays else None
        return cls(adjacency, arrays["weights"], arrays["own"], arrays["known"])


def _by_items(
    matrix: sparse.csr_matrix, penalty: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    inverse = _inverse((matrix.T @ matrix).toarray(), penalty)
    weights = (-inverse / np.diag(inverse)).astype(np.float32)
    np.fill_diagonal(weights, 0)
    return weights, np.zeros(len(weights), dtype=np.float32)


def _by_users(
    matrix: sparse.csr_matrix, penalty: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    solved = (matrix.T @ _inverse((matrix @ matrix.T).toarray(), penalty)).T
    # λ P_jj; the inverse keeps it above 0.
    diagonal = 1 - np.asarray(matrix.multiply(solved).sum(axis=0)).ravel()
    return (solved / diagonal).astype(np.float32), ((1 - diagonal) / diagonal).astype(np.float32)


def _inverse(gram: NDArray[Any], penalty: float) -> NDArray[np.float64]:
    """``(G + penalty)⁻¹`` by Cholesky, symmetric."""
    matrix = gram.astype(np.float64)
    matrix[np.diag_indices_from(matrix)] += penalty
    lower, _ = linalg.lapack.dpotrf(matrix, lower=1, clean=1, overwrite_a=1)
    inverse, _ = linalg.lapack.dpotri(lower, lower=1, overwrite_c=1)
    whole: NDArray[np.float64] = np.tril(inverse) + np.tril(inverse, -1).T
    return whole
