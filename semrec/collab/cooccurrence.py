"""The strongest partners of each item among all items that occur together with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.parallel import in_order
from semrec.progress import track

_BLOCK_CELLS = 2_000_000
_LEAST_ROWS = 64

PairScore = Callable[
    [NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]], NDArray[np.float32]
]
"""Items ``i`` and ``j`` and their product, each of shape ``(pairs,)``, to the score of each."""
_Kept = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]
"""Per item how many, then of each pair kept: partner, score, product."""


@dataclass(frozen=True)
class Partners:
    """The partners kept of each item.

    Attributes:
        scores: items × items, float32; row ``i`` holds the partners of ``i``, in no order.
        products: the entry of ``Xᵀ X`` of each pair kept, aligned with ``scores.data``, shape
            ``(pairs,)``, float32.
    """

    scores: sparse.csr_matrix
    products: NDArray[np.float32]


def binary(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """The same pattern with ones, float32."""
    ones = np.ones(len(matrix.data), dtype=np.float32)
    return sparse.csr_matrix((ones, matrix.indices, matrix.indptr), shape=matrix.shape)


def strongest(matrix: sparse.csr_matrix, score: PairScore, limit: int) -> Partners:
    """For each item, the ``limit`` items of highest positive score; ties by row number.

    The product ``Xᵀ X`` is formed for a block of items at a time and cut before the next, so that
    memory stays bounded by about ``_BLOCK_CELLS`` pairs a thread.

    Args:
        matrix: ``X`` of shape ``(contexts, items)``, positive; a context is a user or a basket.
        score: called with items ``i``, ``j`` and the entry of ``Xᵀ X`` at ``(i, j)``.
        limit: how many partners to keep of each item.

    Returns:
        The partners of each item, never the item itself.
    """
    n_items = matrix.shape[1]
    transposed = matrix.T.tocsr()
    size = max(_LEAST_ROWS, _BLOCK_CELLS // max(1, n_items))
    starts = range(0, n_items, size)

    def partners(start: int) -> _Kept:
        product = transposed[start : start + size] @ matrix
        lengths = np.diff(product.indptr)
        i = np.repeat(np.arange(start, start + len(lengths)), lengths)
        scores = score(i, product.indices, product.data)
        scores[i == product.indices] = 0
        kept, counts = best_entries(scores, product.indices, product.indptr, limit)
        return counts, product.indices[kept], scores[kept], product.data[kept]

    blocks = track(starts, total=len(starts), label="item pairs")
    parts = zip(*in_order(partners, blocks), strict=True)
    counts, indices, scores, products = (np.concatenate(part) for part in parts)
    indptr = np.concatenate([[0], np.cumsum(counts)])
    table = sparse.csr_matrix((scores, indices, indptr), shape=(n_items, n_items))
    return Partners(table, products)


def best_entries(
    data: NDArray[np.float32], indices: NDArray[np.int32], indptr: NDArray[Any], limit: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The ``limit`` highest positive entries of each row of a CSR matrix; ties by column.

    Args:
        data, indices, indptr: the matrix; a row's entries may stand in any order. No NaN.
        limit: how many at most.

    Returns:
        The positions in ``data`` of the entries kept, in their order there, and how many of them
        each row has, shape ``(rows,)``.
    """
    keep = data > 0
    if limit < 1:
        keep[:] = False
    for row in np.flatnonzero(np.diff(indptr) > limit) if limit > 0 else ():
        span = slice(indptr[row], indptr[row + 1])
        values = data[span]
        border = np.partition(values, len(values) - limit)[len(values) - limit]
        if border <= 0:
            continue
        keep[span] = values >= border
        surplus = np.count_nonzero(keep[span]) - limit
        if surplus:
            ties = np.flatnonzero(values == border)
            last = np.argsort(indices[span][ties])[-surplus:]
            keep[indptr[row] + ties[last]] = False
    kept = np.flatnonzero(keep)
    before = np.concatenate([[0], np.cumsum(keep)])
    return kept, np.diff(before[indptr])
