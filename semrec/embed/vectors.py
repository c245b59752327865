"""Small facts about arrays of vectors that every encoder needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semrec.errors import BadVectors
from semrec.types import Vectors


def unit(vectors: NDArray[np.float32]) -> Vectors:
    """Scale rows to unit norm; a row without direction (no known token) points everywhere alike.

    Args:
        vectors: shape ``(n, dim)``; NaN counts as 0.
    """
    vectors = np.nan_to_num(vectors)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[norms[:, 0] == 0] = 1.0
    norms[norms == 0] = np.sqrt(vectors.shape[1])
    return np.asarray(vectors / norms, dtype=np.float32)


def checked(vectors: NDArray[np.float32], count: int, dim: int, where: str) -> Vectors:
    """The vectors, if they are what an encoder must give.

    Args:
        vectors: what was given.
        count: how many there must be.
        dim: how long each must be.
        where: what they are, for the message.

    Raises:
        BadVectors: another shape, a value that is not finite, or a vector of zeros.
    """
    if vectors.shape != (count, dim):
        raise BadVectors(f"{where}: shape {vectors.shape}; legal: {(count, dim)}")
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        raise BadVectors(f"{where}: vector {row} holds NaN or infinity; legal: finite numbers")
    directed = vectors.any(axis=1)
    if not directed.all():
        row = int(np.argmin(directed))
        raise BadVectors(f"{where}: vector {row} is all zeros; legal: vectors of unit norm")
    return vectors
