"""Item-to-item neighbours: items are alike when the same users like them."""

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
    csr_arrays,
    csr_from,
    recommend,
    stored_row,
)
from semrec.collab.cooccurrence import binary, strongest
from semrec.collab.protocol import Interactions
from semrec.collab.weighting import check_neighbours, weighted
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Scores


@dataclass(frozen=True)
class ItemNeighbours:
    """Item-kNN: shrunken cosine of item vectors, summed over the user's history.

    With ``x_ui = log(1 + w_ui)`` scaled to ``|x_u| = 1`` for each user, so that a user of a
    thousand items does not count a thousand times (Deshpande & Karypis 2004, "Item-based top-N
    recommendation algorithms")::

        s_ij = (x_i · x_j) / (|x_i| |x_j|) · n_ij / (n_ij + shrinkage)

    where ``n_ij`` is the number of users that share both; the second factor pulls likenesses with
    little evidence towards zero (Koren 2008, "Factorization meets the neighborhood").
    Each item ``i`` keeps the neighbours ``N(i)`` of highest ``s_ij``, and a user's score is
    ``Σ_{j in history and N(i)} log(1 + w_uj) s_ij``.

    With ``jaccard`` it is ``s_ij = n_ij / (n_i + n_j - n_ij + shrinkage)`` instead.

    Attributes:
        neighbours: how many each item keeps.
        shrinkage: in units of shared users.
        similarity: ``cosine`` or ``jaccard``.
        weighting: what stands for ``log(1 + w)`` in the cosine: ``log``, ``tfidf`` or ``bm25``.
    """

    neighbours: int = 200
    shrinkage: float = 3.0
    similarity: str = "cosine"
    weighting: str = "log"

    def __post_init__(self) -> None:
        check_neighbours(self.neighbours, self.shrinkage, self.similarity, self.weighting)

    def fit(self, interactions: Interactions) -> FittedItemNeighbours:
        """Find the neighbours of each item."""
        matrix = interactions.matrix()
        counts = np.bincount(matrix.indices, minlength=interactions.n_items)
        if self.similarity == "jaccard":
            return FittedItemNeighbours(self._jaccard(matrix, counts), known=counts > 0)
        matrix = weighted(matrix, self.weighting, counts, interactions.n_users)
        lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
        scaled = matrix.copy()
        scaled.data /= np.repeat(lengths, np.diff(matrix.indptr)).astype(np.float32)
        squares = np.bincount(scaled.indices, scaled.data**2, minlength=interactions.n_items)
        norms = np.sqrt(squares).astype(np.float32)

        def score(i: Rows, j: Rows, dots: Scores, shared: Scores) -> Scores:
            cosine = dots / (norms[i] * norms[j])
            return np.asarray(cosine * shared / (shared + self.shrinkage), dtype=np.float32)

        alike = strongest([scaled, binary(matrix)], score, self.neighbours)
        return FittedItemNeighbours(alike.scores, known=counts > 0)

    def _jaccard(self, matrix: sparse.csr_matrix, counts: NDArray[np.int64]) -> sparse.csr_matrix:
        def score(i: Rows, j: Rows, shared: Scores) -> Scores:
            union = counts[i] + counts[j] - shared
            return np.asarray(shared / (union + self.shrinkage), dtype=np.float32)

        return strongest([binary(matrix)], score, self.neighbours).scores


@dataclass(frozen=True)
class FittedItemNeighbours:
    """The neighbours of each item.

    Attributes:
        alike: items × items, float32; row ``i`` holds ``s_ij`` for the neighbours ``j`` of ``i``.
        known: True for items with any behaviour, shape ``(items,)``; the others score NaN.
    """

    alike: sparse.csr_matrix
    known: Mask

    @cached_property
    def _influence(self) -> sparse.csr_matrix:
        # Row j: the items that j speaks for. Kept, since the product with a history needs it so.
        return self.alike.T.tocsr()

    def score_users(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        """Score every item for users given by their history; see ``ItemNeighbours``.

        Returns:
            Shape ``(users, items)``, float32; 0 for an item unrelated to the history, NaN where
            nothing is known: an item without behaviour, a user without history.

        Raises:
            InvalidArgument: the history has another number of items.
        """
        check_history(history, len(self.known))
        weights = history.log1p().astype(np.float32)
        scores = np.asarray((weights @ self._influence).toarray(), dtype=np.float32)
        scores[:, ~self.known] = np.nan
        scores[np.diff(history.indptr) == 0] = np.nan
        return scores

    def recommend(
        self, history: sparse.csr_matrix, k: int, *, exclude_seen: bool, allowed: Mask | None = None
    ) -> list[Hits]:
        """The best items that are related to the history; none for a user without history."""
        check_history(history, len(self.known))
        return recommend(self._related, history, k, exclude_seen=exclude_seen, allowed=allowed)

    def _related(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        scores = self.score_users(history)
        scores[scores <= 0] = np.nan
        return scores

    def similar_items(self, row: int, k: int, allowed: Mask | None = None) -> Hits:
        """The neighbours of highest ``s_ij``; none for an item without behaviour.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the mask does not fit.
        """
        return stored_row(self.alike, row, k, allowed)

    def explain(self, history: sparse.csr_matrix, row: int, k: int) -> tuple[Rows, Scores]:
        """The items of the history (one user) that add most to the score of ``row``, best first.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the history does not fit.
        """
        check_explained(history, row, k, len(self.known))
        parts = history[0].log1p().multiply(self.alike[row]).tocsr()
        best = top_k(parts.data.astype(np.float32), k, parts.indices.astype(np.int64))
        return best.rows, best.scores

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``data``, ``indices``, ``indptr`` of ``alike``, and ``known``."""
        return {**csr_arrays(self.alike), "known": self.known}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FittedItemNeighbours:
        """The inverse of ``arrays``; memory-mapped arrays stay so."""
        return cls(csr_from(arrays, len(arrays["known"])), arrays["known"])
