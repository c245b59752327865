"""Behaviour and content in one score, each as much as it has proved worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.base import (
    check_explained,
    check_history,
    check_k,
    highest,
    history_of,
    recommend,
    user_blocks,
)
from semrec.collab.content import ContentNeighbours
from semrec.collab.linear import silence
from semrec.collab.logistic import logistic
from semrec.collab.neighbours import FittedItemNeighbours
from semrec.collab.protocol import FittedModel, Interactions
from semrec.collab.registry import create, restore
from semrec.errors import InvalidArgument
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Scores

_CANDIDATES = 100
_MOST_USERS = 2000


@dataclass(frozen=True, eq=False)
class Hybrid:
    """A weighted sum whose weights depend on how much is known of the user and of the item.

    With ``b`` and ``c`` the scores of behaviour and content as shares of the user's highest, ``I``
    and ``U`` for ``log(1 + n)`` of the users of the item and of the items of the user, it is::

        (β_0 + β_1 I + β_2 U) b + (γ_0 + γ_1 I + γ_2 U) c + δ_1 I + δ_2 [I = 0]

    The weights are measured: a part of each history is hidden, both models propose from the rest,
    and a logistic regression learns which of the proposals were hidden ("stacking", Wolpert 1992;
    weights that depend on support, Sill et al. 2009, "Feature-weighted linear stacking").

    Attributes:
        vectors: of the items, as for ``ContentNeighbours``.
        behaviour: the name of a model in ``semrec.collab.MODELS``.
        neighbours: content neighbours of each item.
        hidden: which part of each history is hidden to learn the weights.
        seed: of what is hidden.
        listed: True for items that were on sale while the log was written, shape ``(items,)``; None
            for all. That nobody has a listed item speaks against it. Of any other it says nothing:
            it counts as an item of median ``I``, and no weight is learned from it.
    """

    vectors: NDArray[np.float32] | sparse.csr_matrix = field(repr=False)
    behaviour: str = "item-knn"
    neighbours: int = 200
    hidden: float = 0.2
    seed: int = 0
    listed: Mask | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.hidden < 1:
            raise InvalidArgument(f"hidden = {self.hidden}; legal: between 0 and 1")
        if self.listed is not None and self.listed.shape != self.vectors.shape[:1]:
            raise InvalidArgument(
                f"listed has shape {self.listed.shape}; legal: {self.vectors.shape[:1]}"
            )

    def fit(self, interactions: Interactions) -> FittedHybrid:
        """Learn the weights on hidden parts, then fit on everything.

        Without a history to hide from, behaviour and content count the same.

        Raises:
            InvalidArgument: there is not one vector an item, or the model is unknown.
        """
        model = create(self.behaviour)
        content = ContentNeighbours(self.vectors, neighbours=self.neighbours).fit(interactions)
        whole = interactions.matrix()
        rest, hidden = _hide(whole, self.hidden, self.seed)
        equal = np.array([1.0, 0, 0, 1.0, 0, 0, 0, 0])
        trial = FittedHybrid(
            self.behaviour, model.fit(_from_matrix(rest)), content, equal, _counts(rest)
        )
        counts = _counts(whole)
        judged = np.ones(len(counts), dtype=np.bool_) if self.listed is None else self.listed
        weights = _learned(trial, rest, hidden, judged | (counts > 0), self.seed)
        unlisted = ~judged & (counts == 0) & content.known
        if unlisted.any() and counts.any():
            counts = np.where(unlisted, int(np.median(counts[counts > 0])), counts)
        weights = equal if weights is None else weights
        return FittedHybrid(self.behaviour, model.fit(interactions), content, weights, counts)


@dataclass(frozen=True)
class FittedHybrid:
    """Both models and the weights.

    Attributes:
        model: the name of the model of behaviour.
        behaviour, content: fitted.
        weights: ``β, γ, δ`` of ``Hybrid``, shape ``(8,)``, float64.
        counts: ``n_i``, how many users each item has or is taken to have, shape ``(items,)``.
    """

    model: str
    behaviour: FittedModel
    content: FittedItemNeighbours
    weights: NDArray[np.float64]
    counts: NDArray[np.int64]

    @property
    def _known(self) -> Mask:
        return self.content.known | (self.counts > 0)

    def shares(self, history: sparse.csr_matrix) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Behaviour and content, as shares of each user's highest score; 0 where one is silent.

        Returns:
            Two of shape ``(users, items)``, float32; a negative score stays negative.
        """
        return (
            _share(self.behaviour.score_users(history)),
            _share(self.content.score_users(history)),
        )

    def gates(self, history: sparse.csr_matrix) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What a share of behaviour and one of content counts, for each user and item.

        Returns:
            Two of shape ``(users, items)``, float32.
        """
        items = np.log1p(self.counts)
        users = np.log1p(np.diff(history.indptr))[:, None]
        w = self.weights
        behaviour = w[0] + w[1] * items + w[2] * users
        content = w[3] + w[4] * items + w[5] * users
        return behaviour.astype(np.float32), content.astype(np.float32)

    def score_users(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        """Score every item for users given by their history.

        Returns:
            Shape ``(users, items)``, float32; NaN where nothing is known: an item with neither
            behaviour nor vector, a user without history.

        Raises:
            InvalidArgument: the history has another number of items.
        """
        check_history(history, len(self.counts))
        behaviour, content = self.shares(history)
        gates = self.gates(history)
        scores = behaviour * gates[0] + content * gates[1] + self._alone()
        return silence(scores, history, self._known)

    def _alone(self) -> NDArray[np.float32]:
        """What an item scores whoever asks, shape ``(items,)``."""
        alone = self.weights[6] * np.log1p(self.counts) + self.weights[7] * (self.counts == 0)
        return np.asarray(alone, dtype=np.float32)

    def recommend(
        self, history: sparse.csr_matrix, k: int, *, exclude_seen: bool, allowed: Mask | None = None
    ) -> list[Hits]:
        """The best items; none for a user without history."""
        check_history(history, len(self.counts))
        return recommend(self.score_users, history, k, exclude_seen=exclude_seen, allowed=allowed)

    def similar_items(self, row: int, k: int, allowed: Mask | None = None) -> Hits:
        """The items that a history of ``row`` alone speaks for; none if nothing is known of it.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the mask does not fit.
        """
        single = history_of(row, len(self.counts))
        check_k(k)
        if not self._known[row]:
            return Hits.empty()
        return self.recommend(single, k, exclude_seen=True, allowed=allowed)[0]

    def explain(self, history: sparse.csr_matrix, row: int, k: int) -> tuple[Rows, Scores]:
        """What each item of the history (one user) adds to the score of ``row``, best first.

        They add up to the score but for what the item scores whoever asks.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the history does not fit.
        """
        check_explained(history, row, k, len(self.counts))
        own = history[0]
        parts = np.zeros(len(self.counts), dtype=np.float64)
        for model, gate in zip((self.behaviour, self.content), self.gates(own), strict=True):
            rows, said = model.explain(own, row, len(self.counts))
            highest_score = np.nanmax(model.score_users(own), initial=0.0)
            if highest_score > 0:
                parts[rows] += said * float(gate[0, row]) / float(highest_score)
        best = top_k(parts[own.indices].astype(np.float32), k, own.indices.astype(np.int64))
        return best.rows, best.scores

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Those of both models behind their part's name, ``model``, ``weights`` and ``counts``."""
        parts = {"behaviour": self.behaviour.arrays(), "content": self.content.arrays()}
        return {
            "model": np.array(self.model),
            "weights": self.weights,
            "counts": self.counts,
            **{f"{part}.{name}": a for part, arrays in parts.items() for name, a in arrays.items()},
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FittedHybrid:
        """The inverse of ``arrays``."""
        model = str(arrays["model"])
        behaviour, content = (
            {n.removeprefix(part): a for n, a in arrays.items() if n.startswith(part)}
            for part in ("behaviour.", "content.")
        )
        return cls(
            model,
            restore(model, behaviour),
            FittedItemNeighbours.from_arrays(content),
            np.asarray(arrays["weights"]),
            np.asarray(arrays["counts"]),
        )


def _counts(matrix: sparse.csr_matrix) -> NDArray[np.int64]:
    """How many users each item has, shape ``(items,)``."""
    counts: NDArray[np.int64] = np.bincount(matrix.indices, minlength=matrix.shape[1])
    return counts


def _share(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    scores = np.nan_to_num(scores, copy=True, nan=0.0)
    most = scores.max(axis=1, initial=0.0, keepdims=True)
    shares: NDArray[np.float32] = np.zeros_like(scores)
    np.divide(scores, most, out=shares, where=most > 0)
    return shares


def _hide(
    matrix: sparse.csr_matrix, part: float, seed: int
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """The histories without a random part of each, and that part; short ones are left whole."""
    draws = np.random.default_rng(seed).random(matrix.nnz)
    long = np.repeat(np.diff(matrix.indptr) >= 2, np.diff(matrix.indptr))
    out = long & (draws < part)
    kept, hidden = matrix.copy(), matrix.copy()
    kept.data[out], hidden.data[~out] = 0, 0
    kept.eliminate_zeros()
    hidden.eliminate_zeros()
    return kept, hidden


def _from_matrix(matrix: sparse.csr_matrix) -> Interactions:
    users, items = matrix.nonzero()
    count = len(users)
    return Interactions(
        users=users.astype(np.int64),
        items=items.astype(np.int64),
        weights=matrix.data,
        times=np.zeros(count),
        baskets=np.full(count, -1, dtype=np.int64),
        n_users=matrix.shape[0],
        n_items=matrix.shape[1],
    )


def _learned(
    trial: FittedHybrid,
    rest: sparse.csr_matrix,
    hidden: sparse.csr_matrix,
    judged: Mask,
    seed: int,
) -> NDArray[np.float64] | None:
    """The weights by which the hidden items stand out among all proposals; None without any."""
    users = np.flatnonzero((np.diff(hidden.indptr) > 0) & (np.diff(rest.indptr) > 0))
    if len(users) > _MOST_USERS:
        users = np.sort(np.random.default_rng(seed).choice(users, _MOST_USERS, replace=False))
    features, labels, counts = [], [], []
    for block in user_blocks(len(users), rest.shape[1]):
        own, wanted = rest[users[block]], hidden[users[block]]
        shares = trial.shares(own)
        for user in range(own.shape[0]):
            proposed = _proposals([share[user] for share in shares], own[user].indices)
            proposed = proposed[judged[proposed]]
            n_i, n_u = np.log1p(trial.counts[proposed]), np.log1p(own[user].nnz)
            said = [share[user, proposed] for share in shares]
            gates = [column for s in said for column in (s, s * n_i, s * n_u)]
            features.append(np.stack([*gates, n_i, n_i == 0, np.ones(len(n_i))], axis=1))
            labels.append(np.isin(proposed, wanted[user].indices))
            # Each user counts the same, however much there is to find.
            counts.append(np.full(len(proposed), 1 / wanted[user].nnz))
    if not labels or not np.concatenate(labels).any():
        return None
    found = logistic(
        np.concatenate(features), np.concatenate(labels).astype(float), np.concatenate(counts)
    )
    # The intercept is the same for all items, and changes no order.
    return found[:-1]


def _proposals(shares: list[NDArray[np.float32]], seen: NDArray[np.int32]) -> NDArray[np.int64]:
    """The best of each model that the user does not have yet."""
    rows = np.arange(len(shares[0]))
    found = []
    for share in shares:
        unseen = share.copy()
        unseen[seen] = 0
        found.append(highest(unseen, _CANDIDATES, rows).rows)
    return np.unique(np.concatenate(found))
