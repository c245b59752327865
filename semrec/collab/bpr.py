"""BPR: factors that rank, learned by the library ``implicit``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import lsqr

from semrec.collab.base import check_explained, check_history, recommend
from semrec.collab.factors import implicit, nearest
from semrec.collab.linear import product, silence, strengths
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Scores

_SOLVER_STEPS = 30


@dataclass(frozen=True)
class Bpr:
    """Bayesian personalised ranking (Rendle et al. 2009).

    BPR learns a vector for each user it has seen. So that a user may also be given by a history
    alone, a second vector ``z`` an item is fitted to those of the users by ridge regression, with
    ``n`` the strengths of a history over their sum, and a user of ``m`` items counting ``m`` times,
    as the vector of a user of few items is mostly noise::

        Z = argmin Σ_u m_u |n_u Z - u|² + damping² |Z|²,    score_i = Σ_j n_j (z_j · v_i + b_i)

    Attributes:
        factors: length of a vector.
        learning_rate, regularisation, iterations: of the stochastic gradient.
        damping: of the regression of user vectors on histories.
        seed: of the start and of the sampling.
    """

    factors: int = 64
    learning_rate: float = 0.02
    regularisation: float = 0.01
    iterations: int = 200
    damping: float = 3.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("factors", "iterations"):
            if getattr(self, name) < 1:
                raise InvalidArgument(f"{name} = {getattr(self, name)}; legal: 1 or more")
        for name in ("learning_rate", "regularisation", "damping"):
            if not getattr(self, name) > 0:
                raise InvalidArgument(f"{name} = {getattr(self, name)}; legal: above 0")

    def fit(self, interactions: Interactions) -> FittedBpr:
        """Learn on one thread, since several would race for the same vectors.

        Raises:
            MissingExtra: ``implicit`` is not installed.
        """
        matrix = strengths(interactions.matrix())
        with implicit("bpr") as module:
            model = module.BayesianPersonalizedRanking(
                factors=self.factors,
                learning_rate=self.learning_rate,
                regularization=self.regularisation,
                iterations=self.iterations,
                num_threads=1,
                random_state=self.seed,
                use_gpu=False,
            )
            model.fit(matrix, show_progress=False)
        active = np.diff(matrix.indptr) > 0
        # The last column of a user is 1 and of an item its bias.
        users = np.asarray(model.user_factors, dtype=np.float64)[active, :-1]
        certainty = np.sqrt(np.diff(matrix.indptr)[active])
        profiles = sparse.diags_array(certainty) @ _shares(matrix)[active].astype(np.float64)
        columns = [
            lsqr(profiles, certainty * users[:, at], damp=self.damping, iter_lim=_SOLVER_STEPS)[0]
            for at in range(users.shape[1])
        ]
        ones = np.ones(matrix.shape[1])
        given = np.stack([*columns, ones], axis=1).astype(np.float32)
        known = np.bincount(matrix.indices, minlength=matrix.shape[1]) > 0
        return FittedBpr(given, np.asarray(model.item_factors, dtype=np.float32), known)


def _shares(strong: sparse.csr_matrix) -> sparse.csr_matrix:
    """Each row over its sum."""
    sums = np.repeat(np.asarray(strong.sum(axis=1)).ravel(), np.diff(strong.indptr))
    parts = (strong.data / sums, strong.indices, strong.indptr)
    return sparse.csr_matrix(parts, shape=strong.shape)


@dataclass(frozen=True)
class FittedBpr:
    """Two vectors an item.

    Attributes:
        given: ``z`` and a last column of 1: what an item says of its user; ``(items, factors+1)``.
        items: ``v`` and the bias: what an item offers; ``(items, factors + 1)``, float32.
        known: True for items with any behaviour, shape ``(items,)``; the others score NaN.
    """

    given: NDArray[np.float32]
    items: NDArray[np.float32]
    known: Mask

    @cached_property
    def _columns(self) -> NDArray[np.float32]:
        return np.ascontiguousarray(self.items.T)

    def score_users(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        """Score every item for users given by their history.

        Returns:
            Shape ``(users, items)``, float32; NaN where nothing is known: an item without
            behaviour, a user without history.

        Raises:
            InvalidArgument: the history has another number of items.
        """
        check_history(history, len(self.known))
        users = np.asarray(_shares(strengths(history)) @ self.given)
        return silence(product(users, self._columns), history, self.known)

    def recommend(
        self, history: sparse.csr_matrix, k: int, *, exclude_seen: bool, allowed: Mask | None = None
    ) -> list[Hits]:
        """The best items with behaviour; none for a user without history."""
        check_history(history, len(self.known))
        return recommend(self.score_users, history, k, exclude_seen=exclude_seen, allowed=allowed)

    def similar_items(self, row: int, k: int, allowed: Mask | None = None) -> Hits:
        """The items whose vectors, without the bias, point most the same way, by cosine.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the mask does not fit.
        """
        return nearest(self.items[:, :-1], self.known, row, k, allowed)

    def explain(self, history: sparse.csr_matrix, row: int, k: int) -> tuple[Rows, Scores]:
        """What each item of the history (one user) adds to the score of ``row``, best first.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the history does not fit.
        """
        check_explained(history, row, k, len(self.known))
        shares = _shares(strengths(history[0]))
        items = shares.indices.astype(np.int64)
        parts = shares.data * (self.given[items] @ self.items[row])
        best = top_k(parts.astype(np.float32), k, items)
        return best.rows, best.scores

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``given``, ``items``, ``known``."""
        return {"given": self.given, "items": self.items, "known": self.known}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FittedBpr:
        """The inverse of ``arrays``."""
        return cls(arrays["given"], arrays["items"], arrays["known"])
