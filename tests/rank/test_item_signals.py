"""Reviews as a whole, age, stock and trend as signals of a search."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from semrec import Engine
from semrec.rank.item_signals import ItemSignals

DAY = 86_400
NOW = 1_780_000_000
CONFIG = {"embed": {"sides": "student"}}


def catalog(**columns: list[object]) -> pd.DataFrame:
    titles = ["红色保温杯", "蓝色保温杯", "绿色保温杯", "黑色保温杯"]
    return pd.DataFrame({"item_id": list("abcd"), "title": titles, **columns})


@pytest.fixture(scope="module")
def engine() -> Engine:
    dates = [pd.Timestamp(NOW - days * DAY, unit="s").date() for days in (0, 60, 240)]
    items = catalog(created_at=[*map(str, dates), None], stock=[3, 0, None, 1])
    times = [NOW - days * DAY for days in (*range(10, 30), 1, 2, 1, 2, 1, 2)]
    events = pd.DataFrame(
        {
            "user_id": [f"u{i}" for i in range(26)],
            "item_id": ["a"] * 20 + ["b"] * 6,
            "event_type": "click",
            "timestamp": times,
        }
    )
    texts = ["非常好用，很满意", "质量很好，喜欢"] * 6 + ["太差了，漏水，退货"] * 6
    reviews = pd.DataFrame({"item_id": ["a"] * 12 + ["b"] * 6, "text": texts})
    reviews["text"] += [f" {word}" for word in "一二三四五六七八九十甲乙丙丁戊己庚辛"]
    return Engine.build(items, events, reviews, config=CONFIG)


def test_each_signal_is_a_share_and_silent_where_nothing_is_known(engine: Engine) -> None:
    found = ItemSignals(engine.shop)
    assert found.freshness[:3] == pytest.approx([1.0, 0.5, 1 / 16], abs=0.02)
    assert found.stock[[0, 1, 3]].tolist() == [1, 0, 1]
    assert np.isnan([found.freshness[3], found.stock[2], *found.trend[2:]]).all()
    quality = found.quality(np.arange(4))
    assert quality[0] > 0.7 > 0.5 > quality[1]
    assert np.isnan(quality[2:]).all()
    assert found.trend[1] > 0.8 > 0.5 > found.trend[0]
    assert np.nanmax(np.stack([found.freshness, found.stock, found.trend, quality])) <= 1


def test_only_what_has_a_weight_and_something_to_say_is_heard(engine: Engine) -> None:
    every = dict.fromkeys(("quality", "freshness", "stock", "trend"), 1.0)
    assert {s.name for s in ItemSignals(engine.shop).sources(every)} == set(every)
    assert [s.name for s in ItemSignals(engine.shop).sources({"stock": 1.0})] == ["stock"]
    bare = Engine.build(catalog(), config=CONFIG)
    assert ItemSignals(bare.shop).sources(every) == []
    heard = set(bare.search("保温杯", k=4)[0].signals)
    assert not heard & set(every)


def test_between_equals_the_praised_the_new_and_the_one_in_stock(engine: Engine) -> None:
    settings = engine.shop.config.model_dump()
    settings["blend"]["search"] |= {"popularity": 0.0, "dense": 0.0}
    equal = engine.with_config(type(engine.shop.config).from_dict(settings))
    answer = equal.search("保温杯", k=4)
    signals = {hit.item_id: set(hit.signals) for hit in answer}
    assert {"quality", "freshness", "stock"} <= signals["a"]
    assert not {"quality", "freshness"} & signals["d"]
    assert answer[0].item_id == "a"
    assert answer[3].item_id == "b"  # sold out and blamed
    parts = equal.explain("b", "保温杯").parts
    assert parts["stock"] < 0 < equal.explain("a", "保温杯").parts["stock"]
    assert parts["quality"] < 0 < equal.explain("a", "保温杯").parts["quality"]
