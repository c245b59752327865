import numpy as np
import pytest

import semrec
from semrec.errors import InvalidArgument, UnknownItem


def test_parts_of_a_recommendation_sum_to_its_score(engine: semrec.Engine) -> None:
    hit = engine.recommend("u2", k=1, exclude_seen=False)[0]
    told = engine.explain(hit.item_id, user="u2")
    assert sum(told.parts.values()) == pytest.approx(told.score, abs=1e-5)
    assert {"user", "content", "popularity"} <= set(told.parts)
    assert {"user", "content"} <= set(hit.signals)


def test_a_setting_of_zero_silences_a_measured_signal(engine: semrec.Engine) -> None:
    config = semrec.Config.from_dict({"blend": {"recommend": {"user": 0, "content": 0}}})
    assert engine.with_config(config).recommend("u2").item_ids[0] == "雨伞4"


def test_a_basket_makes_a_newcomer_known(engine: semrec.Engine) -> None:
    plain = engine.recommend(k=5)
    told = engine.recommend("新人", k=5, basket=["帐篷1", "帐篷2"])
    assert told.item_ids[0].startswith("帐篷")
    assert not {"帐篷1", "帐篷2"} & set(told.item_ids)
    assert told.item_ids != plain.item_ids
    assert "购物车 2 件" in told.question
    with pytest.raises(UnknownItem, match="帐篷9"):
        engine.recommend(basket=["帐篷9"])
    with pytest.raises(InvalidArgument, match="a list of item ids"):
        engine.recommend(basket="帐篷1")


def test_a_stranger_gets_what_is_popular_in_the_category(engine: semrec.Engine) -> None:
    shop = engine.shop
    inside = (shop.catalog.frame["category"] == "美妆").to_numpy()
    best = int(np.argmax(np.where(inside, shop.popularity.scores, -1)))
    found = engine.recommend(filters={"category": "美妆"}, k=3)
    assert found.item_ids[0] == shop.catalog.items.id(best)


def test_a_bundle_says_what_it_costs_and_keeps_to_the_budget(engine: semrec.Engine) -> None:
    assert "合计 20.00 元" in engine.bundle("猫粮0", k=1).notes[-1]
    within = engine.bundle("猫粮0", budget=20)
    assert within.item_ids == ["猫砂0"]
    assert "预算 20 元" in within.notes[-1]
    assert engine.bundle("猫粮0", budget=19).item_ids == []
    spent = engine.bundle("猫粮0", budget=10)
    assert len(spent) == 0
    assert "没有余额" in spent.notes[0]
    for budget in (0, -1, float("nan")):
        with pytest.raises(InvalidArgument, match="budget = "):
            engine.bundle("猫粮0", budget=budget)


def test_a_basket_lacks_what_goes_with_any_of_it(engine: semrec.Engine) -> None:
    found = engine.bundle(["帐篷0", "猫粮0"], k=3)
    assert found.item_ids[0] == "猫砂0"
    assert "12 次一起购买" in found[0].reason
    assert not {"帐篷0", "猫粮0"} & set(found.item_ids)
    assert engine.bundle(["猫粮0", "猫砂0"]).item_ids == []
    with pytest.raises(InvalidArgument, match="empty basket"):
        engine.bundle([])
