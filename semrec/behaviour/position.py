"""Position bias: how likely a place in a list is looked at, and what a click there is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.data.events import Events
from semrec.errors import DataError, InvalidArgument

_TINY = 1e-6


@dataclass(frozen=True)
class Propensities:
    """The chance that a position is looked at, relative to the first.

    Attributes:
        examined: entry ``p - 1`` is that of position ``p``, the first is 1; shape
            ``(positions,)``, float64. Positions beyond are taken for as good as the last.
    """

    examined: NDArray[np.float64]

    def weights(self, positions: NDArray[np.float64], least: float = 0.2) -> NDArray[np.float64]:
        """What a click counts: ``1 / max(examined, least)`` (inverse propensity scoring).

        The floor keeps a few clicks far down from ruling everything (clipping, Joachims et al.
        2017, "Unbiased learning-to-rank with biased feedback").

        Args:
            positions: from 1; NaN or 0 where the place is not known, which counts 1. Shape
                ``(events,)``.
            least: the floor, above 0 and at most 1.

        Returns:
            Shape ``(events,)``, at least 1 where the estimate falls with the position.

        Raises:
            InvalidArgument: the floor is out of range.
        """
        if not 0 < least <= 1:
            raise InvalidArgument(f"least = {least}; legal: above 0, at most 1")
        known = np.nan_to_num(positions) >= 1
        weights = np.ones(len(positions))
        places = np.minimum(positions[known].astype(np.int64), len(self.examined)) - 1
        weights[known] = 1 / np.maximum(self.examined[places], least)
        return weights

    @classmethod
    def power_law(cls, steepness: float = 1.0, positions: int = 20) -> Propensities:
        """``1 / p^steepness``, the usual guess for a log without impressions (Joachims et al.)."""
        if not steepness >= 0 or positions < 1:
            raise InvalidArgument(
                f"steepness = {steepness}, positions = {positions}; legal: 0 or more, 1 or more"
            )
        return cls(np.arange(1, positions + 1, dtype=np.float64) ** np.float64(-steepness))


def impressions(events: Events, shown: str = "view") -> pd.DataFrame:
    """What was shown where, and whether it was clicked.

    An impression is an event of the type ``shown`` with a position and a query; any other event of
    the same user, query id and item is its click.

    Returns:
        Columns ``query, item_id`` (str), ``position`` (int64, from 1), ``clicked`` (bool).

    Raises:
        DataError: the log holds no impression; the message says what one looks like.
    """
    frame = events.frame
    placed = frame[(frame["position"] >= 1) & (frame["query_id"] != "")]
    seen = placed[placed["event_type"] == shown]
    if seen.empty:
        raise DataError(
            f"events hold no impression: no {shown!r} with a position and a query_id; legal: every "
            "shown result as one such row, clicked or not; else Propensities.power_law()"
        )
    keys = ["user_id", "query_id", "item_id"]
    acted = frame[(frame["query_id"] != "") & (frame["event_type"] != shown)][keys]
    found = seen.merge(acted.drop_duplicates().assign(clicked=True), on=keys, how="left")
    query = found["query"].where(found["query"] != "", found["query_id"])
    return pd.DataFrame(
        {
            "query": query,
            "item_id": found["item_id"],
            "position": found["position"].astype("int64"),
            "clicked": found["clicked"].notna(),
        }
    )


def estimate(shown: pd.DataFrame, positions: int = 20, rounds: int = 100) -> Propensities:
    """The position-based model by expectation maximisation (Wang et al. 2018, "Position bias
    estimation for unbiased learning to rank in personal search").

    A click needs a look and a liking, ``P(click) = θ_p γ_qi``. Given both, of an impression that
    was not clicked the chance to have been looked at is ``θ (1 - γ) / (1 - θ γ)`` and to have been
    liked ``γ (1 - θ) / (1 - θ γ)``; the new ``θ`` and ``γ`` are the means of these. Where the
    paper regresses ``γ`` on features, a query and item of few impressions lean on the mean of their
    item, and an item on the mean of all, by one impression each.

    Identified only where items change their places: a list that always stands still tells
    nothing, and the estimate then lies between the truth and the plain rates of clicks.

    Args:
        shown: columns ``query, item_id, position, clicked``, as :func:`impressions` gives them.
        positions: how many positions are told apart; those beyond count as the last.
        rounds: steps of the algorithm.

    Raises:
        DataError: there is no impression, or none was clicked.
        InvalidArgument: ``positions`` or ``rounds`` is below 1.
    """
    if positions < 1 or rounds < 1:
        raise InvalidArgument(f"positions = {positions}, rounds = {rounds}; legal: 1 or more")
    clicked = shown["clicked"].to_numpy(dtype=bool)
    if not clicked.any():
        raise DataError(f"none of {len(shown)} impressions was clicked; no position can be judged")
    place = np.minimum(shown["position"].to_numpy(dtype=np.int64), positions) - 1
    pair = shown.groupby(["query", "item_id"], sort=False).ngroup().to_numpy()
    item = pd.factorize(shown["item_id"])[0]
    item_of_pair = np.zeros(pair.max() + 1, dtype=np.int64)
    item_of_pair[pair] = item
    examined = np.full(place.max() + 1, 0.5)
    liked = np.full(len(item_of_pair), clicked.mean())
    for _ in range(rounds):
        look, like = examined[place], liked[pair]
        missed = np.maximum(1 - look * like, _TINY)
        looked = np.where(clicked, 1.0, look * (1 - like) / missed)
        wanted = np.where(clicked, 1.0, like * (1 - look) / missed)
        examined = _means(place, looked, np.full(len(examined), looked.mean()))
        by_item = _means(item, wanted, np.full(item.max() + 1, wanted.mean()))
        liked = _means(pair, wanted, by_item[item_of_pair])
    return Propensities(examined / max(examined[0], _TINY))


def _means(
    groups: NDArray[np.int64], values: NDArray[np.float64], prior: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The mean of each group, with one value of the prior added."""
    counts = np.bincount(groups, minlength=len(prior))
    means: NDArray[np.float64] = (np.bincount(groups, values, len(prior)) + prior) / (counts + 1)
    return means
