"""What the linear models share: strengths of a history, degree scaling, dense products."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.base import PADDED_ROWS
from semrec.collab.parallel import one_blas_thread


def strengths(history: sparse.csr_matrix) -> sparse.csr_matrix:
    """``log(1 + w)`` of each entry, float32: the tenth click says less than the first."""
    return history.log1p().astype(np.float32)


def scaled(
    matrix: sparse.csr_matrix, user_power: float, item_power: float
) -> tuple[sparse.csr_matrix, NDArray[np.float32]]:
    """``D_u^-a X D_i^-b`` with ``D`` the row and column sums of ``X``.

    Args:
        matrix: ``X``, shape ``(users, items)``, positive.
        user_power, item_power: ``a`` and ``b``; 0.5 and 0.5 give the normalised adjacency of
            graph filters.

    Returns:
        The scaled matrix, float32, and ``D_i`` (0 for items without behaviour), shape ``(items,)``.
    """
    user_sums = np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()
    item_sums = np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel()
    rows = np.repeat(user_sums, np.diff(matrix.indptr))
    data = matrix.data * rows**-user_power * item_sums[matrix.indices] ** -item_power
    parts = (data.astype(np.float32), matrix.indices, matrix.indptr)
    return sparse.csr_matrix(parts, shape=matrix.shape), item_sums.astype(np.float32)


def power(values: NDArray[np.float32], exponent: float) -> NDArray[np.float32]:
    """``values ** exponent``, 0 where a value is 0."""
    result = np.zeros_like(values)
    np.power(values, exponent, out=result, where=values > 0)
    return result


def product(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """``left @ right``, each row the same to the last bit in whatever batch it stands.

    BLAS picks its kernels by shape, and other kernels round otherwise; so all calls have
    ``PADDED_ROWS`` rows, the last one padded, and run on one thread.
    """
    result = np.empty((left.shape[0], right.shape[1]), dtype=np.float32)
    with one_blas_thread():
        for start in range(0, left.shape[0], PADDED_ROWS):
            block = left[start : start + PADDED_ROWS]
            padded = np.zeros((PADDED_ROWS, left.shape[1]), dtype=np.float32)
            padded[: len(block)] = block
            result[start : start + PADDED_ROWS] = (padded @ right)[: len(block)]
    return result


def silence(
    scores: NDArray[np.float32], history: sparse.csr_matrix, known: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Put NaN, in place, where a model knows nothing: unknown items, users without history."""
    scores[:, ~known] = np.nan
    scores[np.diff(history.indptr) == 0] = np.nan
    return scores
