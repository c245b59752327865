"""GF-CF: a closed-form graph filter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from semrec.collab.filters import FittedFilter
from semrec.collab.linear import power, scaled, strengths
from semrec.collab.protocol import Interactions
from semrec.collab.spectrum import leading
from semrec.errors import InvalidArgument


@dataclass(frozen=True)
class GraphFilter:
    """A linear filter and an ideal low-pass filter (Shen et al. 2021, "How powerful is graph
    convolution for recommendation?").

    With ``X = D_u^-½ H D_i^-½`` for the strengths ``H`` of all histories, and ``V`` the leading
    eigenvectors of ``Xᵀ X``, a history ``h`` scores::

        h (Xᵀ X + alpha · D_i^-½ V Vᵀ D_i^½)

    Attributes:
        alpha: weight of the ideal low-pass filter.
        rank: how many eigenvectors pass it.
        seed: of the random start of the eigenvectors.
    """

    alpha: float = 0.3
    rank: int = 256
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.alpha >= 0:
            raise InvalidArgument(f"alpha = {self.alpha}; legal: 0 or more")
        if self.rank < 1:
            raise InvalidArgument(f"rank = {self.rank}; legal: 1 or more")

    def fit(self, interactions: Interactions) -> FittedFilter:
        """Scale the graph and find its leading eigenvectors."""
        adjacency, degrees = scaled(strengths(interactions.matrix()), 0.5, 0.5)
        _, vectors = leading(adjacency, self.rank, self.seed)
        left = vectors * power(degrees, -0.5)[:, None]
        right = np.float32(self.alpha) * (vectors * power(degrees, 0.5)[:, None]).T
        return FittedFilter(
            adjacency, left, np.ascontiguousarray(right), degrees > 0, np.ones_like(degrees)
        )
