"""The strongest partners of each item among all items that occur together with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.index.topk import top_k
from semrec.progress import track

_BLOCK_CELLS = 4_000_000
_LEAST_ROWS = 64

PairScore = Callable[..., NDArray[np.float32]]
"""``(i, j, product, …)``, each of shape ``(pairs,)``, to the score of each pair."""


def binary(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """The same pattern with ones, float32."""
    ones = np.ones(len(matrix.data), dtype=np.float32)
    return sparse.csr_matrix((ones, matrix.indices, matrix.indptr), shape=matrix.shape)


def strongest(
    matrices: Sequence[sparse.csr_matrix], score: PairScore, limit: int
) -> sparse.csr_matrix:
    """For each item, the ``limit`` items of highest positive score; ties by row number.

    The products ``Xᵀ X`` are formed for a block of items at a time and cut before the next, so
    that memory stays bounded by about ``_BLOCK_CELLS`` pairs.

    Args:
        matrices: one or more ``X`` of shape ``(contexts, items)``, positive, of one pattern;
            a context is a user or a basket.
        score: called with items ``i``, ``j`` and the entry of each ``Xᵀ X`` at ``(i, j)``.
        limit: how many partners to keep of each item.

    Returns:
        Items × items, float32; row ``i`` holds the partners of ``i``, never ``i`` itself.
    """
    n_items = matrices[0].shape[1]
    rows = [
        partners
        for block in _blocks(n_items)
        for partners in _block_partners(matrices, block, score, limit)
    ]
    indptr = np.cumsum([0, *(len(found) for found, _ in rows)])
    indices = np.concatenate([np.empty(0, np.int64), *(found for found, _ in rows)])
    data = np.concatenate([np.empty(0, np.float32), *(values for _, values in rows)])
    return sparse.csr_matrix((data, indices, indptr), shape=(n_items, n_items))


def _blocks(n_items: int) -> Iterator[slice]:
    size = max(_LEAST_ROWS, _BLOCK_CELLS // max(1, n_items))
    starts = range(0, n_items, size)
    blocks = (slice(start, min(start + size, n_items)) for start in starts)
    yield from track(blocks, total=len(starts), label="item pairs")


def _block_partners(
    matrices: Sequence[sparse.csr_matrix], block: slice, score: PairScore, limit: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    products = [matrix[:, block].T.tocsr() @ matrix for matrix in matrices]
    for product in products:
        product.sort_indices()
    indptr = products[0].indptr
    j = products[0].indices.astype(np.int64)
    i = np.repeat(np.arange(block.start, block.stop), np.diff(indptr))
    scores = score(i, j, *(product.data for product in products)).astype(np.float32)
    scores[(i == j) | ~(scores > 0)] = np.nan
    for start, end in pairwise(indptr):
        hits = top_k(scores[start:end], limit, j[start:end])
        yield hits.rows, hits.scores
