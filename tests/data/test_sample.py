"""The sample shop: what is promised in numbers, and whether what was planted can be found."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from semrec.data.sample.demand import DAY, END, START
from semrec.data.sample.products import CATEGORIES
from semrec.data.sample.vocab_people import COMPLEMENTS, PERSONAS
from semrec.datasets import Sample, load_judged_queries, load_sample

CHINA = 8 * 3600


@pytest.fixture(scope="module")
def shop() -> Sample:
    return load_sample()


@pytest.fixture(scope="module")
def types(shop: Sample) -> pd.Series:
    return shop.events["item_id"].map(shop.truth.product_type)


@pytest.fixture(scope="module")
def baskets(shop: Sample) -> list[set[str]]:
    buys = shop.events[shop.events["event_type"] == "buy"]
    return [set(items) for _, items in buys.groupby("session_id")["item_id"]]


def test_counts(shop: Sample) -> None:
    assert len(shop.catalog) == 2400
    assert shop.catalog["category"].nunique() == 13
    assert shop.catalog["item_id"].is_unique
    assert len(shop.events) == 52_000
    assert len(shop.truth.tastes) == 1200
    assert shop.events["user_id"].nunique() == 1200 - len(shop.truth.cold_users)
    assert len(shop.reviews) == 5000
    assert set(shop.events["event_type"]) == {"view", "click", "fav", "cart", "buy", "rating"}


def test_vocabularies_agree() -> None:
    names = [kind.name for category in CATEGORIES for kind in category.kinds]
    assert len(names) == len(set(names))
    used = {name for group in (*PERSONAS, *COMPLEMENTS) for name in group}
    assert used <= set(names)


def test_same_seed_same_shop_other_seed_another(shop: Sample) -> None:
    again, other = load_sample(), load_sample(seed=8)
    pd.testing.assert_frame_equal(shop.catalog, again.catalog)
    pd.testing.assert_frame_equal(shop.events, again.events)
    pd.testing.assert_frame_equal(shop.reviews, again.reviews)
    assert shop.truth.bundles == again.truth.bundles
    assert np.array_equal(shop.truth.review_sentiment, again.truth.review_sentiment)
    assert shop.truth.bundles != other.truth.bundles
    assert len(set(shop.catalog["title"]) & set(other.catalog["title"])) < 240
    assert len(other.events) == 52_000


def test_catalog_looks_like_a_shop(shop: Sample) -> None:
    catalog = shop.catalog
    assert catalog["title"].is_unique
    assert not catalog["title"].str.contains(r"\{|\}|【】|  |^ | $").any()
    assert catalog["title"].str.len().between(8, 60).all()
    assert 0.04 < catalog["brand"].isna().mean() < 0.12
    assert 0.1 < catalog["description"].isna().mean() < 0.2
    assert 0.01 < (catalog["stock"] == 0).mean() < 0.08
    assert (catalog["attributes"].map(len) == 0).mean() < 0.06
    assert set((catalog["price"] * 10).round().astype(int) % 10) == {0, 9}
    assert pd.to_datetime(catalog["created_at"]).max() < pd.Timestamp("2026-05-30")


def test_dearer_brands_cost_more(shop: Sample) -> None:
    catalog = shop.catalog
    tier = catalog["item_id"].map(shop.truth.item_tiers)
    relative = catalog["price"] / catalog.groupby(catalog["item_id"].map(shop.truth.product_type))[
        "price"
    ].transform("median")
    mean = relative.groupby(tier).mean()
    assert mean["平价"] < mean["中端"] < mean["高端"]
    assert mean["高端"] > 2 * mean["平价"]


def test_events_are_well_formed(shop: Sample) -> None:
    events = shop.events
    assert events["timestamp"].is_monotonic_increasing
    assert events["timestamp"].between(START, END - 1).all()
    assert not events.duplicated(["user_id", "item_id", "event_type", "timestamp"]).any()
    assert set(events["item_id"]) <= set(shop.catalog["item_id"])
    clicks = events["event_type"] == "click"
    for column in ("query", "query_id", "position"):
        assert events[column].notna().equals(clicks)
    ratings = events["event_type"] == "rating"
    assert events.loc[ratings, "value"].isin([1, 2, 3, 4, 5]).all()
    assert events["session_id"].isna().equals(ratings)
    assert (events.groupby("session_id")["user_id"].nunique() == 1).all()


def test_cold_users_and_items_have_no_trace(shop: Sample) -> None:
    cold = list(shop.truth.cold_items)
    assert len(shop.truth.cold_users) == 40
    assert len(cold) == 60
    assert not shop.events["user_id"].isin(shop.truth.cold_users).any()
    assert not shop.events["item_id"].isin(cold).any()
    assert not shop.reviews["item_id"].isin(cold).any()
    listed = shop.catalog.set_index("item_id")["created_at"]
    assert listed[cold].min() > listed.drop(cold).max()


def test_tastes_show_in_behaviour(shop: Sample, types: pd.Series) -> None:
    base = types.value_counts(normalize=True)
    tastes = shop.events["user_id"].map(shop.truth.tastes)
    hits = np.array([kind in liked for kind, liked in zip(types, tastes, strict=True)])
    expected = np.mean([sum(base[kind] for kind in liked) for liked in tastes])
    assert hits.mean() > 0.6
    assert hits.mean() > 12 * expected


def test_favourite_traits_and_tiers_show_in_behaviour(shop: Sample, types: pd.Series) -> None:
    events, truth = shop.events, shop.truth
    same_tier = events["user_id"].map(truth.price_tiers) == events["item_id"].map(truth.item_tiers)
    shuffled = events["user_id"].map(truth.price_tiers) == events["item_id"].sample(
        frac=1, random_state=0
    ).map(truth.item_tiers).set_axis(events.index)
    assert same_tier.mean() > shuffled.mean() + 0.1
    favourites = {
        user: dict(zip(truth.tastes[user], traits, strict=True))
        for user, traits in truth.favourite_traits.items()
    }
    wanted = [favourites[u].get(t, "") for u, t in zip(events["user_id"], types, strict=True)]
    shown = shop.catalog.set_index("item_id")["attributes"].map(lambda a: " ".join(a.values()))
    pairs = [(w, text) for w, text in zip(wanted, events["item_id"].map(shown), strict=True) if w]
    rate = np.mean([w in text for w, text in pairs])
    other_order = np.random.default_rng(0).permutation(len(pairs))
    by_type = pd.DataFrame({"type": types, "shown": events["item_id"].map(shown), "w": wanted})
    by_type = by_type[by_type["w"] != ""]
    mixed = by_type.iloc[other_order].sort_values("type", kind="stable")["shown"].to_numpy()
    in_order = by_type.sort_values("type", kind="stable")["w"]
    chance = np.mean([w in text for w, text in zip(in_order, mixed, strict=True)])
    assert rate > 1.25 * chance


def test_bundles_are_bought_together(shop: Sample, baskets: list[set[str]]) -> None:
    pairs = {frozenset((a, b)) for a, others in shop.truth.bundles.items() for b in others}
    assert len(pairs) >= 40
    bought = Counter(item for basket in baskets for item in basket)
    together = Counter(
        frozenset((a, b)) for basket in baskets for a in basket for b in basket if a < b
    )
    lifts = {
        pair: together[pair] * len(baskets) / np.prod([float(bought[item]) for item in pair])
        for pair in together
    }
    assert min(together[pair] for pair in pairs) >= 3
    assert np.median([lifts[pair] for pair in pairs]) > 20
    strongest = {pair for pair, _ in together.most_common(len(pairs))}
    assert len(strongest & pairs) >= 0.9 * len(pairs)
    types = shop.truth.product_type
    allowed = {frozenset(pair) for pair in COMPLEMENTS}
    assert {frozenset(types[item] for item in pair) for pair in pairs} == allowed


def test_consumables_are_bought_again(shop: Sample) -> None:
    consumable = {k.name: k.consumable for category in CATEGORIES for k in category.kinds}
    buys = shop.events[shop.events["event_type"] == "buy"]
    times = buys.groupby(["user_id", "item_id"])["session_id"].nunique()
    is_consumable = times.index.get_level_values("item_id").map(
        lambda item: consumable[shop.truth.product_type[item]]
    )
    assert (times[is_consumable] > 1).mean() > 2 * (times[~is_consumable] > 1).mean()
    planted = shop.truth.bundles
    outside = ~times.index.get_level_values("item_id").isin(list(planted))
    assert (times[outside & is_consumable] > 1).mean() > 0.15
    assert (times[outside & ~is_consumable] > 1).mean() < 0.05


def test_seasons_show_in_demand(shop: Sample) -> None:
    season = shop.events["item_id"].map(shop.truth.seasons).fillna("")
    late = shop.events["timestamp"] >= START + 60 * DAY
    early = shop.events["timestamp"] < START + 30 * DAY
    share = {
        name: ((season == name) & late).sum()
        / late.sum()
        * early.sum()
        / ((season == name) & early).sum()
        for name in ("夏季", "冬季", "")
    }
    assert share["夏季"] > 1.8
    assert share["冬季"] < 0.55
    assert 0.85 < share[""] < 1.15


def test_weeks_and_hours_show_in_traffic(shop: Sample) -> None:
    local = pd.to_datetime(shop.events["timestamp"] + CHINA, unit="s")
    per_day = local.dt.date.value_counts()
    weekend = np.array([day.weekday() >= 5 for day in per_day.index])
    assert per_day[weekend].mean() > 1.3 * per_day[~weekend].mean()
    hours = local.dt.hour.value_counts()
    assert hours[21] > 5 * hours[4]
    assert hours[12] > hours[10]


def test_popularity_has_a_long_tail(shop: Sample) -> None:
    counts = shop.events["item_id"].value_counts()
    assert counts.head(len(shop.catalog) // 10).sum() > 0.3 * len(shop.events)
    assert (counts < 10).sum() > 600


def test_search_clicks_fit_their_query(shop: Sample, types: pd.Series) -> None:
    clicks = shop.events[shop.events["event_type"] == "click"]
    asked = clicks["query_id"].map(shop.truth.query_types)
    assert (types[clicks.index] == asked).mean() > 0.9
    assert clicks["query"].nunique() > 1500
    kinds = {kind.name: kind for category in CATEGORIES for kind in category.kinds}
    named = [
        any(noun in query for noun in (kind, *kinds[kind].aliases))
        for query, kind in zip(clicks["query"], asked, strict=True)
    ]
    assert all(named)


def test_position_bias_shows_in_clicks(shop: Sample) -> None:
    clicks = shop.events["position"].dropna().value_counts().sort_index()
    assert list(clicks.index) == list(range(1, 11))
    assert (clicks.diff().dropna() < 0).all()
    assert clicks[1] > 3 * clicks[5]
    assert list(shop.truth.examination) == sorted(shop.truth.examination, reverse=True)


def test_reviews_carry_their_sentiment(shop: Sample) -> None:
    reviews, truth = shop.reviews, shop.truth
    assert len(truth.review_sentiment) == len(truth.review_aspects) == len(reviews)
    shares = pd.Series(truth.review_sentiment).value_counts(normalize=True)
    assert shares.min() > 0.15
    assert shares.max() < 0.65
    stars = reviews["rating"].groupby(truth.review_sentiment).mean()
    assert stars[-1] < 2 < stars[0] < 4 < stars[1]
    for sentiment, aspects in zip(truth.review_sentiment, truth.review_aspects, strict=True):
        signs = set(aspects.values())
        assert signs == ({-1, 1} if sentiment == 0 else {int(sentiment)})


def test_reviews_are_varied(shop: Sample) -> None:
    texts = shop.reviews["text"]
    assert texts.nunique() > 0.95 * len(texts)
    assert not texts.str.contains(r"[{}|]|，，|。。").any()
    assert texts.str.contains("不是很满意").any()
    assert texts.str.contains("没有想象中").any()
    aspects = Counter(name for found in shop.truth.review_aspects for name in found)
    assert len(aspects) >= 12
    assert min(aspects.values()) > 30


def test_reviews_by_users_follow_a_purchase(shop: Sample) -> None:
    buys = shop.events[shop.events["event_type"] == "buy"]
    bought = set(zip(buys["user_id"], buys["item_id"], strict=True))
    named = shop.reviews.dropna(subset="user_id")
    assert len(named) > 3500
    assert all(pair in bought for pair in zip(named["user_id"], named["item_id"], strict=True))


def test_write(shop: Sample, tmp_path: Path) -> None:
    shop.write(tmp_path / "shop")
    catalog = pd.read_csv(tmp_path / "shop" / "catalog.csv", dtype={"item_id": str})
    assert list(catalog["title"]) == list(shop.catalog["title"])
    assert [json.loads(text) for text in catalog["attributes"]] == list(shop.catalog["attributes"])
    events = pd.read_csv(tmp_path / "shop" / "events.csv")
    assert np.array_equal(events["timestamp"], shop.events["timestamp"])
    assert events["position"].notna().sum() == shop.events["position"].notna().sum()
    reviews = pd.read_csv(tmp_path / "shop" / "reviews.csv")
    assert list(reviews["text"]) == list(shop.reviews["text"])


def test_judged_queries_fit_the_sample(shop: Sample) -> None:
    queries, qrels = load_judged_queries()
    assert len(queries) >= 75
    assert queries["query"].is_unique
    assert set(qrels["qid"]) == set(queries["qid"])
    assert set(qrels["item_id"]) <= set(shop.catalog["item_id"])
    assert not qrels.duplicated().any()
    per_query = qrels["qid"].value_counts()
    assert per_query.max() < 60
    assert per_query.median() >= 5
    types = shop.truth.product_type
    qid = queries.set_index("query")["qid"]
    cat_food = qrels.loc[qrels["qid"] == qid["去毛球猫粮"], "item_id"]
    assert {types[item] for item in cat_food} == {"猫粮"}
    cheap = qrels.loc[qrels["qid"] == qid["100块以内的蓝牙耳机"], "item_id"]
    prices = shop.catalog.set_index("item_id")["price"]
    assert prices[list(cheap)].max() <= 100


def test_judged_queries_follow_the_seed() -> None:
    first, second, other = load_judged_queries(7), load_judged_queries(7), load_judged_queries(3)
    pd.testing.assert_frame_equal(first[1], second[1])
    assert not first[1].equals(other[1])
    assert len(other[0]) >= 70
