"""Steps of a training that moves only the rows of a table that took part."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.embed.features import Bag
from semrec.types import Vectors

_TINY = np.float32(1e-10)


class RowSteps:
    """Sums of a table's rows, and steps on those that took part.

    A step is the gradient divided by the running root mean square of its row: RMSprop (Tieleman &
    Hinton 2012) with one number a row, as DLRM does for Adagrad (Naumov et al. 2019).
    """

    _DECAY = np.float32(0.9)

    def __init__(self, table: Vectors) -> None:
        self._table = table
        self._squares = np.zeros(len(table), dtype=np.float32)
        self._present: NDArray[np.int64] = np.empty(0, np.int64)
        self._matrix = sparse.csr_matrix((0, 0), dtype=np.float32)
        self._values: Vectors = np.empty((0, table.shape[1]), np.float32)

    def sums(self, bag: Bag) -> Vectors:
        """The sum of each text's rows, shape ``(texts, dim)``."""
        self._present, places = np.unique(bag.ids, return_inverse=True)
        self._matrix = Bag(places.astype(np.int64), bag.offsets).matrix(len(self._present))
        self._values = self._table[self._present]
        return np.asarray(self._matrix @ self._values)

    def update(self, gradient: Vectors, rate: float) -> None:
        """One step down the gradient of the last sums, shape ``(texts, dim)``."""
        slopes = np.asarray(self._matrix.T.tocsr() @ gradient)
        squares = np.einsum("ij,ij->i", slopes, slopes) / slopes.shape[1]
        mean = self._squares[self._present]
        # A row's first gradient stands for those before it, or rare rows would leap.
        mean = np.where(mean > 0, mean * self._DECAY + squares * (1 - self._DECAY), squares)
        self._squares[self._present] = mean
        slopes *= (np.float32(rate) / (np.sqrt(mean) + _TINY))[:, None]
        self._table[self._present] = self._values - slopes
