from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from semrec.config import BlendConfig, LexicalConfig
from semrec.data.catalog import Catalog, load
from semrec.index.lexical import LexicalIndex
from semrec.rank.intent_boost import (
    SIGNALS,
    IntentSearch,
    Plan,
    known_orders,
    number_terms,
)
from semrec.rank.retrieve import gather
from semrec.text.lexicon import Lexicon
from semrec.text.segment import Segmenter
from semrec.text.understand import Understander

ITEMS = (
    ("真皮沙发 三人位", "鹊巢", 3000.0, "2026-01-01"),
    ("布艺沙发 三人位", "鹊巢", 900.0, "2026-02-01"),
    ("科技布沙发 非皮", "林里", 1500.0, "2026-03-01"),
    ("联想手机z62 128GB", "联想", 1200.0, "2026-01-05"),
    ("联想手机z7 256GB", "Lenovo", 1000.0, "2026-04-01"),
    ("手机 老人专用", "", 300.0, None),
    ("香水礼盒 女士", "", 400.0, None),
)
LEXICON = Lexicon(
    products={"沙发": 1.0, "手机": 1.0, "香水": 1.0},
    brands={"联想": "联想", "lenovo": "联想", "鹊巢": "鹊巢"},
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    columns = ["title", "brand", "price", "created_at"]
    frame = pd.DataFrame(ITEMS, columns=columns)
    return load(frame.assign(item_id=[f"i{row}" for row in range(len(ITEMS))]))[0]


class _Shop:
    def __init__(self, catalog: Catalog) -> None:
        cut = Segmenter()
        fields = {name: catalog.texts(name) for name in ("title", "brand")}
        self.index = LexicalIndex.build(fields, cut.terms, LexicalConfig())
        self.understander = Understander(LEXICON, cut.words)
        sales = np.array([0, 5, 1, 0, 2, 0, 0], dtype=np.float32)
        orders = known_orders(catalog, sales, np.full(len(ITEMS), np.nan, dtype=np.float32))
        self.search = IntentSearch(catalog, self.index, cut.terms, LEXICON, orders)

    def plan(self, query: str, allowed: list[int] | None = None) -> Plan:
        mask = None
        if allowed is not None:
            mask = np.isin(np.arange(len(ITEMS)), allowed)
        return self.search.plan(self.understander.understand(query), mask)

    def signal(self, query: str, name: str) -> list[float]:
        (voice,) = (each for each in self.plan(query).voices if each.name == name)
        return [float(value) for value in voice.score(np.arange(len(ITEMS)))]


@pytest.fixture(scope="module")
def shop(catalog: Catalog) -> _Shop:
    return _Shop(catalog)


def _allowed(plan: Plan) -> list[int]:
    assert plan.allowed is not None
    return np.flatnonzero(plan.allowed).tolist()


def test_a_plain_query_is_left_alone(shop: _Shop) -> None:
    plan = shop.plan("沙发 三人位")
    assert (plan.text, plan.allowed, plan.notes) == ("沙发 三人位", None, ())


def test_a_price_is_a_condition_and_no_word(shop: _Shop) -> None:
    plan = shop.plan("1000元以内的手机")
    assert (plan.text, _allowed(plan)) == ("手机", [1, 4, 5, 6])
    assert plan.notes == ("价格不超过 1000 元（必须）",)


def test_what_is_not_wanted_is_out_and_its_denial_stays(shop: _Shop) -> None:
    plan = shop.plan("不要皮的沙发")
    assert (plan.text, _allowed(plan)) == ("沙发", [1, 2, 3, 4, 5, 6])


def test_a_refusal_ends_before_the_product(shop: _Shop) -> None:
    assert shop.plan("不要皮沙发").text == "沙发"
    assert 0 not in _allowed(shop.plan("不要皮沙发"))


def test_a_brand_of_the_column_counts_under_all_its_names(shop: _Shop) -> None:
    assert _allowed(shop.plan("lenovo手机")) == [3, 4]


def test_conditions_and_filters_both_hold(shop: _Shop) -> None:
    assert _allowed(shop.plan("1000元以内的手机", allowed=[3, 5])) == [5]


def test_where_nothing_is_left_the_nearest_price_is_shown(shop: _Shop) -> None:
    plan = shop.plan("鹊巢沙发100元以内")
    assert _allowed(plan) == [0, 1]
    assert "没有满足“价格不超过 100 元”的商品" in plan.notes[-1]
    assert "品牌为 鹊巢（必须）" in plan.notes


def test_a_brand_without_the_product_is_given_up(shop: _Shop) -> None:
    plan = shop.plan("联想沙发")
    assert plan.allowed is None
    assert plan.notes == ("没有满足“品牌为 联想”的商品，已放宽这一条件，先看最接近的。",)


def test_filters_of_the_caller_are_never_relaxed(shop: _Shop) -> None:
    assert _allowed(shop.plan("100元以内的沙发", allowed=[0])) == [0]
    assert _allowed(shop.plan("不要皮的沙发", allowed=[0])) == [0]


@pytest.mark.parametrize("query", ["联想手机z62", "手机128GB"])
def test_another_number_is_worse_than_none(shop: _Shop, query: str) -> None:
    scores = shop.signal(query, "number")
    assert scores[3] == 1.0
    assert scores[5] == 0.5
    assert scores[4] == 0.0


def test_inches_are_compared() -> None:
    cut = Segmenter().terms
    assert number_terms(cut("14寸笔记本")) == {"#in": ["14in"]}


def test_orders(shop: _Shop) -> None:
    cheap = shop.signal("便宜的手机", "order")
    assert cheap[5] == 1.0
    assert cheap[0] == pytest.approx(1 / 7)
    popular = shop.signal("销量高的沙发", "order")
    assert popular[1] == 1.0
    assert np.isnan(popular[0])
    newest = shop.signal("最新手机", "order")
    assert newest[4] > newest[3]
    assert np.isnan(newest[5])


def test_an_order_without_data_says_so(shop: _Shop) -> None:
    plan = shop.plan("评分高的沙发")
    assert "order" not in {voice.name for voice in plan.voices}
    assert plan.notes == ("店铺没有数据，未能按“评分优先”排序。",)


def test_needs_find_what_the_words_do_not(shop: _Shop) -> None:
    plan = shop.plan("送女友什么好")
    needs = [voice for voice in plan.voices if voice.name == "need"]
    found = gather(needs, 10, plan.allowed)
    assert 6 in found.rows.tolist()
    assert any("礼盒" in note for note in plan.notes)


def test_every_voice_has_a_weight_and_keeps_to_its_scale(shop: _Shop) -> None:
    weights = BlendConfig().search
    assert all(weights[name] > 0 for name in SIGNALS)
    plan = shop.plan("便宜的联想手机z62 送女友 红色")
    assert {voice.name for voice in plan.voices} >= {"product", "brand", "number", "order"}
    for voice in plan.voices:
        scores = voice.score(np.arange(len(ITEMS)))
        assert scores.dtype == np.float32
        assert np.nanmin(scores) >= 0
        assert np.nanmax(scores) <= 1 + 1e-6
        assert np.nanmax(scores) > 0


def test_an_empty_query(shop: _Shop) -> None:
    assert shop.plan("") == Plan("")


class _Speller:
    """Corrects to one text with one confidence."""

    def __init__(self, text: str, confidence: float) -> None:
        self.text = text
        self.confidence = confidence

    def correct(self, query: str) -> _Speller:
        return self


@pytest.mark.parametrize(
    ("typed", "confidence", "searched", "note"),
    [
        ("沙友", 0.95, "沙发", "没有找到“沙友”，已按“沙发”搜索。"),
        ("沙友", 0.3, "沙友", "您是不是要找：沙发"),
        ("香水", 0.95, "香水", "您是不是要找：沙发"),
    ],
)
def test_a_correction_replaces_only_what_finds_nothing(
    shop: _Shop, typed: str, confidence: float, searched: str, note: str
) -> None:
    speller = _Speller("沙发", confidence)
    intent = Understander(LEXICON, Segmenter().words, speller).understand(typed)
    plan = shop.search.plan(intent)
    assert plan.text == searched
    assert note in plan.notes


def test_updates_are_seen_by_holding(shop: _Shop) -> None:
    cut = Segmenter()
    index = shop.index.upsert(
        np.array([0, 7]), {"title": ["木椅", "真皮沙发"]}, cut.terms, LexicalConfig()
    )
    assert index.holding(["皮", "沙"]).tolist() == [2, 7]
    assert index.holding([]).tolist() == []
