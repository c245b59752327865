"""What all models share: checks of the arguments, and the choice of the best items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.parallel import in_order
from semrec.errors import InvalidArgument
from semrec.index.topk import top_k
from semrec.types import Hits, Mask

Scorer = Callable[[sparse.csr_matrix], NDArray[np.float32]]
"""History ``(users, items)`` to scores of that shape; NaN for items not to be recommended."""

Related = Callable[[sparse.csr_matrix], sparse.csr_matrix]
"""The same, sparse: what is not stored is not related."""

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
) -> list[Hits]:
    """The best ``k`` items of each user, scored block by block; equal scores by row number.

    Args:
        score: scores a block of users; items with NaN are never recommended.
        history: shape ``(users, items)``.
        k: how many at most; fewer where fewer items are scored and allowed.
        exclude_seen: leave out the items of the user's history.
        allowed: True for the items that may be recommended, shape ``(items,)``.

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
        return top_rows(scores, k)

    blocks = user_blocks(n_users, n_items)
    return [hits for found in in_order(answers, blocks) for hits in found]


def recommend_related(
    related: Related,
    history: sparse.csr_matrix,
    k: int,
    *,
    exclude_seen: bool,
    allowed: Mask | None = None,
) -> list[Hits]:
    """:func:`recommend` for a model that knows few items for each user; those above 0 are taken.

    Args:
        related: scores a block of users, sparse; what is not stored is never recommended.
        history, k, exclude_seen, allowed: as for :func:`recommend`.

    Raises:
        InvalidArgument: ``k`` is negative, or the mask does not fit the history.
    """
    n_users, n_items = history.shape
    check_k(k)
    check_allowed(allowed, n_items)

    def answers(block: slice) -> list[Hits]:
        seen = history[block]
        found = related(seen)
        closed = np.zeros(n_items, dtype=np.bool_) if allowed is None else ~allowed
        best = []
        for user in range(found.shape[0]):
            span = slice(found.indptr[user], found.indptr[user + 1])
            items, scores = found.indices[span], found.data[span]
            here = closed.copy()
            if exclude_seen:
                here[seen.indices[seen.indptr[user] : seen.indptr[user + 1]]] = True
            scores[here[items]] = 0
            best.append(highest(scores, k, items))
        return best

    blocks = user_blocks(n_users, n_items)
    return [hits for found in in_order(answers, blocks) for hits in found]


def top_rows(scores: NDArray[np.float32], k: int) -> list[Hits]:
    """The best ``k`` of each row of ``scores``, ranked; NaN never enters. Overwrites the scores."""
    np.copyto(scores, -np.inf, where=np.isnan(scores))
    best = []
    for row in scores:
        rows = np.flatnonzero((row >= _floor(row, k)) & (row > -np.inf))
        best.append(_ranked(row[rows], k, rows))
    return best


def highest(scores: NDArray[np.float32], k: int, rows: NDArray[Any]) -> Hits:
    """The best ``k`` of the positive ``scores``, ranked; ``rows`` says whose each is."""
    near = np.flatnonzero((scores >= _floor(scores, k)) & (scores > 0))
    return _ranked(scores[near], k, rows[near])


def _floor(scores: NDArray[np.float32], k: int) -> np.float32:
    """A score that at least ``k`` of the scores reach, and few more; far faster than a partition.

    The scores are dealt into columns; as many columns as have their maximum above the floor, as
    many scores at least are above it.
    """
    columns = max(1, 8 * k)
    rows = len(scores) // columns
    if rows < 2 or k < 1:
        return np.float32(-np.inf)
    maxima = scores[: rows * columns].reshape(rows, columns).max(axis=0)
    return np.float32(np.partition(maxima, columns - k)[columns - k])


def _ranked(scores: NDArray[np.float32], k: int, rows: NDArray[Any]) -> Hits:
    """Best first; of equal scores the lower row number first."""
    order = np.lexsort((rows, -scores))[:k]
    return Hits(rows[order], scores[order])


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
