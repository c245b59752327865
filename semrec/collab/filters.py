"""A fitted graph filter: a sparse linear part and a part of low rank, on the item graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.base import (
    check_explained,
    check_history,
    check_k,
    csr_arrays,
    csr_from,
    history_of,
    recommend,
)
from semrec.collab.linear import product, silence, strengths
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Scores


@dataclass(frozen=True)
class FittedFilter:
    """Scores ``h (Xᵀ X diag(c) + L R)`` for a history ``h = log(1 + w)``.

    ``Xᵀ X`` is never formed: it is applied as two sparse products, so that memory stays that of the
    behaviour itself plus ``2 · rank · items`` numbers.

    Attributes:
        adjacency: ``X``, users × items, float32, scaled.
        left: ``L``, shape ``(items, rank)``, float32.
        right: ``R``, shape ``(rank, items)``, float32.
        known: True for items with any behaviour, shape ``(items,)``; the others score NaN.
        columns: ``c``, shape ``(items,)``, float32.
    """

    adjacency: sparse.csr_matrix
    left: NDArray[np.float32]
    right: NDArray[np.float32]
    known: Mask
    columns: NDArray[np.float32]

    @cached_property
    def _transposed(self) -> sparse.csr_matrix:
        # Kept: row j holds the users of item j, as both a history and an explanation need it.
        return self.adjacency.T.tocsr()

    def score_users(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        """Score every item for users given by their history.

        Returns:
            Shape ``(users, items)``, float32; NaN where nothing is known: an item without
            behaviour, a user without history.

        Raises:
            InvalidArgument: the history has another number of items.
        """
        check_history(history, len(self.known))
        weights = strengths(history)
        scores = ((weights @ self._transposed) @ self.adjacency).toarray()
        scores *= self.columns
        scores += product(weights @ self.left, self.right)
        return silence(scores, history, self.known)

    def recommend(
        self, history: sparse.csr_matrix, k: int, *, exclude_seen: bool, allowed: Mask | None = None
    ) -> list[Hits]:
        """The best items with behaviour; none for a user without history."""
        check_history(history, len(self.known))
        return recommend(self.score_users, history, k, exclude_seen=exclude_seen, allowed=allowed)

    def similar_items(self, row: int, k: int, allowed: Mask | None = None) -> Hits:
        """The items that a history of ``row`` alone speaks for; none if it has no behaviour.

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
        weights = strengths(history[0])
        items = weights.indices.astype(np.int64)
        linear = self._transposed[items] @ self._transposed[row].toarray().ravel()
        parts = weights.data * (linear * self.columns[row] + self.left[items] @ self.right[:, row])
        best = top_k(parts.astype(np.float32), k, items)
        return best.rows, best.scores

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``data``, ``indices``, ``indptr`` of the adjacency, and the others."""
        return {
            **csr_arrays(self.adjacency),
            "left": self.left,
            "right": self.right,
            "known": self.known,
            "columns": self.columns,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FittedFilter:
        """The inverse of ``arrays``; memory-mapped arrays stay so."""
        adjacency = csr_from(arrays, len(arrays["known"]))
        rest = (arrays[name] for name in ("left", "right", "known", "columns"))
        return cls(adjacency, *rest)
