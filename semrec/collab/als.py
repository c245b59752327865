"""ALS: weighted matrix factorisation, learned by the library ``implicit``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.base import check_explained, check_history, recommend
from semrec.collab.factors import implicit, nearest
from semrec.collab.linear import product, silence, strengths
from semrec.collab.parallel import one_blas_thread
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Scores

_USERS_AT_ONCE = 64
"""Their matrices take 1 MB at 64 factors, which stays in the caches."""


@dataclass(frozen=True)
class Als:
    """Implicit-feedback factorisation (Hu, Koren & Volinsky 2008, "Collaborative filtering for
    implicit feedback datasets").

    Confidence ``c_ui = alpha · log(1 + w_ui)``, preference 1 where a user has an item. A user is
    folded in from the history: for item factors ``Y``, with ``C`` over the history alone::

        x = (YᵀY + Yᵀ (C - 1) Y + λ)⁻¹ Yᵀ C 1

    Attributes:
        factors: length of a factor.
        regularisation: ``λ``.
        alpha: confidence in an entry of strength 1.
        iterations: alternations.
        seed: of the random start.
    """

    factors: int = 64
    regularisation: float = 10.0
    alpha: float = 10.0
    iterations: int = 15
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("factors", "iterations"):
            if getattr(self, name) < 1:
                raise InvalidArgument(f"{name} = {getattr(self, name)}; legal: 1 or more")
        for name in ("regularisation", "alpha"):
            if not getattr(self, name) > 0:
                raise InvalidArgument(f"{name} = {getattr(self, name)}; legal: above 0")

    def fit(self, interactions: Interactions) -> FittedAls:
        """Alternate least squares.

        Raises:
            MissingExtra: ``implicit`` is not installed.
        """
        matrix = strengths(interactions.matrix())
        with implicit("als") as module:
            model = module.AlternatingLeastSquares(
                factors=self.factors,
                regularization=self.regularisation,
                alpha=self.alpha,
                iterations=self.iterations,
                random_state=self.seed,
                use_gpu=False,
            )
            model.fit(matrix, show_progress=False)
        settings = np.array([self.regularisation, self.alpha])
        known = np.bincount(matrix.indices, minlength=matrix.shape[1]) > 0
        return FittedAls(np.asarray(model.item_factors, dtype=np.float32), settings, known)


@dataclass(frozen=True)
class FittedAls:
    """Item factors; users are folded in.

    Attributes:
        items: ``Y``, shape ``(items, factors)``, float32.
        settings: regularisation and alpha, float64.
        known: True for items with any behaviour, shape ``(items,)``; the others score NaN.
    """

    items: NDArray[np.float32]
    settings: NDArray[np.float64]
    known: Mask

    @cached_property
    def _gram(self) -> NDArray[np.float32]:
        wide = self.items.astype(np.float64)
        gram = wide.T @ wide
        gram[np.diag_indices_from(gram)] += self.settings[0]
        return gram.astype(np.float32)

    @cached_property
    def _columns(self) -> NDArray[np.float32]:
        return np.ascontiguousarray(self.items.T)

    def _equations(
        self, history: sparse.csr_matrix
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """``A`` and ``Yᵀ C 1`` of each user, shapes ``(users, f, f)`` and ``(users, f)``."""
        n_users, n_factors = history.shape[0], self.items.shape[1]
        matrices = np.empty((n_users, n_factors, n_factors), dtype=np.float32)
        targets = np.empty((n_users, n_factors), dtype=np.float32)
        own = self.items[history.indices]
        confidence = np.float32(self.settings[1]) * history.data
        extra = own * (confidence - 1)[:, None]
        for user in range(n_users):
            span = slice(history.indptr[user], history.indptr[user + 1])
            np.matmul(extra[span].T, own[span], out=matrices[user])
            np.matmul(confidence[span], own[span], out=targets[user])
        matrices += self._gram
        return matrices, targets

    def score_users(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        """Score every item for users given by their history.

        Returns:
            Shape ``(users, items)``, float32; NaN where nothing is known: an item without
            behaviour, a user without history.

        Raises:
            InvalidArgument: the history has another number of items.
        """
        check_history(history, len(self.known))
        strong = strengths(history)
        users = np.zeros((history.shape[0], self.items.shape[1]), dtype=np.float32)
        with one_blas_thread():
            for start in range(0, history.shape[0], _USERS_AT_ONCE):
                matrices, targets = self._equations(strong[start : start + _USERS_AT_ONCE])
                solved = np.linalg.solve(matrices, targets[:, :, None])
                users[start : start + _USERS_AT_ONCE] = solved[:, :, 0]
        return silence(product(users, self._columns), history, self.known)

    def recommend(
        self, history: sparse.csr_matrix, k: int, *, exclude_seen: bool, allowed: Mask | None = None
    ) -> list[Hits]:
        """The best items with behaviour; none for a user without history."""
        check_history(history, len(self.known))
        return recommend(self.score_users, history, k, exclude_seen=exclude_seen, allowed=allowed)

    def similar_items(self, row: int, k: int, allowed: Mask | None = None) -> Hits:
        """The items whose factors point most the same way, by cosine.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the mask does not fit.
        """
        return nearest(self.items, self.known, row, k, allowed)

    def explain(self, history: sparse.csr_matrix, row: int, k: int) -> tuple[Rows, Scores]:
        """What each item of the history (one user) adds to the score of ``row``, best first.

        The score ``y_iᵀ A⁻¹ Σ_j c_j y_j`` is a sum over the history (Hu et al. 2008, section 5).

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the history does not fit.
        """
        check_explained(history, row, k, len(self.known))
        strong = strengths(history[0])
        matrix = self._equations(strong)[0][0]
        weights = np.linalg.solve(matrix, self.items[row].astype(np.float64))
        items = strong.indices.astype(np.int64)
        parts = self.settings[1] * strong.data * (self.items[items] @ weights)
        best = top_k(parts.astype(np.float32), k, items)
        return best.rows, best.scores

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``items``, ``settings``, ``known``."""
        return {"items": self.items, "settings": self.settings, "known": self.known}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FittedAls:
        """The inverse of ``arrays``."""
        return cls(arrays["items"], arrays["settings"], arrays["known"])
