"""The contract of all models of behaviour. Unfitted and fitted are two types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.errors import InvalidArgument
from semrec.types import Hits, Mask, Rows, Scores

_DAY = 86_400.0
_AHEAD = 0.001
"""Share of events whose clocks may run ahead."""


@dataclass(frozen=True)
class Interactions:
    """What users did, in row numbers.

    Attributes:
        users: row of the user of each event, shape ``(events,)``, int64.
        items: row of the item of each event, shape ``(events,)``, int64.
        weights: weight of each event by its type, shape ``(events,)``, float32, not negative.
        times: seconds since 1970 of each event, shape ``(events,)``, float64; all zero if unknown.
        baskets: a number per event, equal for events bought together, -1 for the others.
        n_users, n_items: size of the two sides.

    Raises:
        InvalidArgument: a weight is negative or no number, a time is no number, a row is out of
            range, or there is not one of each for every event.
    """

    users: NDArray[np.int64]
    items: NDArray[np.int64]
    weights: NDArray[np.float32]
    times: NDArray[np.float64]
    baskets: NDArray[np.int64]
    n_users: int
    n_items: int

    def __post_init__(self) -> None:
        each = (self.users, self.items, self.weights, self.times, self.baskets)
        sizes = [len(values) for values in each]
        if len(set(sizes)) > 1:
            raise InvalidArgument(f"interactions of {sizes} values; legal: one of each an event")
        wrong = ~(np.isfinite(self.weights) & (self.weights >= 0))
        if wrong.any():
            value = self.weights[wrong][0]
            raise InvalidArgument(f"an event of weight {value}; legal: 0 or more, finite")
        if not np.isfinite(self.times).all():
            raise InvalidArgument("an event without time; legal: seconds since 1970, or 0 for all")
        for rows, count, name in (
            (self.users, self.n_users, "user"),
            (self.items, self.n_items, "item"),
        ):
            if len(rows) and not 0 <= rows.min() <= rows.max() < count:
                raise InvalidArgument(
                    f"{name} rows {rows.min()} to {rows.max()}; legal: 0 to {count - 1}"
                )

    def matrix(self) -> sparse.csr_matrix:
        """Users × items; entry = sum of the weights of the pair's events, float32."""
        shape = (self.n_users, self.n_items)
        return sparse.csr_matrix((self.weights, (self.users, self.items)), shape=shape)

    def newest(self, beyond_days: float) -> float:
        """Time from which ages count; see :func:`latest`."""
        return latest(self.times, beyond_days)

    def ages(self, beyond_days: float) -> NDArray[np.float64]:
        """Days before :meth:`newest`, 0 for what is later, shape ``(events,)``."""
        return np.asarray(np.maximum(self.newest(beyond_days) - self.times, 0.0) / _DAY)

    def faded(self, half_life_days: float) -> Interactions:
        """The same events, older ones with less weight: half after each half-life."""
        ages = self.ages(half_life_days)
        weights = self.weights * np.exp2(-ages / half_life_days)
        return replace(self, weights=weights.astype(np.float32))


def part(log: Interactions, keep: NDArray[np.bool_]) -> Interactions:
    """Some of the events, of the same users and items.

    Args:
        log: what users did.
        keep: True for the events that stay, shape ``(events,)``.
    """
    return replace(
        log,
        users=log.users[keep],
        items=log.items[keep],
        weights=log.weights[keep],
        times=log.times[keep],
        baskets=log.baskets[keep],
    )


@runtime_checkable
class FittedModel(Protocol):
    """A fitted model; answers for users by their history, in row numbers."""

    def score_users(self, history: sparse.csr_matrix) -> NDArray[np.float32]:
        """Score every item for users given by their history.

        Args:
            history: shape ``(users, items)``; a model may also answer for users it never saw.

        Returns:
            Shape ``(users, items)``, float32; NaN where the model knows nothing.

        Raises:
            InvalidArgument: the history has another number of items.
        """

    def recommend(
        self, history: sparse.csr_matrix, k: int, *, exclude_seen: bool, allowed: Mask | None = None
    ) -> list[Hits]:
        """The best ``k`` items for each user, one ``Hits`` a user; equal scores by row number.

        Fewer than ``k`` where the model knows fewer; none where it knows nothing of the user.

        Raises:
            InvalidArgument: ``k`` is negative, or the history or the mask does not fit.
        """

    def similar_items(self, row: int, k: int, allowed: Mask | None = None) -> Hits:
        """The items most like one item, by behaviour; never the item itself.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the mask does not fit.
        """

    def explain(self, history: sparse.csr_matrix, row: int, k: int) -> tuple[Rows, Scores]:
        """Which items of a user's history (one row matrix) speak most for the item ``row``.

        Returns:
            At most ``k`` items of the history, and what each adds to the score, best first.

        Raises:
            InvalidArgument: ``row`` or ``k`` is out of range, or the history does not fit.
        """

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All that must be saved, as named arrays; the class's ``from_arrays`` takes it back."""


class Model(Protocol):
    """An unfitted model: its settings."""

    def fit(self, interactions: Interactions) -> FittedModel:
        """Learn from behaviour; leaves ``self`` unchanged."""


def latest(times: NDArray[np.float64], beyond_days: float) -> float:
    """The time of the newest event; 0 of an empty log.

    A thousandth of the events, at least one, may be of clocks that run ahead. They are not followed
    far beyond the others, or all that happened would look years old.

    Args:
        times: of the events, seconds since 1970, shape ``(events,)``.
        beyond_days: how far at most.
    """
    if len(times) < 2:
        return float(times.max(initial=0.0))
    place = max(int(len(times) * (1 - _AHEAD)) - 1, 0)
    others = float(np.partition(times, place)[place])
    return min(float(times.max()), others + beyond_days * _DAY)
