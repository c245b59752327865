"""The next basket: what a person buys again, and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab.base import (
    check_explained,
    check_history,
    csr_arrays,
    csr_from,
    recommend,
)
from semrec.collab.linear import silence
from semrec.collab.neighbours import FittedItemNeighbours, ItemNeighbours
from semrec.collab.protocol import Interactions, part
from semrec.errors import InvalidArgument
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Scores


@dataclass(frozen=True)
class NextBasket:
    """Personal frequency that fades, and item neighbours (after TIFU-KNN, Hu et al. 2020, "Modeling
    personalized item frequency information for next-basket recommendation", with items instead of
    users as neighbours).

    Of a user's baskets ``1 … n``, newest last, the habit is ``h_i = Σ_t fading^(n-t) [i in t]``;
    with ``s`` for the scores of ``ItemNeighbours`` for ``h``, both as shares of their highest::

        score_i = habit · h_i / max h + (1 - habit) · s_i / max s

    Attributes:
        fading: what a basket counts against the one after it.
        habit: weight of what was bought before.
        neighbours, shrinkage: of ``ItemNeighbours``.
    """

    fading: float = 0.8
    habit: float = 0.7
    neighbours: int = 200
    shrinkage: float = 3.0

    def __post_init__(self) -> None:
        for name in ("fading", "habit"):
            if not 0 <= getattr(self, name) <= 1:
                raise InvalidArgument(f"{name} = {getattr(self, name)}; legal: 0 to 1")

    def fit(self, interactions: Interactions) -> FittedNextBasket:
        """Learn the habits of each user, and the neighbours of each item.

        Only events in baskets count; of a log without baskets nothing is known.
        """
        inside = interactions.baskets >= 0
        bought = part(interactions, inside)
        together = ItemNeighbours(self.neighbours, self.shrinkage).fit(bought)
        return FittedNextBasket(self._habits(bought), together, np.array([self.habit]))

    def _habits(self, bought: Interactions) -> sparse.csr_matrix:
        table = pd.DataFrame(
            {"user": bought.users, "basket": bought.baskets, "item": bought.items}
        ).drop_duplicates()
        start = pd.Series(bought.times).groupby(bought.baskets).min()
        baskets = table[["user", "basket"]].drop_duplicates()
        baskets = baskets.assign(start=baskets["basket"].map(start))
        newest_first = baskets.sort_values(["user", "start", "basket"], ascending=False)
        age = newest_first.groupby("user").cumcount()
        ages = pd.Series(age.to_numpy(), index=newest_first["basket"].to_numpy())
        weights = np.float64(self.fading) ** table["basket"].map(ages).to_numpy(dtype=np.float64)
        return sparse.csr_matrix(
            (weights, (table["user"].to_numpy(), table["item"].to_numpy())),
            shape=(bought.n_users, bought.n_items),
            dtype=np.float32,
        )


@dataclass(frozen=True)
class FittedNextBasket:
    """Habits and item neighbours; a history is one of habits, as ``habits`` holds them.

    Attributes:
        habits: ``h`` of each user, users × items, float32.
        together: the item neighbours, of purchases.
        settings: the weight of the habit, float64.
    """

    habits: sparse.csr_matrix
    together: FittedItemNeighbours
    settings: NDArray[np.float64]

    def _parts(self, history: sparse.csr_matrix) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The two parts of the score; 0 where one is silent."""
        habit = np.float32(self.settings[0])
        related = np.nan_to_num(self.together.score_users(history))
        return habit * _share(history.toarray()), (1 - habit) * _share(related)

    def score_users(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        """Score every item for users given by their habits.

        Returns:
            Shape ``(users, items)``, float32; NaN where nothing is known: an item nobody bought, a
            user who bought nothing.

        Raises:
            InvalidArgument: the history has another number of items.
        """
        check_history(history, len(self.together.known))
        own, related = self._parts(history.astype(np.float32))
        return silence(own + related, history, self.together.known)

    def recommend(
        self,
        history: sparse.csr_matrix,
        k: int,
        *,
        exclude_seen: bool = False,
        allowed: Mask | None = None,
    ) -> list[Hits]:
        """What each user may buy next, known things too unless ``exclude_seen``."""
        check_history(history, len(self.together.known))
        return recommend(self._related, history, k, exclude_seen=exclude_seen, allowed=allowed)

    def _related(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        scores = self.score_users(history)
        scores[scores <= 0] = np.nan
        return scores

    def similar_items(self, row: int, k: int, allowed: Mask | None = None) -> Hits:
        """The item neighbours of highest likeness.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the mask does not fit.
        """
        return self.together.similar_items(row, k, allowed)

    def explain(self, history: sparse.csr_matrix, row: int, k: int) -> tuple[Rows, Scores]:
        """What each item of the habits (one user) adds to the score of ``row``, best first.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the history does not fit.
        """
        n_items = len(self.together.known)
        check_explained(history, row, k, n_items)
        own, related = self._parts(history[0].astype(np.float32))
        rows, said = self.together.explain(history[0], row, n_items)
        parts = np.zeros(n_items, dtype=np.float32)
        if said.sum() > 0:
            parts[rows] = said * (related[0, row] / said.sum())
        parts[row] += own[0, row]
        parts[parts <= 0] = np.nan
        best = top_k(parts, k)
        return best.rows, best.scores

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """The arrays of the habits, those of the neighbours behind ``together.``, the settings."""
        together = self.together.arrays()
        return {
            **csr_arrays(self.habits),
            **{f"together.{name}": array for name, array in together.items()},
            "settings": self.settings,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FittedNextBasket:
        """The inverse of ``arrays``."""
        part = "together."
        own = {n.removeprefix(part): a for n, a in arrays.items() if n.startswith(part)}
        together = FittedItemNeighbours.from_arrays(own)
        habits = csr_from(arrays, len(together.known))
        return cls(habits, together, np.asarray(arrays["settings"]))


def _share(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    most = scores.max(axis=1, initial=0.0, keepdims=True)
    shares: NDArray[np.float32] = np.zeros_like(scores)
    np.divide(scores, most, out=shares, where=most > 0)
    return shares
