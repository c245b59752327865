"""A ridge filter of the item graph: what EASE computes, for catalogs too large for its inverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from semrec.collab.filters import FittedFilter
from semrec.collab.linear import scaled, strengths
from semrec.collab.protocol import Interactions
from semrec.collab.spectrum import leading
from semrec.errors import InvalidArgument


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
        regularisation: ``λ`` in units of the mean eigenvalue of ``P`` over its possible rank.
        user_power, item_power: ``a`` and ``b``.
        rank: how many eigenvectors.
        seed: of the random start of the eigenvectors.
    """

    regularisation: float = 15.0
    user_power: float = 0.4
    item_power: float = 0.2
    rank: int = 448
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.regularisation > 0:
            raise InvalidArgument(f"regularisation = {self.regularisation}; legal: above 0")
        for name in ("user_power", "item_power"):
            if not 0 <= getattr(self, name) <= 1:
                raise InvalidArgument(f"{name} = {getattr(self, name)}; legal: 0 to 1")
        if self.rank < 1:
            raise InvalidArgument(f"rank = {self.rank}; legal: 1 or more")

    def fit(self, interactions: Interactions) -> FittedFilter:
        """Scale the graph and damp its leading eigenvectors."""
        matrix, degrees = scaled(strengths(interactions.matrix()), self.user_power, self.item_power)
        values, vectors = leading(matrix, self.rank, self.seed)
        squares = np.square(matrix.data, dtype=np.float64)
        own = np.bincount(matrix.indices, squares, minlength=matrix.shape[1])
        penalty = self.regularisation * (own.sum() / max(1, min(matrix.shape)) or 1.0)
        damping = -(values**2) / (values + penalty)
        diagonal = (own + np.square(vectors) @ damping) / penalty
        # First order may overshoot where an item is barely connected; exact values stay below 1.
        divisor = 1 - np.clip(diagonal, 0, 0.95)
        columns = (1 / (penalty * divisor)).astype(np.float32)
        return FittedFilter(
            matrix,
            (vectors * damping).astype(np.float32),
            np.ascontiguousarray((vectors * columns[:, None]).T, dtype=np.float32),
            degrees > 0,
            columns,
        )
