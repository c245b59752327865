"""User-to-user neighbours: what people with a like history have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.base import (
    check_explained,
    check_history,
    csr_arrays,
    csr_from,
    history_of,
    recommend,
)
from semrec.collab.cooccurrence import binary
from semrec.collab.linear import silence, strengths
from semrec.collab.protocol import Interactions
from semrec.collab.weighting import SIMILARITIES, WEIGHTINGS, check_neighbours, weighted
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Scores


@dataclass(frozen=True)
class UserNeighbours:
    """User-kNN: the histories of the most similar users, summed (Herlocker et al. 1999, "An
    algorithmic framework for performing collaborative filtering").

    For profiles ``a`` and ``b`` that share ``n`` items::

        cosine:  s = a · b / (|a| |b|) · n / (n + shrinkage)
        jaccard: s = n / (|A ∪ B| + shrinkage)

    and a history scores ``Σ_v s_v log(1 + w_vi)`` over its ``neighbours`` most similar users ``v``.

    Attributes:
        neighbours: how many users speak.
        shrinkage: in units of shared items.
        similarity: ``cosine`` or ``jaccard``.
        weighting: of the entries for the cosine: ``log``, ``tfidf`` or ``bm25``.
    """

    neighbours: int = 200
    shrinkage: float = 3.0
    similarity: str = "cosine"
    weighting: str = "tfidf"

    def __post_init__(self) -> None:
        check_neighbours(self.neighbours, self.shrinkage, self.similarity, self.weighting)

    def fit(self, interactions: Interactions) -> FittedUserNeighbours:
        """Keep the histories; the work is done when a user asks."""
        settings = (
            float(self.neighbours),
            self.shrinkage,
            float(SIMILARITIES.index(self.similarity)),
            float(WEIGHTINGS.index(self.weighting)),
        )
        return FittedUserNeighbours(interactions.matrix(), np.array(settings))


@dataclass(frozen=True)
class FittedUserNeighbours:
    """The histories of all users.

    Attributes:
        history: users × items, summed event weights, float32.
        settings: neighbours, shrinkage, positions in ``SIMILARITIES`` and ``WEIGHTINGS``; float64.
    """

    history: sparse.csr_matrix
    settings: NDArray[np.float64]

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        return np.bincount(self.history.indices, minlength=self.history.shape[1])

    @cached_property
    def _strengths(self) -> sparse.csr_matrix:
        return strengths(self.history)

    @cached_property
    def _profiles(self) -> sparse.csr_matrix:
        return self._profile(self.history)

    @cached_property
    def _by_item(self) -> sparse.csr_matrix:
        return self._profiles.T.tocsr()

    @cached_property
    def _pattern_by_item(self) -> sparse.csr_matrix:
        return binary(self.history).T.tocsr()

    def _profile(self, history: sparse.csr_matrix) -> sparse.csr_matrix:
        """Profiles of unit length; for Jaccard of ones."""
        if SIMILARITIES[int(self.settings[2])] == "jaccard":
            return binary(history)
        weighting = WEIGHTINGS[int(self.settings[3])]
        profile = weighted(history, weighting, self._counts, self.history.shape[0])
        lengths = np.sqrt(np.asarray(profile.multiply(profile).sum(axis=1)).ravel())
        profile.data /= np.repeat(lengths, np.diff(profile.indptr)).astype(np.float32)
        return profile

    def _neighbours(self, history: sparse.csr_matrix) -> tuple[sparse.csr_matrix, Scores]:
        """Users × neighbours: likeness ``s``, and what each unit of ``a · b`` adds to it."""
        dots = (self._profile(history) @ self._by_item).tocsr()
        dots.sort_indices()
        shared = (binary(history) @ self._pattern_by_item).tocsr()
        shared.sort_indices()
        shrinkage = self.settings[1]
        if SIMILARITIES[int(self.settings[2])] == "jaccard":
            mine = np.repeat(np.diff(history.indptr), np.diff(shared.indptr))
            union = mine + np.diff(self.history.indptr)[shared.indices] - shared.data
            factor = 1 / (union + shrinkage)
        else:
            factor = shared.data / (shared.data + shrinkage)
        likeness = (dots.data * factor).astype(np.float32)
        kept, indptr = [], [0]
        for start, end in pairwise(dots.indptr):
            rows = np.arange(start, end)
            kept.append(np.sort(top_k(likeness[start:end], int(self.settings[0]), rows).rows))
            indptr.append(indptr[-1] + len(kept[-1]))
        at = np.concatenate(kept) if kept else np.zeros(0, dtype=np.int64)
        parts = (likeness[at], dots.indices[at], np.array(indptr))
        shape = (history.shape[0], self.history.shape[0])
        return sparse.csr_matrix(parts, shape=shape), factor[at].astype(np.float32)

    def score_users(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        """Score every item for users given by their history.

        Returns:
            Shape ``(users, items)``, float32; 0 for an item no neighbour has, NaN where nothing is
            known: an item without behaviour, a user without history.

        Raises:
            InvalidArgument: the history has another number of items.
        """
        check_history(history, self.history.shape[1])
        return silence(self._sums(history), history, self._counts > 0)

    def recommend(
        self, history: sparse.csr_matrix, k: int, *, exclude_seen: bool, allowed: Mask | None = None
    ) -> list[Hits]:
        """The best items that a neighbour has; none for a user without history."""
        check_history(history, self.history.shape[1])
        return recommend(
            self._sums, history, k, exclude_seen=exclude_seen, allowed=allowed, positive=True
        )

    def _sums(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        near, _ = self._neighbours(history)
        sums: NDArray[np.float32] = (near @ self._strengths).toarray()
        return sums

    def similar_items(self, row: int, k: int, allowed: Mask | None = None) -> Hits:
        """What the users of ``row`` have besides, as for a history of that item alone.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the mask does not fit.
        """
        single = history_of(row, self.history.shape[1])
        return self.recommend(single, k, exclude_seen=True, allowed=allowed)[0]

    def explain(self, history: sparse.csr_matrix, row: int, k: int) -> tuple[Rows, Scores]:
        """What each item of the history (one user) adds to the score of ``row``, best first.

        A neighbour's likeness is a sum over the items that are shared; that sum is split.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the history does not fit.
        """
        check_explained(history, row, k, self.history.shape[1])
        near, factor = self._neighbours(history[0])
        says = factor * self._strengths[near.indices, row].toarray().ravel()
        profile = self._profile(history[0])
        items = profile.indices.astype(np.int64)
        parts = profile.data * (self._by_item[items][:, near.indices] @ says)
        parts[parts <= 0] = np.nan
        best = top_k(parts.astype(np.float32), k, items)
        return best.rows, best.scores

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``data``, ``indices``, ``indptr`` of the histories, ``n_items`` and ``settings``."""
        return {
            **csr_arrays(self.history),
            "n_items": np.array([self.history.shape[1]]),
            "settings": self.settings,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FittedUserNeighbours:
        """The inverse of ``arrays``; memory-mapped arrays stay so."""
        history = csr_from(arrays, int(arrays["n_items"][0]))
        return cls(history, np.asarray(arrays["settings"]))
