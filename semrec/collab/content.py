"""Neighbours by what items are, not by who likes them: cosine or Euclidean, top k or threshold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.cooccurrence import best_entries, strongest
from semrec.collab.neighbours import FittedItemNeighbours
from semrec.collab.parallel import in_order
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument, legal

METRICS = ("cosine", "euclidean")
_BLOCK_CELLS = 2_000_000


@dataclass(frozen=True, eq=False)
class ContentNeighbours:
    """Items are alike when their vectors are: embeddings, TF-IDF, or coded attributes.

    ``cosine``: ``s_ij = v_i · v_j / (|v_i| |v_j|)``;
    ``euclidean``: ``s_ij = 1 / (1 + |v_i - v_j|)``.
    Only positive likeness counts. Each item keeps its ``neighbours`` best, and of them those of at
    least ``threshold``; a history is scored as by ``ItemNeighbours``. Behaviour plays no part, so
    an item that nobody has touched yet is as good as any.

    Attributes:
        vectors: one row an item, dense or sparse, float; a row of zeros is an item of which nothing
            is known.
        metric: ``cosine`` or ``euclidean``; the latter needs dense vectors.
        neighbours: how many each item keeps.
        threshold: the least ``s_ij`` of a neighbour.
    """

    vectors: NDArray[np.float32] | sparse.csr_matrix = field(repr=False)
    metric: str = "cosine"
    neighbours: int = 200
    threshold: float = 0.0

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise InvalidArgument(f"metric = {self.metric!r}; legal: {legal(METRICS, self.metric)}")
        if self.metric == "euclidean" and sparse.issparse(self.vectors):
            raise InvalidArgument("metric = 'euclidean' with sparse vectors; legal: dense vectors")
        if self.neighbours < 1:
            raise InvalidArgument(f"neighbours = {self.neighbours}; legal: 1 or more")
        if not 0 <= self.threshold <= 1:
            raise InvalidArgument(f"threshold = {self.threshold}; legal: 0 to 1")

    def fit(self, interactions: Interactions) -> FittedItemNeighbours:
        """Find the neighbours of each item; of the behaviour only the number of items is looked at.

        Raises:
            InvalidArgument: there is not one vector an item.
        """
        if self.vectors.shape[0] != interactions.n_items:
            raise InvalidArgument(
                f"{self.vectors.shape[0]} vectors; legal: {interactions.n_items}, one an item"
            )
        if isinstance(self.vectors, np.ndarray):
            return self._of_dense(self.vectors.astype(np.float32))
        return self._of_sparse(self.vectors.tocsr().astype(np.float32))

    def _of_sparse(self, vectors: sparse.csr_matrix) -> FittedItemNeighbours:
        lengths = np.sqrt(np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel())
        scale = _inverse(lengths)

        def score(
            i: NDArray[np.int64], j: NDArray[np.int32], dots: NDArray[np.float32]
        ) -> NDArray[np.float32]:
            return self._cut(dots * scale[i] * scale[j])

        alike = strongest(vectors.T.tocsr(), score, self.neighbours).scores
        return FittedItemNeighbours(alike, lengths > 0)

    def _of_dense(self, vectors: NDArray[np.float32]) -> FittedItemNeighbours:
        n_items = len(vectors)
        squares = np.einsum("ij,ij->i", vectors, vectors)
        known = squares > 0
        cosine = self.metric == "cosine"
        unit = np.multiply(vectors, _inverse(np.sqrt(squares))[:, None], dtype=np.float32)
        columns = np.arange(n_items, dtype=np.int32)
        size = max(1, _BLOCK_CELLS // max(1, n_items))

        def partners(start: int) -> tuple[NDArray[Any], ...]:
            rows = slice(start, min(start + size, n_items))
            scores = _cosine(unit, rows) if cosine else _nearness(vectors, squares, rows)
            scores[~known[rows]] = 0
            scores[:, ~known] = 0
            scores[np.arange(len(scores)), np.arange(rows.start, rows.stop)] = 0
            flat = self._cut(scores).ravel()
            indptr = np.arange(len(scores) + 1, dtype=np.int64) * n_items
            indices = np.tile(columns, len(scores))
            kept, counts = best_entries(flat, indices, indptr, self.neighbours)
            return counts, indices[kept], flat[kept]

        parts = zip(*in_order(partners, range(0, n_items, size)), strict=True)
        counts, indices, data = (np.concatenate(part) for part in parts)
        indptr = np.concatenate([[0], np.cumsum(counts)])
        alike = sparse.csr_matrix((data, indices, indptr), shape=(n_items, n_items))
        return FittedItemNeighbours(alike, known)

    def _cut(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        # Rounding must not lose a twin at a threshold of 1.
        scores[scores < self.threshold - 1e-6] = 0
        return scores


def _inverse(lengths: NDArray[np.float32]) -> NDArray[np.float32]:
    """``1 / lengths``, 0 where a length is 0."""
    inverse = np.zeros(len(lengths), dtype=np.float32)
    np.divide(1, lengths, out=inverse, where=lengths > 0)
    return inverse


def _cosine(unit: NDArray[np.float32], rows: slice) -> NDArray[np.float32]:
    """The cosines of some items with all, shape ``(rows, items)``."""
    cosines: NDArray[np.float32] = unit[rows] @ unit.T
    return cosines


def _nearness(
    vectors: NDArray[np.float32], squares: NDArray[np.float32], rows: slice
) -> NDArray[np.float32]:
    """``1 / (1 + distance)`` of some items to all, shape ``(rows, items)``."""
    distances = squares[rows][:, None] + squares - 2 * (vectors[rows] @ vectors.T)
    nearness: NDArray[np.float32] = np.reciprocal(1 + np.sqrt(np.maximum(distances, 0)))
    return nearness
