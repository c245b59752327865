"""A change applied to a shop gives another shop; the old one stays as it is for its readers.

What is known at once: texts, vectors and filters of the items; what people did, in their histories
and in popularity. What waits for compaction: who is whose neighbour, bundles, the shop's words. Of
an item without behaviour these say nothing, which is no dislike.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from semrec.collab.bundles import FittedBundles
from semrec.collab.neighbours import FittedItemNeighbours
from semrec.collab.protocol import latest
from semrec.data import events as behaviour
from semrec.data.catalog import Catalog
from semrec.data.events import Events
from semrec.data.kept import about
from semrec.data.reviews import Reviews
from semrec.fit import DAY, mean_ratings, searchable
from semrec.life.change import Change
from semrec.life.rows import with_items, without_items
from semrec.shop import Shop
from semrec.types import Rows


def applied(shop: Shop, change: Change) -> Shop:
    """The shop after a change.

    Args:
        shop: the fitted shop.
        change: of its items and behaviour.
    """
    changed = _with_items(shop, change) if len(change.items) else shop
    rows = changed.catalog.items.rows(change.deleted)
    changed = _without_items(changed, rows[rows >= 0])
    return _with_events(changed, change.events) if len(change.events) else changed


def _with_items(shop: Shop, change: Change) -> Shop:
    new = Catalog.of(change.items)
    catalog, rows = with_items(shop.catalog, change.items)
    said = shop.reviews.of(new.items) if (rows < len(shop.catalog)).any() else None
    reviews = None if said is None else Reviews(said)
    config = shop.config.lexical
    shop = _grown(shop, len(catalog))
    ratings = shop.ratings.copy()
    ratings[rows] = mean_ratings(new, reviews)
    return replace(
        shop,
        catalog=catalog,
        lexical=shop.lexical.upsert(
            rows, searchable(new, reviews), shop.words.segmenter.terms, config
        ),
        dense=shop.dense.upsert(rows, change.vectors),
        ratings=ratings,
    )


def _without_items(shop: Shop, rows: Rows) -> Shop:
    if not len(rows):
        return shop
    return replace(
        shop,
        catalog=without_items(shop.catalog, rows),
        lexical=shop.lexical.delete(rows),
        dense=shop.dense.delete(rows),
    )


def _grown(shop: Shop, size: int) -> Shop:
    """The same with more items, of which nothing is known."""
    if size == len(shop.catalog):
        return shop
    more = size - len(shop.catalog)
    bundles = shop.bundles
    return replace(
        shop,
        history=_wider(shop.history, size),
        popularity=replace(shop.popularity, scores=np.pad(shop.popularity.scores, (0, more))),
        neighbours=_more_neighbours(shop.neighbours, size),
        bundles=FittedBundles(
            _square(bundles.together, size),
            bundles.support,
            np.pad(bundles.basket_counts, (0, more)),
            np.pad(bundles.user_counts, (0, more)),
            bundles.totals,
        ),
        ratings=np.pad(shop.ratings, (0, more), constant_values=np.nan),
        opinions=None if shop.opinions is None else shop.opinions.grown(size),
    )


def _more_neighbours(old: FittedItemNeighbours, size: int) -> FittedItemNeighbours:
    known = np.pad(old.known, (0, size - len(old.known)))
    new = FittedItemNeighbours(_square(old.alike, size), known)
    if "_influence" in old.__dict__:  # turning the neighbours of a million items takes seconds
        new.__dict__["_influence"] = _square(old.__dict__["_influence"], size)
    return new


def _with_events(shop: Shop, events: pd.DataFrame) -> Shop:
    """What people did since: older events fade against the newest one, as in a fresh build.

    A single event far ahead of all others is not followed further than a half-life.

    An exact copy of an event that the shop has already counts twice until compaction.
    """
    config, items = shop.config, shop.catalog.items
    found, people = behaviour.interactions(
        Events(about(events, items)), items, config.events, config.collab.bundle_window_days
    )
    kept = shop.events.and_then(events)
    if not len(found.times):
        return replace(shop, events=kept)
    before = [shop.newest] if shop.history.nnz else []
    newest = max(shop.newest, latest(np.append(found.times, before), config.events.half_life_days))
    half_life = config.events.half_life_days * DAY
    fade = np.float32(np.exp2((shop.newest - newest) / half_life)) if shop.history.nnz else 1
    users, rows = shop.users.extended(people.ids)
    weights = (found.weights * np.exp2(np.minimum(found.times - newest, 0) / half_life)).astype(
        np.float32
    )
    shape = (len(users), len(items))
    more = sparse.csr_matrix((weights, (rows[found.users], found.items)), shape=shape)
    # An index of an older version did not tell its half-life; it was always that of the settings.
    popular = replace(shop.popularity, half_life_days=config.events.half_life_days)
    return replace(
        shop,
        users=users,
        history=_longer(shop.history, len(users)) * fade + more,
        popularity=popular.and_then(found, shop.newest, newest),
        events=kept,
        newest=newest,
        visits=shop.visits.and_then(rows[found.users], found.items, found.times, newest),
    )


def _square(matrix: sparse.csr_matrix, size: int) -> sparse.csr_matrix:
    """The same entries among more items."""
    return _wider(_longer(matrix, size), size)


def _wider(matrix: sparse.csr_matrix, columns: int) -> sparse.csr_matrix:
    """The same entries with more columns; nothing is copied."""
    parts = (matrix.data, matrix.indices, matrix.indptr)
    return sparse.csr_matrix(parts, shape=(matrix.shape[0], columns))


def _longer(matrix: sparse.csr_matrix, rows: int) -> sparse.csr_matrix:
    """The same entries with more rows, which are empty."""
    more = rows - matrix.shape[0]
    indptr = np.pad(matrix.indptr, (0, more), mode="edge")
    return sparse.csr_matrix((matrix.data, matrix.indices, indptr), shape=(rows, matrix.shape[1]))
