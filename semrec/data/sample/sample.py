"""The sample shop, put together: files as a shop would hand them over, and what was planted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.data.sample.bundles import partners, plan_bundles
from semrec.data.sample.catalog import make_catalog
from semrec.data.sample.demand import Demand
from semrec.data.sample.events import EXAMINATION, Behaviour
from semrec.data.sample.people import N_COLD_USERS, make_users
from semrec.data.sample.products import N_PRODUCTS, Product, make_products
from semrec.data.sample.reviews import make_reviews
from semrec.data.sample.vocab import TIERS

_COLD_ITEMS = 60
_CATALOG_SEED, _PEOPLE_SEED, _EVENTS_SEED, _REVIEWS_SEED = range(4)


@dataclass(frozen=True)
class Truth:
    """What was planted, so that tests know the right answers.

    Attributes:
        bundles: item id to the ids of the items that are bought with it; holds both directions.
        tastes: user id to one to three product types that the user favours.
        favourite_traits: user id to the trait preferred in each taste, aligned with ``tastes``.
        price_tiers: user id to the preferred tier, one of 平价, 中端, 高端.
        item_tiers: item id to its tier.
        seasons: ids of the seasonal items to 夏季 (demand rises over the 90 days) or 冬季 (falls).
        product_type: item id to its product type.
        query_types: query id of the events to the product type that was searched.
        examination: chance that a user looks at a search result, by position from 1.
        review_sentiment: +1 praise, -1 complaint, 0 both; aligned with the rows of the reviews.
        review_aspects: for each review its aspects with +1 or -1.
        cold_users: ids of users without any event.
        cold_items: ids of items without any event, listed in the last days.
    """

    bundles: dict[str, tuple[str, ...]]
    tastes: dict[str, tuple[str, ...]]
    favourite_traits: dict[str, tuple[str, ...]]
    price_tiers: dict[str, str]
    item_tiers: dict[str, str]
    seasons: dict[str, str]
    product_type: dict[str, str]
    query_types: dict[str, str]
    examination: tuple[float, ...]
    review_sentiment: NDArray[np.int64]
    review_aspects: tuple[dict[str, int], ...]
    cold_users: tuple[str, ...]
    cold_items: tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    """The sample shop.

    Attributes:
        catalog: item_id, title, category, brand, price (yuan), description, attributes (dict),
            stock, created_at (ISO date).
        events: user_id, item_id, event_type, timestamp (seconds since 1970), value (stars of a
            rating), query, query_id, position (from 1), session_id; in order of time.
        reviews: item_id, user_id, text, rating (1 to 5), timestamp; in order of time.
        truth: what was planted.
    """

    catalog: pd.DataFrame
    events: pd.DataFrame
    reviews: pd.DataFrame
    truth: Truth

    def write(self, folder: Path) -> None:
        """Write ``catalog.csv``, ``events.csv`` and ``reviews.csv`` in UTF-8, attributes as JSON.

        The folder is made if it does not exist; the truth is not written.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        as_json = [json.dumps(found, ensure_ascii=False) for found in self.catalog["attributes"]]
        catalog = self.catalog.assign(attributes=as_json)
        for name, frame in (
            ("catalog", catalog),
            ("events", self.events),
            ("reviews", self.reviews),
        ):
            frame.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8")


def sample_products(seed: int) -> tuple[list[Product], NDArray[np.bool_], pd.DataFrame]:
    """The products of a seed, which of them are cold (shape ``(products,)``), and the catalog."""
    rng = np.random.default_rng([seed, _CATALOG_SEED])
    products = make_products(rng)
    cold = np.zeros(N_PRODUCTS, dtype=bool)
    cold[rng.choice(N_PRODUCTS, _COLD_ITEMS, replace=False)] = True
    return products, cold, make_catalog(rng, products, cold)


def make_sample(seed: int) -> Sample:
    """Generate the whole shop; one stream of random numbers for each part."""
    products, cold, catalog = sample_products(seed)
    users = make_users(np.random.default_rng([seed, _PEOPLE_SEED]))
    rng = np.random.default_rng([seed, _EVENTS_SEED])
    demand = Demand(rng, products, cold)
    quality = rng.beta(6, 2.5, len(products))
    pairs = plan_bundles(demand.rows, demand.popularity)
    behaviour = Behaviour(rng, demand, pairs, quality)
    events = behaviour.simulate(users[:-N_COLD_USERS])
    reviews = make_reviews(np.random.default_rng([seed, _REVIEWS_SEED]), products, events, quality)
    ids = list(catalog["item_id"])
    truth = Truth(
        bundles={
            ids[row]: tuple(ids[other] for other in others)
            for row, others in partners(pairs).items()
        },
        tastes={user.user_id: user.tastes for user in users},
        favourite_traits={user.user_id: user.traits for user in users},
        price_tiers={user.user_id: TIERS[user.tier] for user in users},
        item_tiers={ids[row]: TIERS[product.tier] for row, product in enumerate(products)},
        seasons={
            ids[row]: product.kind.season
            for row, product in enumerate(products)
            if product.kind.season
        },
        product_type={ids[row]: product.kind.name for row, product in enumerate(products)},
        query_types=behaviour.query_kinds,
        examination=EXAMINATION,
        review_sentiment=reviews.sentiment,
        review_aspects=reviews.aspects,
        cold_users=tuple(user.user_id for user in users[-N_COLD_USERS:]),
        cold_items=tuple(ids[int(row)] for row in np.flatnonzero(cold)),
    )
    return Sample(catalog=catalog, events=events, reviews=reviews.frame, truth=truth)
