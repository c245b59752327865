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
from semrec.collab.linear import silence, strengths
from semrec.collab.protocol import Interactions
from semrec.collab.weighting import check_neighbours, weighted
from semrec.errors import InvalidArgument, legal, shorten
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Scores

_FULL = 0.05
"""Share of stored entries from which on a matrix is faster dense."""
_BAND = 512
KEPT = ("candidate", "history")


@dataclass(frozen=True)
class ItemNeighbours:
    """Item-kNN: shrunken cosine of item vectors, summed over the user's history.

    With ``x_ui = log(1 + w_ui)`` divided by ``|x_u|^2a`` for each user, so that a user of a
    thousand items does not count a thousand times (Deshpande & Karypis 2004, "Item-based top-N
    recommendation algorithms", have ``a = 0.5``)::

        s_ij = (x_i · x_j) / (|x_i| |x_j|) · n_ij / (n_ij + shrinkage),    n_ij = (x_i · x_j) / m

    where ``m`` is the mean of ``x²`` over all entries, so that ``n_ij`` is the number of users that
    share both, each counted by the mass of its entries; the second factor pulls likenesses with
    little evidence towards zero (Koren 2008, "Factorization meets the neighborhood").
    Each item ``i`` keeps the neighbours ``N(i)`` of highest ``s_ij``, and a user's score is
    ``Σ_{j in history and N(i)} log(1 + w_uj) s_ij``.

    With ``jaccard`` it is ``s_ij = n_ij / (n_i + n_j - n_ij + shrinkage)`` of counted users.

    Attributes:
        neighbours: how many each item keeps.
        shrinkage: in units of shared users.
        similarity: ``cosine`` or ``jaccard``.
        weighting: what stands for ``log(1 + w)`` in the cosine: ``log``, ``tfidf`` or ``bm25``.
        user_power: ``a``. Where the future is predicted 0 is best, for hidden parts of a history
            0.5; the default is near the best of both (validation parts of five public logs).
        kept: what ``N(i)`` is cut by. ``candidate``: the ``j`` that speak loudest for ``i``.
            ``history``: ``i`` is a neighbour of the ``j`` that it is most like, so each item of a
            history speaks for as many, and popular items are spoken for more often; ``implicit``
            does so. It needs fewer neighbours (validation: .150 with 20 on MovieLens 100K, but
            .161 against .192 with 200 on MovieLens 1M).
    """

    neighbours: int = 200
    shrinkage: float = 3.0
    similarity: str = "cosine"
    weighting: str = "log"
    user_power: float = 0.25
    kept: str = "candidate"

    def __post_init__(self) -> None:
        check_neighbours(self.neighbours, self.shrinkage, self.similarity, self.weighting)
        if not 0 <= self.user_power <= 1:
            raise InvalidArgument(f"user_power = {self.user_power}; legal: 0 to 1")
        if self.kept not in KEPT:
            raise InvalidArgument(f"kept = {shorten(self.kept)}; legal: {legal(KEPT, self.kept)}")

    def fit(self, interactions: Interactions) -> FittedItemNeighbours:
        """Find the neighbours of each item."""
        matrix = interactions.matrix()
        counts = np.bincount(matrix.indices, minlength=interactions.n_items)
        if self.similarity == "jaccard":
            return self._fitted(self._jaccard(matrix, counts), counts)
        matrix = weighted(matrix, self.weighting, counts, interactions.n_users)
        lengths = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
        users = np.repeat(lengths, np.diff(matrix.indptr))
        matrix.data *= (users**-self.user_power).astype(np.float32)
        squares = np.square(matrix.data, dtype=np.float64)
        norms = np.sqrt(np.bincount(matrix.indices, squares, minlength=interactions.n_items))
        scale = np.divide(1, norms, out=np.zeros_like(norms), where=norms > 0).astype(np.float32)
        weak = np.float32(self.shrinkage * (squares.mean() if len(squares) else 1.0))

        def score(
            i: NDArray[np.int64], j: NDArray[np.int32], dots: NDArray[np.float32]
        ) -> NDArray[np.float32]:
            cosine = dots * scale[i]
            cosine *= scale[j]
            if weak > 0:
                cosine *= dots / (dots + weak)
            return cosine

        return self._fitted(strongest(matrix, score, self.neighbours).scores, counts)

    def _fitted(
        self, strongest_of: sparse.csr_matrix, counts: NDArray[np.int64]
    ) -> FittedItemNeighbours:
        alike = strongest_of if self.kept == "candidate" else strongest_of.T.tocsr()
        return FittedItemNeighbours(alike, counts > 0)

    def _jaccard(self, matrix: sparse.csr_matrix, counts: NDArray[np.int64]) -> sparse.csr_matrix:
        def score(
            i: NDArray[np.int64], j: NDArray[np.int32], shared: NDArray[np.float32]
        ) -> NDArray[np.float32]:
            union = counts[i] + counts[j] - shared
            return np.asarray(shared / (union + self.shrinkage), dtype=np.float32)

        return strongest(binary(matrix), score, self.neighbours).scores


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

    @cached_property
    def _dense(self) -> list[NDArray[np.float32]]:
        """The influence in bands of columns that fit a cache; none where it is far from full.

        In a small catalog whose items keep much of it, dense rows are added twice as fast.
        """
        n_items = len(self.known)
        if self.alike.nnz < _FULL * n_items**2:
            return []
        full = self._influence.toarray()
        bands = np.split(full, range(_BAND, n_items, _BAND), axis=1)
        return [np.ascontiguousarray(band) for band in bands]

    def score_users(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        """Score every item for users given by their history; see ``ItemNeighbours``.

        Returns:
            Shape ``(users, items)``, float32; 0 for an item unrelated to the history, NaN where
            nothing is known: an item without behaviour, a user without history.

        Raises:
            InvalidArgument: the history has another number of items.
        """
        check_history(history, len(self.known))
        return silence(self._sums(history), history, self.known)

    def recommend(
        self, history: sparse.csr_matrix, k: int, *, exclude_seen: bool, allowed: Mask | None = None
    ) -> list[Hits]:
        """The best items that are related to the history; none for a user without history."""
        check_history(history, len(self.known))
        return recommend(
            self._sums,
            history,
            k,
            exclude_seen=exclude_seen,
            allowed=allowed,
            positive=True,
            threaded=bool(self._dense),
        )

    def _sums(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        strong = strengths(history)
        if self._dense:
            return np.hstack([strong @ band for band in self._dense])
        sums = np.empty(history.shape, dtype=np.float32)
        for user in range(history.shape[0]):  # one product for all would count its entries first
            own = slice(strong.indptr[user], strong.indptr[user + 1])
            sums[user] = self._influence[strong.indices[own]].T @ strong.data[own]
        return sums

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
