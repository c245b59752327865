"""What is known of the items, for everything beyond accuracy: titles, categories, popularity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.errors import InvalidArgument
from semrec.shop import Shop


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """A catalog as an evaluation sees it; whatever is absent leaves out the figures that need it.

    Attributes:
        items: ids, in the order of all else here.
        titles: of each item.
        categories: of each item, "" if unknown.
        users_of_item: users who dealt with each item in training, shape ``(items,)``, int64.
        n_users: users in training.
        vectors: embeddings of unit norm, shape ``(items, dim)``, float32.
    """

    items: Sequence[str]
    titles: Sequence[str] | None = None
    categories: Sequence[str] | None = None
    users_of_item: NDArray[np.int64] | None = None
    n_users: int = 0
    vectors: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        for name in ("titles", "categories", "users_of_item", "vectors"):
            values = getattr(self, name)
            if values is not None and len(values) != len(self.items):
                raise InvalidArgument(
                    f"{len(values)} {name}; legal: one of each, {len(self.items)}"
                )

    @classmethod
    def of_shop(cls, shop: Shop) -> Background:
        """Everything that a built index knows; ``engine.shop`` is one."""
        users = np.asarray((shop.history > 0).sum(axis=0)).ravel().astype(np.int64)
        return cls(
            items=list(shop.catalog.items.ids),
            titles=list(shop.catalog.texts("title")),
            categories=list(shop.catalog.texts("category")),
            users_of_item=users if len(shop.users) else None,
            n_users=len(shop.users),
            vectors=np.asarray(shop.dense.vectors),
        )

    @classmethod
    def of_log(cls, train: pd.DataFrame, items: Sequence[str] | None = None) -> Background:
        """What a training log with ``user_id, item_id`` tells; ``items`` may add unseen ones."""
        users = train.groupby("item_id")["user_id"].nunique()
        ids = list(dict.fromkeys([*(items or ()), *users.index]))
        counts = users.reindex(ids, fill_value=0).to_numpy(dtype=np.int64)
        return cls(items=ids, users_of_item=counts, n_users=train["user_id"].nunique())
