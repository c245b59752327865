"""The leading eigenvectors of ``Xᵀ X`` for a sparse ``X``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.parallel import one_blas_thread
from semrec.progress import track

_EXTRA = 32
_ROUNDS = 6
_TINY = 1e-7


def leading(
    matrix: sparse.csr_matrix,
    rank: int,
    seed: int,
    near: NDArray[np.float32] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Eigenvalues and eigenvectors of ``Xᵀ X``, largest first.

    Exact where ``rank`` is not below the smaller side of ``X``; otherwise block subspace iteration
    from a random start (Halko, Martinsson & Tropp 2011, "Finding structure with randomness").

    Args:
        matrix: ``X``, shape ``(users, items)``, float32.
        rank: how many at most.
        seed: of the random start.
        near: eigenvectors of a matrix that differs little, shape ``(items, r)``; starting from them
            takes a third of the rounds.

    Returns:
        ``(r,)`` and ``(items, r)``, float32, ``r <= rank``; eigenvalues that are zero to float32
        are left out.
    """
    smaller = min(matrix.shape)
    # One thread: with more, the last digits of dense products depend on how many.
    with one_blas_thread():
        if rank >= smaller:
            return _exact(matrix)
        width = min(rank + _EXTRA, smaller)
        transposed = matrix.T.tocsr()
        start = np.random.default_rng(seed).standard_normal((matrix.shape[1], width))
        if near is not None:
            start[:, : near.shape[1]] = near[:, :width]
        rounds = _ROUNDS if near is None else _ROUNDS // 3
        basis = _orthonormal(start.astype(np.float32))
        for _ in track(range(rounds), total=rounds, label="eigenvectors"):
            basis = _orthonormal(transposed @ (matrix @ basis))
        values, rotation = _gram(matrix @ basis)
        kept = values[:rank] > _TINY * values[0] if len(values) else np.zeros(0, dtype=bool)
        count = int(kept.sum())
        return values[:count].astype(np.float32), basis @ rotation[:, :count].astype(np.float32)


def _gram(tall: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Eigenvalues and eigenvectors of ``ZᵀZ``, largest first."""
    values, vectors = np.linalg.eigh((tall.T @ tall).astype(np.float64))
    return values[::-1], vectors[:, ::-1]


def _orthonormal(tall: NDArray[np.float32]) -> NDArray[np.float32]:
    """An orthonormal basis of the columns, through their Gram matrix, which is far faster than QR.

    Twice, since the first pass loses half of the digits.
    """
    for _ in range(2):
        values, vectors = _gram(tall)
        kept = values > _TINY * max(values[0], np.finfo(np.float32).tiny)
        tall = tall @ (vectors[:, kept] / np.sqrt(values[kept])).astype(np.float32)
    return tall


def _exact(matrix: sparse.csr_matrix) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    dense = matrix.toarray().astype(np.float64)
    _, singular, vectors = np.linalg.svd(dense, full_matrices=False)
    kept = singular**2 > _TINY * max(float(singular.max(initial=0)) ** 2, 1e-300)
    return (singular[kept] ** 2).astype(np.float32), vectors[kept].T.astype(np.float32)
