"""Behaviour, content and popularity in one score, each as much as it has proved worth."""

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
)
from semrec.collab.behavioural import create_behavioural, restore_behavioural
from semrec.collab.content import ContentNeighbours
from semrec.collab.gates import DEFAULT, Candidates, Gates, measured
from semrec.collab.hold_out import hidden
from semrec.collab.neighbours import FittedItemNeighbours
from semrec.collab.popularity import FittedPopularity, Popularity
from semrec.collab.protocol import FittedModel, Interactions, part
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Scores

_CANDIDATES = 200
_USERS = 400


@dataclass(frozen=True, eq=False)
class Hybrid:
    """The weighted sum of ``semrec.collab.gates`` over a whole catalog.

    Behaviour and content are shares of a user's highest score, popularity is a share of logarithms.
    The weights are measured: a part of the log is hidden, all three propose from the rest.

    Attributes:
        vectors: of the items, as for ``ContentNeighbours``.
        behaviour: the name of a model in ``semrec.collab.MODELS`` that learns from behaviour alone.
        neighbours: content neighbours of each item.
        seed: of what is hidden.
    """

    vectors: NDArray[np.float32] | sparse.csr_matrix = field(repr=False)
    behaviour: str = "item-knn"
    neighbours: int = 200
    seed: int = 0

    def fit(self, interactions: Interactions) -> FittedHybrid:
        """Learn the weights on what is hidden, then fit on everything.

        Raises:
            InvalidArgument: there is not one vector an item, or the model is unknown.
        """
        content = ContentNeighbours(self.vectors, neighbours=self.neighbours).fit(interactions)
        unseen, asked_for = hidden(interactions, self.seed)
        trial = self._with(part(interactions, ~unseen), content, DEFAULT)
        wanted = part(interactions, asked_for).matrix()
        gates = measured(_proposals(trial, part(interactions, ~unseen).matrix(), wanted, self.seed))
        return self._with(interactions, content, gates)

    def _with(self, log: Interactions, content: FittedItemNeighbours, gates: Gates) -> FittedHybrid:
        return FittedHybrid(
            self.behaviour,
            create_behavioural(self.behaviour).fit(log),
            content,
            Popularity().fit(log),
            gates,
            np.bincount(log.matrix().indices, minlength=log.n_items),
        )


@dataclass(frozen=True)
class FittedHybrid:
    """The three sources and their weights.

    Attributes:
        model: the name of the model of behaviour.
        behaviour, content, popularity: fitted.
        gates: the weights.
        counts: how many users each item has, shape ``(items,)``, int64.
    """

    model: str
    behaviour: FittedModel
    content: FittedItemNeighbours
    popularity: FittedPopularity
    gates: Gates
    counts: NDArray[np.int64]

    def signals(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        """What each of ``SIGNALS`` says of each item to each user, NaN where it is silent.

        Returns:
            Shape ``(3, users, items)``, float32.
        """
        liked = self.popularity.scores
        popular = np.log1p(np.where(liked > 0, liked, np.nan))[None]
        behaviour = _share(self.behaviour.score_users(history))
        content = _share(self.content.score_users(history))
        return np.stack([behaviour, content, np.repeat(_share(popular), len(behaviour), axis=0)])

    def score_users(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        """Score every item for users given by their history; by popularity without one.

        Returns:
            Shape ``(users, items)``, float32; NaN where all three know nothing.

        Raises:
            InvalidArgument: the history has another number of items.
        """
        check_history(history, len(self.counts))
        signals = self.signals(history)
        scores = np.full(history.shape, np.nan, dtype=np.float32)
        for user, count in enumerate(np.diff(history.indptr).tolist()):
            said = signals[:, user]
            known = ~np.isnan(said).all(axis=0)
            weights = np.stack(list(self.gates.of(self.counts, count).values()))
            parts = weights * _completed(said, _proposed(said, history[user].indices))
            scores[user, known] = parts.sum(axis=0)[known]
        return scores

    def recommend(
        self, history: sparse.csr_matrix, k: int, *, exclude_seen: bool, allowed: Mask | None = None
    ) -> list[Hits]:
        """The best items; for a user without history the popular ones."""
        check_history(history, len(self.counts))
        return recommend(self.score_users, history, k, exclude_seen=exclude_seen, allowed=allowed)

    def similar_items(self, row: int, k: int, allowed: Mask | None = None) -> Hits:
        """The items that a history of ``row`` alone speaks for; none if nothing is known of it.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the mask does not fit.
        """
        single = history_of(row, len(self.counts))
        check_k(k)
        if not (self.content.known[row] or self.counts[row]):
            return Hits.empty()
        return self.recommend(single, k, exclude_seen=True, allowed=allowed)[0]

    def explain(self, history: sparse.csr_matrix, row: int, k: int) -> tuple[Rows, Scores]:
        """What each item of the history (one user) adds to the score of ``row``, best first.

        They add up to what behaviour and content give where both know the item; popularity is
        nobody's.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the history does not fit.
        """
        check_explained(history, row, k, len(self.counts))
        own = history[0]
        weights = self.gates.of(self.counts[row : row + 1], own.nnz)
        parts = np.zeros(len(self.counts), dtype=np.float64)
        for model, name in ((self.behaviour, "user"), (self.content, "content")):
            rows, said = model.explain(own, row, len(self.counts))
            most = np.nanmax(model.score_users(own), initial=0.0)
            if most > 0:
                parts[rows] += said * float(weights[name][0]) / float(most)
        best = top_k(parts[own.indices].astype(np.float32), k, own.indices.astype(np.int64))
        return best.rows, best.scores

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Those of the parts, each behind its name, ``model`` and ``counts``."""
        parts = {
            "behaviour": self.behaviour.arrays(),
            "content": self.content.arrays(),
            "popularity": self.popularity.arrays(),
            "gates": self.gates.arrays(),
        }
        return {
            "model": np.array(self.model),
            "counts": self.counts,
            **{f"{name}.{n}": a for name, arrays in parts.items() for n, a in arrays.items()},
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FittedHybrid:
        """The inverse of ``arrays``."""
        model = str(arrays["model"])
        behaviour, content, popularity, gates = (
            {n.removeprefix(name): a for n, a in arrays.items() if n.startswith(name)}
            for name in ("behaviour.", "content.", "popularity.", "gates.")
        )
        return cls(
            model,
            restore_behavioural(model, behaviour),
            FittedItemNeighbours.from_arrays(content),
            FittedPopularity.from_arrays(popularity),
            Gates.from_arrays(gates),
            np.asarray(arrays["counts"]),
        )


def _share(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row as shares of its highest score, at least 0; NaN kept."""
    most = np.nanmax(scores, axis=1, initial=0.0, keepdims=True)
    shares = np.maximum(scores, 0) / np.where(most > 0, most, 1)
    return np.asarray(shares, dtype=np.float32)


def _proposals(
    trial: FittedHybrid, history: sparse.csr_matrix, wanted: sparse.csr_matrix, seed: int
) -> list[Candidates]:
    """What the three sources propose to some users, and what of it they took."""
    users = np.flatnonzero((np.diff(wanted.indptr) > 0) & (np.diff(history.indptr) > 0))
    if len(users) > _USERS:
        users = np.sort(np.random.default_rng(seed).choice(users, _USERS, replace=False))
    found = []
    for user in users:
        own = history[user]
        said = trial.signals(own)[:, 0]
        near = _proposed(said, own.indices)
        taken = np.isin(near, wanted[user].indices)
        signals = _completed(said, near)[:, near]
        found.append(Candidates(signals, trial.counts[near], own.nnz, taken))
    return found


def _proposed(said: NDArray[np.float32], seen: NDArray[np.int32]) -> Rows:
    """The best of each signal that the user does not have yet.

    Args:
        said: shape ``(signals, items)``, NaN where a signal is silent.
        seen: rows of the user's history.
    """
    unseen = np.nan_to_num(said)
    unseen[:, seen] = 0
    rows = np.arange(said.shape[1])
    return np.unique(np.concatenate([highest(each, _CANDIDATES, rows).rows for each in unseen]))


def _completed(said: NDArray[np.float32], near: Rows) -> NDArray[np.float32]:
    """Where a signal is silent on an item, it says what it says of the average proposal."""
    spoken = ~np.isnan(said[:, near])
    total = np.where(spoken, said[:, near], 0).sum(axis=1)
    means = (total / np.maximum(spoken.sum(axis=1), 1)).astype(np.float32)
    return np.where(np.isnan(said), means[:, None], said)
