"""Relevance of any titles, explanations that add up, variety, and an honest nothing."""

import re

import numpy as np
import pytest

import semrec
from semrec.datasets import Sample
from semrec.errors import InvalidArgument, UnknownItem
from semrec.rank.diversify import intra_list_diversity


def regular(shop: Sample) -> str:
    return str(shop.events["user_id"].value_counts().index[20])


def test_relevance_tells_things_from_accessories_and_sizes(sample_engine: semrec.Engine) -> None:
    titles = ["星河手机 128GB 双卡双待", "手机壳 硅胶 适用星河手机", "纯棉四件套 床单"]
    likely = sample_engine.relevance("星河手机 128GB", titles)
    assert likely.dtype == np.float32
    assert likely[0] > 0.5 > likely[2]
    assert likely[0] > likely[1]
    assert sample_engine.relevance("", titles).tolist() == [0, 0, 0]
    assert sample_engine.relevance("手机", []).shape == (0,)


def test_parts_sum_to_the_score_and_causes_lower_the_rank(
    sample_engine: semrec.Engine, shop: Sample
) -> None:
    user = regular(shop)
    first = sample_engine.recommend(user, k=1, exclude_seen=False)[0]
    told = sample_engine.explain(first.item_id, user=user)
    assert told.rank == 1
    assert sum(told.parts.values()) == pytest.approx(told.score, abs=1e-4)
    assert told.score == pytest.approx(first.score, abs=1e-4)
    assert any(cause.without > 1 for cause in told.causes)
    assert told.to_dict()["item_id"] == first.item_id
    assert "第 1 位" in str(told)


def test_an_explanation_stands_where_the_recommendation_does(
    sample_engine: semrec.Engine, shop: Sample
) -> None:
    user = regular(shop)
    first = sample_engine.recommend(user, k=1)[0]
    told = sample_engine.explain(first.item_id, user=user)
    assert told.rank == 1
    bought = [cause for cause in told.causes if "你购买过的" in cause.cause]
    log = shop.events[shop.events["user_id"] == user]
    assert len(bought) <= log[log["event_type"] == "buy"]["item_id"].nunique()
    assert bought
    assert told.lines() == [str(cause) for cause in told.causes if cause.matters][:6]


def test_without_the_cause_that_a_reason_names_an_item_falls(
    sample_engine: semrec.Engine, shop: Sample
) -> None:
    named = fallen = 0
    for user in shop.events["user_id"].value_counts().index[20:140:10]:
        for hit in sample_engine.recommend(user, k=6)[3:]:
            cause = re.search("因为你关注过(「.*?」)", hit.reason)
            if cause is None:
                continue
            told = sample_engine.explain(hit.item_id, user=user)
            without = [each for each in told.causes if cause[1] in each.cause]
            assert without
            assert max(each.without for each in without) >= told.rank
            named += 1
            fallen += any(each.matters for each in without)
    assert named > 20
    assert fallen > 0.75 * named  # some are so far ahead of the next that nothing moves


def test_an_item_that_nobody_found_is_explained_too(sample_engine: semrec.Engine) -> None:
    worst = sample_engine.search("降噪耳机", k=200)[-1]
    told = sample_engine.explain(worst.item_id, "猫砂")
    assert told.rank > 10
    with pytest.raises(UnknownItem):
        sample_engine.explain("nothing", "猫砂")
    with pytest.raises(InvalidArgument, match="a query, a user, or both"):
        sample_engine.explain(worst.item_id)


def test_variety_is_bought_and_caps_hold(sample_engine: semrec.Engine, shop: Sample) -> None:
    user = regular(shop)
    plain, varied = (
        sample_engine.recommend(user, k=10, diversity=wish) for wish in ({}, {"novelty": 0.5})
    )
    rows = [
        [sample_engine.shop.catalog.items.row(item) for item in answer.item_ids]
        for answer in (plain, varied)
    ]
    unlike = [
        intra_list_diversity(sample_engine.shop.dense.reconstruct(np.array(some))) for some in rows
    ]
    assert unlike[1] > unlike[0]
    capped = sample_engine.recommend(user, k=8, diversity={"per_category": 2})
    categories = sample_engine.shop.catalog.frame["category"]
    counts = categories.iloc[[sample_engine.shop.catalog.items.row(i) for i in capped.item_ids]]
    assert counts.value_counts().max() <= 2
    with pytest.raises(InvalidArgument, match="unknown diversity 'novel'; legal: novelty"):
        sample_engine.recommend(user, diversity={"novel": 1})


def test_what_does_not_fit_is_left_out_or_said(sample_engine: semrec.Engine) -> None:
    plain = sample_engine.search("降噪耳机 通勤", k=10)
    likely = sample_engine.relevance("降噪耳机 通勤", [hit.title for hit in plain])
    least = float(np.median(likely))
    fitting = sample_engine.search("降噪耳机 通勤", k=10, min_score=least)
    assert 0 < len(fitting) < 10
    assert min(hit.raw["relevance"] for hit in fitting) >= least
    assert [hit.rank for hit in fitting] == list(range(1, len(fitting) + 1))
    nothing = sample_engine.search("挖掘机 履带式 20吨", k=5, min_score=0.9)
    assert len(nothing) == 5
    assert "没有很合适的商品" in nothing.notes[-1]
    with pytest.raises(InvalidArgument, match="min_score = 2; legal: 0 to 1"):
        sample_engine.search("耳机", min_score=2)


def test_a_search_that_finds_nothing_fit_says_so_by_itself(sample_engine: semrec.Engine) -> None:
    told = "没有很合适的商品"
    for query in ("云南七子倒生根", "衰败城市定妆喷雾"):
        found = sample_engine.search(query, k=5)
        assert len(found) == 5
        assert told in found.notes[-1]
        assert told not in "".join(sample_engine.search(query, k=5, using="lexical").notes)
    for query in ("降噪耳机", "保湿面霜 100元以内", "猫粮", "不要皮的手机壳"):
        assert told not in "".join(sample_engine.search(query, k=5).notes)


def test_a_price_in_a_query_costs_no_title_its_relevance(sample_engine: semrec.Engine) -> None:
    titles = [hit.title for hit in sample_engine.search("降噪耳机", k=5)]
    plain = sample_engine.relevance("降噪耳机", titles)
    assert sample_engine.relevance("500元以内的降噪耳机", titles) == pytest.approx(plain, abs=0.05)
    few = sample_engine.search("500元以内的降噪耳机", k=10, min_score=float(np.median(plain)))
    assert 0 < len(few) < 10
    assert few.notes[-1] == f"另有 {10 - len(few)} 个不够合适，未列出。"


def test_taste_counts_where_a_query_leaves_room_for_it(
    sample_engine: semrec.Engine, shop: Sample
) -> None:
    exact, moved = "蓝牙耳机 WH-1000XM5", 0
    for user in shop.events["user_id"].value_counts().index[:60:6]:
        mine, anybody = sample_engine.search(exact, user=user), sample_engine.search(exact)
        assert mine.item_ids == anybody.item_ids
        assert [hit.score for hit in mine] == [hit.score for hit in anybody]
        told = sample_engine.search("蓝牙耳机", user=user)
        assert {"user", "content"} & set(told[0].signals)
        moved += told.item_ids != sample_engine.search("蓝牙耳机").item_ids
    assert moved >= 8


def test_a_recommendation_is_varied_by_default_and_not_where_none_is_wished(
    sample_engine: semrec.Engine, shop: Sample
) -> None:
    usual, plain = [], []
    for user in shop.events["user_id"].value_counts().index[20:80:6]:
        for told, wish in ((usual, None), (plain, {})):
            items = sample_engine.recommend(user, k=10, diversity=wish).item_ids
            rows = np.array([sample_engine.shop.catalog.items.row(item) for item in items])
            told.append(intra_list_diversity(sample_engine.shop.dense.reconstruct(rows)))
    assert np.mean(usual) > 1.05 * np.mean(plain)


def test_a_wish_for_what_few_know_shows_what_few_know(sample_engine: semrec.Engine) -> None:
    shares = []
    for tail in (0.0, 0.8):
        items = sample_engine.recommend(k=5, diversity={"tail": tail}).item_ids
        rows = sample_engine.shop.catalog.items.rows(items)
        shares.append(float(np.nan_to_num(sample_engine.shop.popularity_shares[rows]).mean()))
    assert shares[1] < shares[0] - 0.1
