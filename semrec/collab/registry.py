"""Models by name: unfitted ones to create, fitted ones to restore from saved arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray

from semrec.collab.behavioural import BEHAVIOURAL, FITTED_BEHAVIOURAL, named
from semrec.collab.content import ContentNeighbours
from semrec.collab.hybrid import FittedHybrid, Hybrid
from semrec.collab.neighbours import FittedItemNeighbours
from semrec.collab.next_basket import FittedNextBasket, NextBasket
from semrec.collab.protocol import FittedModel, Model
from semrec.errors import InvalidArgument

WITH_VECTORS = ("content", "hybrid")
"""Models that need ``vectors``, one an item."""
WITH_BASKETS = ("next-basket",)
"""Models that learn from the baskets of a log with times."""

MODELS: dict[str, Callable[..., Model]] = {
    **BEHAVIOURAL,
    "content": ContentNeighbours,
    "hybrid": Hybrid,
    "next-basket": NextBasket,
}
FITTED: dict[str, Callable[[Mapping[str, NDArray[Any]]], FittedModel]] = {
    **FITTED_BEHAVIOURAL,
    "content": FittedItemNeighbours.from_arrays,
    "hybrid": FittedHybrid.from_arrays,
    "next-basket": FittedNextBasket.from_arrays,
}


def create(name: str, **settings: Any) -> Model:
    """The unfitted model of that name, with its default settings but for those given.

    Raises:
        InvalidArgument: there is no such model, a setting is unknown or out of range, or the model
            needs ``vectors`` and gets none.
    """
    factory = named(MODELS, name)
    if name in WITH_VECTORS and settings.get("vectors") is None:
        raise InvalidArgument(
            f"model {name!r} needs a vector of each item; legal: vectors=… or, where a catalog can "
            "be given, the catalog"
        )
    try:
        return factory(**settings)
    except TypeError as error:
        raise InvalidArgument(f"model {name!r}: {error}") from None


def restore(name: str, arrays: Mapping[str, NDArray[Any]]) -> FittedModel:
    """The fitted model of that name, from what its ``arrays()`` gave.

    Raises:
        InvalidArgument: there is no such model.
    """
    return named(FITTED, name)(arrays)
