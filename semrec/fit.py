"""Checked tables and item vectors become a fitted shop; at the first build and at compaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from semrec.behaviour.visits import OpenVisits
from semrec.collab.bundles import Bundles
from semrec.collab.contexts import Contexts
from semrec.collab.gates import DEFAULT
from semrec.collab.neighbours import ItemNeighbours
from semrec.collab.popularity import Popularity
from semrec.collab.protocol import Interactions
from semrec.config import Config
from semrec.data import events as behaviour
from semrec.data.catalog import Catalog
from semrec.data.events import Events
from semrec.data.ids import IdMap
from semrec.data.kept import Kept
from semrec.data.reviews import Reviews
from semrec.embed.centre import Centre
from semrec.embed.student import StudentEncoder
from semrec.index.dense import DenseIndex
from semrec.index.lexical import LexicalIndex
from semrec.legs import Choice
from semrec.rank.measure import measured_gates
from semrec.shop import Shop
from semrec.text.lexicon import Lexicon
from semrec.text.reviews.profile import AspectProfile
from semrec.text.shop_words import ShopWords

DAY = 86_400.0
"""Seconds."""


@dataclass(frozen=True)
class Embedded:
    """The items' vectors, and who makes vectors here; see :class:`Shop` for the attributes."""

    dense: DenseIndex
    encoder: Mapping[str, str]
    student: StudentEncoder | None
    centre: Centre | None
    choice: Choice


def fit(
    config: Config,
    items: Catalog,
    embedded: Embedded,
    events: Kept,
    reviews: Kept,
    own: Lexicon | None = None,
) -> Shop:
    """Fit all that a shop learns from its tables.

    Args:
        config: the settings.
        items: the catalog, no row of it deleted.
        embedded: vectors of the items, in their order.
        events, reviews: checked rows about these items.
        own: words that the shop wrote itself.
    """
    log, said = events.read(), reviews.read()
    opinions = None if said is None else Reviews(said)
    interactions, users = _no_behaviour(len(items))
    if log is not None and len(log):
        interactions, users = behaviour.interactions(
            Events(log), items.items, config.events, config.collab.bundle_window_days
        )
    queries = [] if log is None else log["query"].dropna().tolist()
    words = ShopWords.build(items, queries, own)
    terms = words.segmenter.terms
    neighbours = ItemNeighbours(config.collab.neighbours, config.collab.shrinkage)
    newest = interactions.newest(config.events.half_life_days)
    shop = Shop(
        config=config,
        catalog=items,
        users=users,
        history=interactions.faded(config.events.half_life_days).matrix(),
        lexical=LexicalIndex.build(searchable(items, opinions), terms, config.lexical),
        dense=embedded.dense,
        popularity=Popularity(config.events.half_life_days).fit(interactions),
        contexts=Contexts(half_life_days=config.events.half_life_days).fit(interactions),
        neighbours=neighbours.fit(interactions),
        bundles=Bundles(config.collab.shrinkage).fit(interactions),
        encoder=embedded.encoder,
        student=embedded.student,
        centre=embedded.centre,
        choice=embedded.choice,
        words=words,
        ratings=mean_ratings(items, opinions),
        opinions=_aspects(items, opinions, config.reviews.read_again),
        events=events,
        reviews=reviews,
        newest=newest,
        gates=DEFAULT,
        visits=OpenVisits.at(interactions.users, interactions.items, interactions.times, newest),
    )
    return replace(shop, gates=measured_gates(shop, interactions))


def searchable(items: Catalog, reviews: Reviews | None) -> dict[str, Sequence[str]]:
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


def mean_ratings(items: Catalog, reviews: Reviews | None) -> NDArray[np.float32]:
    """Mean rating of each item, NaN where there is none, shape ``(items,)``."""
    if reviews is None:
        return np.full(len(items.items), np.nan, dtype=np.float32)
    means = reviews.frame.groupby("item_id")["rating"].mean()
    ratings: NDArray[np.float32] = means.reindex(items.items.ids).to_numpy(dtype=np.float32)
    return ratings


def _aspects(items: Catalog, reviews: Reviews | None, read_again: int) -> AspectProfile | None:
    if reviews is None or not len(reviews.frame):
        return None
    rows = items.items.rows(reviews.frame["item_id"])
    about = rows >= 0
    return AspectProfile.build(rows[about], reviews.frame[about], len(items), read_again)


def _no_behaviour(n_items: int) -> tuple[Interactions, IdMap]:
    none = np.empty(0)
    rows = none.astype(np.int64)
    weights = none.astype(np.float32)
    return Interactions(rows, rows, weights, none, rows, 0, n_items), IdMap([])
