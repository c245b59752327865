"""A shop's files become a fitted shop, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.collab.bundles import Bundles
from semrec.collab.neighbours import ItemNeighbours
from semrec.collab.popularity import Popularity
from semrec.collab.protocol import Interactions
from semrec.config import Config
from semrec.data import events as behaviour
from semrec.data import importers
from semrec.data import reviews as opinions
from semrec.data.catalog import Catalog
from semrec.data.ids import IdMap
from semrec.data.rejects import Rejects
from semrec.data.reviews import Reviews
from semrec.embed.protocol import Encoder
from semrec.index.dense import DenseIndex
from semrec.index.lexical import LexicalIndex
from semrec.shop import Shop
from semrec.text.segment import Segmenter

Table: TypeAlias = str | Path | pd.DataFrame
_DAY = 86_400.0


@dataclass(frozen=True)
class Tables:
    """What a shop hands over."""

    catalog: Table
    events: Table | None = None
    reviews: Table | None = None
    catalog_format: str = "auto"
    events_format: str = "auto"


def build(tables: Tables, config: Config, encoder: Encoder) -> tuple[Shop, Rejects]:
    """Read, clean, fit and index.

    Raises:
        DataError: a file is missing, empty, binary, without a required column or a valid row.
        ModelNotFound: the encoder cannot be loaded.
    """
    columns = config.columns
    items, rejects = importers.load_catalog(tables.catalog, columns.catalog, tables.catalog_format)
    interactions, users = _no_behaviour(len(items.items))
    if tables.events is not None:
        log, more = importers.load_events(
            tables.events, items.items, config.events, columns.events, tables.events_format
        )
        rejects += more
        if not len(log):
            rejects.note("events: no row is usable; the index knows no behaviour")
        interactions, users = behaviour.interactions(
            log, items.items, config.events, config.collab.bundle_window_days
        )
    said = None
    if tables.reviews is not None:
        said, more = opinions.load(tables.reviews, items.items, columns.reviews)
        rejects += more

    popularity = Popularity(config.events.half_life_days).fit(interactions)
    neighbours = ItemNeighbours(config.collab.neighbours, config.collab.shrinkage).fit(interactions)
    shop = Shop(
        config=config,
        catalog=items,
        users=users,
        history=_faded(interactions, config.events.half_life_days).matrix(),
        lexical=LexicalIndex.build(_fields(items, said), Segmenter().terms, config.lexical),
        dense=DenseIndex.build(encoder.encode_items(items.texts("title"))),
        popularity=popularity,
        neighbours=neighbours,
        bundles=Bundles(config.collab.shrinkage).fit(interactions),
        encoder={"name": encoder.name, "fingerprint": encoder.fingerprint},
        ratings=_mean_ratings(items, said),
    )
    return shop, rejects


def _no_behaviour(n_items: int) -> tuple[Interactions, IdMap]:
    none = np.empty(0)
    rows = none.astype(np.int64)
    weights = none.astype(np.float32)
    return Interactions(rows, rows, weights, none, rows, 0, n_items), IdMap([])


def _faded(interactions: Interactions, half_life_days: float) -> Interactions:
    """The same events, older ones with less weight: half after each half-life."""
    times = interactions.times
    age = (times.max(initial=0.0) - times) / _DAY
    weights = interactions.weights * np.exp2(-age / half_life_days)
    return Interactions(
        interactions.users,
        interactions.items,
        weights.astype(np.float32),
        times,
        interactions.baskets,
        interactions.n_users,
        interactions.n_items,
    )


def _fields(items: Catalog, reviews: Reviews | None) -> dict[str, Sequence[str]]:
    """The searchable texts of each item, by field."""
    fields: dict[str, Sequence[str]] = {
        name: items.texts(name) for name in ("title", "brand", "category", "description")
    }
    fields["attributes"] = [
        " ".join(items.attributes_of(row).values()) for row in range(len(items.items))
    ]
    fields["reviews"] = [""] * len(items.items)
    if reviews is not None:
        texts = reviews.frame.groupby("item_id", sort=False)["text"].agg(" ".join)
        fields["reviews"] = [str(texts.get(item, "")) for item in items.items.ids]
    return fields


def _mean_ratings(items: Catalog, reviews: Reviews | None) -> NDArray[np.float32]:
    if reviews is None:
        return np.full(len(items.items), np.nan, dtype=np.float32)
    means = reviews.frame.groupby("item_id")["rating"].mean()
    ratings: NDArray[np.float32] = means.reindex(items.items.ids).to_numpy(dtype=np.float32)
    return ratings
