"""The models that learn from behaviour alone, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from numpy.typing import NDArray

from semrec.collab.als import Als, FittedAls
from semrec.collab.bpr import Bpr, FittedBpr
from semrec.collab.bspm import BlurringSharpening
from semrec.collab.ease import Ease, FittedEase
from semrec.collab.filters import FittedFilter
from semrec.collab.gfcf import GraphFilter
from semrec.collab.neighbours import FittedItemNeighbours, ItemNeighbours
from semrec.collab.popularity import FittedPopularity, Popularity
from semrec.collab.protocol import FittedModel, Model
from semrec.collab.ridge_filter import RidgeFilter
from semrec.collab.trending import Trending
from semrec.collab.user_neighbours import FittedUserNeighbours, UserNeighbours
from semrec.errors import InvalidArgument, legal, shorten

T = TypeVar("T")

BEHAVIOURAL: dict[str, Callable[..., Model]] = {
    "popularity": Popularity,
    "trending": Trending,
    "item-knn": ItemNeighbours,
    "user-knn": UserNeighbours,
    "ease": Ease,
    "gf-cf": GraphFilter,
    "bspm": BlurringSharpening,
    "ridge-filter": RidgeFilter,
    "als": Als,
    "bpr": Bpr,
}
FITTED_BEHAVIOURAL: dict[str, Callable[[Mapping[str, NDArray[Any]]], FittedModel]] = {
    "popularity": FittedPopularity.from_arrays,
    "trending": FittedPopularity.from_arrays,
    "item-knn": FittedItemNeighbours.from_arrays,
    "user-knn": FittedUserNeighbours.from_arrays,
    "ease": FittedEase.from_arrays,
    "gf-cf": FittedFilter.from_arrays,
    "bspm": FittedFilter.from_arrays,
    "ridge-filter": FittedFilter.from_arrays,
    "als": FittedAls.from_arrays,
    "bpr": FittedBpr.from_arrays,
}


def create_behavioural(name: str) -> Model:
    """The unfitted model of that name, with its default settings.

    Raises:
        InvalidArgument: there is no such model.
    """
    return named(BEHAVIOURAL, name)()


def restore_behavioural(name: str, arrays: Mapping[str, NDArray[Any]]) -> FittedModel:
    """The fitted model of that name, from what its ``arrays()`` gave.

    Raises:
        InvalidArgument: there is no such model.
    """
    return named(FITTED_BEHAVIOURAL, name)(arrays)


def named(registry: Mapping[str, T], name: str) -> T:
    """The entry of that name.

    Raises:
        InvalidArgument: there is none; the message lists the legal ones.
    """
    if name not in registry:
        raise InvalidArgument(f"unknown model {shorten(name)}; legal: {legal(registry, name)}")
    return registry[name]
