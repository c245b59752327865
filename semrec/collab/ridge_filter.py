"""A ridge filter of the item graph: what EASE computes, for catalogs too large for its inverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.base import top_rows, user_blocks
from semrec.collab.filters import FittedFilter
from semrec.collab.linear import product, scaled, strengths
from semrec.collab.protocol import Interactions
from semrec.collab.spectrum import leading
from semrec.errors import InvalidArgument

CHOICES = (3.0, 6.0, 15.0, 40.0, 100.0, 300.0)
"""The regularisations that are tried."""
_FALLBACK = 15.0
_MOST_USERS = 1000
_LEAST_ITEMS = 5
_LENGTH = 20
_DISCOUNTS = 1 / np.log2(np.arange(2, _LENGTH + 2))


@dataclass(frozen=True)
class RidgeFilter:
    """Ridge regression of each item on the others, through the leading eigenvectors.

    The ridge solution ``P (P + λ)⁻¹`` for ``P = Xᵀ X`` passes an eigenvector of eigenvalue ``w``
    by ``w / (w + λ)``: near 1 above ``λ``, near ``w / λ`` below it. So the leading eigenvectors
    ``V`` are damped as they should be and the rest of the spectrum passes as it is, which is right
    to first order in ``w / λ``. With ``c_j`` for the diagonal of the filter ``F``, item ``j`` is
    divided by ``1 - c_j``, as the constraint ``diag(B) = 0`` of EASE does (Steck 2019)::

        F = (P - V diag(w² / (w + λ)) Vᵀ) / λ,    score = h F / (1 - c)

    ``X = D_u^-a H D_i^-b`` is scaled by the degrees of users and items, as in ``Ease``.

    Attributes:
        regularisation: ``λ`` in units of the mean eigenvalue of ``P`` over its possible rank; None
            takes the one of ``CHOICES`` that ranks a hidden tenth of the histories of up to 1,000
            users best.
        user_power, item_power: ``a`` and ``b``.
        rank: how many eigenvectors.
        seed: of the random start of the eigenvectors.
    """

    regularisation: float | None = None
    user_power: float = 0.4
    item_power: float = 0.2
    rank: int = 448
    seed: int = 0

    def __post_init__(self) -> None:
        if self.regularisation is not None and not self.regularisation > 0:
            raise InvalidArgument(f"regularisation = {self.regularisation}; legal: above 0")
        for name in ("user_power", "item_power"):
            if not 0 <= getattr(self, name) <= 1:
                raise InvalidArgument(f"{name} = {getattr(self, name)}; legal: 0 to 1")
        if self.rank < 1:
            raise InvalidArgument(f"rank = {self.rank}; legal: 1 or more")

    def fit(self, interactions: Interactions) -> FittedFilter:
        """Scale the graph and damp its leading eigenvectors."""
        history = strengths(interactions.matrix())
        chosen, near = self.regularisation, None
        if chosen is None:
            chosen, near = self._chosen(history)
        matrix, degrees = scaled(history, self.user_power, self.item_power)
        values, vectors = leading(matrix, self.rank, self.seed, near)
        damping, columns = _filter(matrix, values, vectors, chosen)
        return FittedFilter(
            matrix,
            (vectors * damping).astype(np.float32),
            np.ascontiguousarray((vectors * columns[:, None]).T, dtype=np.float32),
            degrees > 0,
            columns,
        )

    def _chosen(self, history: sparse.csr_matrix) -> tuple[float, NDArray[np.float32] | None]:
        """The best of ``CHOICES``, and the eigenvectors of what was not hidden."""
        rest, hidden = _hide(history, self.seed)
        asked = np.flatnonzero(np.diff(hidden.indptr))
        if not len(asked):
            return _FALLBACK, None
        matrix, degrees = scaled(rest, self.user_power, self.item_power)
        values, vectors = leading(matrix, self.rank, self.seed)
        filters = {choice: _filter(matrix, values, vectors, choice) for choice in CHOICES}
        transposed = matrix.T.tocsr()
        gains = dict.fromkeys(CHOICES, 0.0)
        for block in user_blocks(len(asked), history.shape[1]):
            own, wanted = rest[asked[block]], hidden[asked[block]]
            plain = ((own @ transposed) @ matrix).toarray()
            passed = own @ vectors
            for choice, (damping, columns) in filters.items():
                scores = plain + product(passed * damping, vectors.T)
                scores *= columns
                scores[own.nonzero()] = np.nan
                scores[:, degrees == 0] = np.nan
                for user, hits in enumerate(top_rows(scores, _LENGTH)):
                    found = np.isin(hits.rows, wanted[user].indices)
                    ideal = _DISCOUNTS[: min(wanted[user].nnz, _LENGTH)].sum()
                    gains[choice] += float(_DISCOUNTS[: len(found)][found].sum() / ideal)
        return max(CHOICES, key=lambda choice: gains[choice]), vectors


def _filter(
    matrix: sparse.csr_matrix,
    values: NDArray[np.float32],
    vectors: NDArray[np.float32],
    regularisation: float,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What each eigenvector is damped by, shape ``(r,)``, and what each item is multiplied by."""
    squares = np.square(matrix.data, dtype=np.float64)
    own = np.bincount(matrix.indices, squares, minlength=matrix.shape[1])
    penalty = regularisation * (own.sum() / max(1, min(matrix.shape)) or 1.0)
    damping = -(values**2) / (values + penalty)
    diagonal = (own + np.square(vectors) @ damping) / penalty
    # First order may overshoot where an item is barely connected; exact values stay below 1.
    divisor = 1 - np.clip(diagonal, 0, 0.95)
    return damping.astype(np.float32), (1 / (penalty * divisor)).astype(np.float32)


def _hide(history: sparse.csr_matrix, seed: int) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """The histories without a tenth of each of some long ones, and those tenths."""
    rng = np.random.default_rng(seed)
    long = np.flatnonzero(np.diff(history.indptr) >= _LEAST_ITEMS)
    asked = np.sort(rng.permutation(long)[:_MOST_USERS])
    rest, hidden = history.copy(), history.copy()
    out = np.zeros(history.nnz, dtype=np.bool_)
    for user in asked:
        start, end = history.indptr[user], history.indptr[user + 1]
        out[start + rng.permutation(end - start)[: max(1, (end - start) // 10)]] = True
    rest.data[out], hidden.data[~out] = 0, 0
    rest.eliminate_zeros()
    hidden.eliminate_zeros()
    return rest, hidden
