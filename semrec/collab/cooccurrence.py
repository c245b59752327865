"""The strongest partners of each item among all items that occur together with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.index.topk import top_k
from semrec.progress import track

_BLOCK_CELLS = 4_000_000
_LEAST_ROWS = 64

PairScore = Callable[..., NDArray[np.float32]]
"""``(i, j, product, …)``, each of shape ``(pairs,)``, to the score of each pair."""


@dataclass(frozen=True)
class Partners:
    """The partners kept of each item.

    Attributes:
        scores: items × items, float32; row ``i`` holds the partners of ``i``, best first.
        products: for each matrix the entry of ``Xᵀ X`` of each pair kept, aligned with
            ``scores.data``, shape ``(pairs,)``, float32.
    """

    scores: sparse.csr_matrix
    products: tuple[NDArray[np.float32], ...]


def binary(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """The same pattern with ones, float32."""
    ones = np.ones(len(matrix.data), dtype=np.float32)
    return sparse.csr_matrix((ones, matrix.indices, matrix.indptr), shape=matrix.shape)


def strongest(matrices: Sequence[sparse.csr_matrix], score: PairScore, limit: int) -> Partners:
    """For each item, the ``limit`` items of highest positive score; ties by row number.

    The products ``Xᵀ X`` are formed for a block of items at a time and cut before the next, so
    that memory stays bounded by about ``_BLOCK_CELLS`` pairs.

    Args:
        matrices: one or more ``X`` of shape ``(contexts, items)``, positive, of one pattern;
            a context is a user or a basket.
        score: called with items ``i``, ``j`` and the entry of each ``Xᵀ X`` at ``(i, j)``.
        limit: how many partners to keep of each item.

    Returns:
        The partners of each item, never the item itself.
    """
    n_items = matrices[0].shape[1]
    parts = [
        part
        for block in _blocks(n_items)
        for part in _block_partners(matrices, block, score, limit)
    ]
    indptr = np.cumsum([0, *(len(part[0]) for part in parts)])
    indices, scores, *products = (np.concatenate(column) for column in zip(*parts, strict=True))
    shape = (n_items, n_items)
    return Partners(sparse.csr_matrix((scores, indices, indptr), shape=shape), tuple(products))


def _blocks(n_items: int) -> Iterator[slice]:
    size = max(_LEAST_ROWS, _BLOCK_CELLS // max(1, n_items))
    starts = range(0, n_items, size)
    blocks = (slice(start, min(start + size, n_items)) for start in starts)
    yield from track(blocks, total=len(starts), label="item pairs")


def _block_partners(
    matrices: Sequence[sparse.csr_matrix], block: slice, score: PairScore, limit: int
) -> Iterator[tuple[NDArray[Any], ...]]:
    """Per item of the block: its partners, their scores, and their entry of each product."""
    products = [matrix[:, block].T.tocsr() @ matrix for matrix in matrices]
    for product in products:
        product.sort_indices()
    indptr = products[0].indptr
    j = products[0].indices.astype(np.int64)
    i = np.repeat(np.arange(block.start, block.stop), np.diff(indptr))
    scores = score(i, j, *(product.data for product in products)).astype(np.float32)
    scores[(i == j) | ~(scores > 0)] = np.nan
    for start, end in pairwise(indptr):
        best = top_k(scores[start:end], limit, np.arange(start, end)).rows
        yield (j[best], scores[best], *(product.data[best] for product in products))
