"""What all models share: checks of the arguments, and the choice of the best items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.parallel import in_order
from semrec.errors import InvalidArgument
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, best_first

Scorer = Callable[[sparse.csr_matrix], NDArray[np.float32]]
"""History ``(users, items)`` to scores of that shape; NaN for items not to be recommended."""

BLOCK_CELLS = 1_000_000
"""How many cells of a users × items block are held at once: 4 MB of float32, near the caches."""


PADDED_ROWS = 32
"""Rows of every dense product; one shape, so that BLAS takes one path for any batch."""


def check_row(row: int, n_items: int) -> None:
    """Raise ``InvalidArgument`` unless ``row`` is one of ``n_items``."""
    if not 0 <= row < n_items:
        raise InvalidArgument(f"item row {row} is out of range; legal: 0 to {n_items - 1}")


def check_k(k: int) -> None:
    """Raise ``InvalidArgument`` for a negative ``k``."""
    if k < 0:
        raise InvalidArgument(f"k = {k} is negative; legal: 0 or more")


def check_allowed(allowed: Mask | None, n_items: int) -> None:
    """Raise ``InvalidArgument`` unless ``allowed`` is None or has one entry an item."""
    if allowed is not None and allowed.shape != (n_items,):
        raise InvalidArgument(f"allowed has shape {allowed.shape}; legal: ({n_items},)")


def check_history(history: sparse.csr_matrix, n_items: int) -> None:
    """Raise ``InvalidArgument`` unless ``history`` has one column an item."""
    if history.shape[1] != n_items:
        raise InvalidArgument(f"history has {history.shape[1]} columns; legal: {n_items}")


def check_explained(history: sparse.csr_matrix, row: int, k: int, n_items: int) -> None:
    """Raise ``InvalidArgument`` unless ``explain`` can be asked these."""
    check_history(history, n_items)
    check_row(row, n_items)
    check_k(k)


def history_of(row: int, n_items: int) -> sparse.csr_matrix:
    """The history of somebody who dealt once with one item, shape ``(1, items)``.

    Raises:
        InvalidArgument: ``row`` is out of range.
    """
    check_row(row, n_items)
    return sparse.csr_matrix(([1.0], ([0], [row])), shape=(1, n_items))


def csr_arrays(matrix: sparse.csr_matrix) -> dict[str, NDArray[Any]]:
    """A sparse matrix as the arrays ``data``, ``indices`` and ``indptr``."""
    return {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr}


def csr_from(arrays: Mapping[str, NDArray[Any]], n_columns: int) -> sparse.csr_matrix:
    """The inverse of :func:`csr_arrays`; memory-mapped arrays stay so."""
    parts = (arrays["data"], arrays["indices"], arrays["indptr"])
    return sparse.csr_matrix(parts, shape=(len(arrays["indptr"]) - 1, n_columns))


def user_blocks(n_users: int, n_items: int) -> Iterable[slice]:
    """Slices of users whose dense scores stay under ``BLOCK_CELLS``, at least one user each."""
    size = max(1, BLOCK_CELLS // max(1, n_items))
    if size >= PADDED_ROWS // 2:  # dense products are padded to so many rows anyway
        size = -(-size // PADDED_ROWS) * PADDED_ROWS
    return (slice(start, start + size) for start in range(0, n_users, size))


def recommend(
    score: Scorer,
    history: sparse.csr_matrix,
    k: int,
    *,
    exclude_seen: bool,
    allowed: Mask | None = None,
    positive: bool = False,
    threaded: bool = True,
) -> list[Hits]:
    """The best ``k`` items of each user, scored block by block; equal scores by row number.

    Args:
        score: scores a block of users; items with NaN are never recommended.
        history: shape ``(users, items)``.
        k: how many at most; fewer where fewer items are scored and allowed.
        exclude_seen: leave out the items of the user's history.
        allowed: True for the items that may be recommended, shape ``(items,)``.
        positive: only items with a score above 0, for models in which 0 is "not related".
        threaded: score blocks side by side; False for a ``score`` of many short steps, which would
            wait for Python's lock most of the time.

    Raises:
        InvalidArgument: ``k`` is negative, or the mask does not fit the history.
    """
    n_users, n_items = history.shape
    check_k(k)
    check_allowed(allowed, n_items)

    def answers(block: slice) -> list[Hits]:
        seen = history[block]
        scores = score(seen)
        if exclude_seen:
            scores[seen.nonzero()] = np.nan
        if allowed is not None:
            scores[:, ~allowed] = np.nan
        return top_rows(scores, k, positive=positive)

    blocks = user_blocks(n_users, n_items)
    answered = in_order(answers, blocks) if threaded else map(answers, blocks)
    return [hits for found in answered for hits in found]


def top_rows(scores: NDArray[np.float32], k: int, *, positive: bool = False) -> list[Hits]:
    """The best ``k`` of each row of ``scores``, ranked; NaN never enters. Overwrites the scores.

    Args:
        scores: shape ``(rows, items)``.
        k: how many at most.
        positive: only scores above 0.
    """
    if k < 1:
        return [Hits.empty() for _ in scores]
    np.copyto(scores, -np.inf, where=np.isnan(scores))
    limits = np.finfo(np.float32)
    floors = np.maximum(_floors(scores, k), limits.smallest_subnormal if positive else limits.min)
    # Of a flat view, since numpy is ten times slower to look for what is True in two dimensions.
    rows, items = np.divmod(np.flatnonzero(scores >= floors[:, None]), scores.shape[1])
    found = scores[rows, items]
    order = np.lexsort((-found, rows))  # stable: of equal scores the lower item first
    items, found = items[order], found[order]
    borders = np.searchsorted(rows, np.arange(len(scores) + 1))
    return [
        Hits(items[start : min(start + k, end)], found[start : min(start + k, end)])
        for start, end in pairwise(borders)
    ]


def highest(scores: NDArray[np.float32], k: int, rows: NDArray[Any]) -> Hits:
    """The best ``k`` of the positive ``scores``, ranked; ``rows`` says whose each is."""
    near = np.flatnonzero((scores >= _floors(scores[None], k)[0]) & (scores > 0))
    order = best_first(rows[near], scores[near])[:k]
    return Hits(rows[near[order]], scores[near[order]])


def _floors(scores: NDArray[np.float32], k: int) -> NDArray[np.float32]:
    """For each row a score that at least ``k`` of it reach, and few more; shape ``(rows,)``.

    Far faster than a partition: the scores of a row are dealt into columns; as many columns as have
    their maximum above the floor, as many scores at least are above it.
    """
    columns = max(1, 8 * k)
    depth = scores.shape[1] // columns
    if depth < 2 or k < 1:
        return np.full(len(scores), -np.inf, dtype=np.float32)
    dealt = scores[:, : depth * columns].reshape(len(scores), depth, columns)
    floors: NDArray[np.float32] = np.partition(dealt.max(axis=1), columns - k)[:, columns - k]
    return floors


def stored_row(matrix: sparse.csr_matrix, row: int, k: int, allowed: Mask | None) -> Hits:
    """The best ``k`` allowed entries stored in one row of an items × items matrix.

    Raises:
        InvalidArgument: ``row`` or ``k`` is out of range, or the mask does not fit.
    """
    check_row(row, matrix.shape[1])
    check_k(k)
    check_allowed(allowed, matrix.shape[1])
    span = slice(matrix.indptr[row], matrix.indptr[row + 1])
    rows, scores = matrix.indices[span].astype(np.int64), matrix.data[span]
    if allowed is not None:
        kept = allowed[rows]
        rows, scores = rows[kept], scores[kept]
    return top_k(scores, k, rows)
