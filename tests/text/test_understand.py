from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.text.attribute_vocab import vocabulary
from semrec.text.codes import find_codes
from semrec.text.intent import QueryIntent
from semrec.text.lexicon import Lexicon
from semrec.text.normalise import normalise
from semrec.text.pieces import cut_pieces
from semrec.text.segment import Segmenter
from semrec.text.understand import Understander, category_shares
from semrec.types import Hits

_PRODUCTS = (
    "连衣裙 耳机 手机 手机壳 沙发 面霜 口红 冰箱 洗衣机 运动鞋 凉鞋 羽绒服 外套 t恤 "
    "台灯 保温杯 猫粮 饼干 "
    "爽肤水 打底裤 加湿器 床单 书包 笔记本电脑 项链 "
    "帐篷 睡袋 防晒霜 眼霜 零食 裤子 雨衣 玩具 螺丝 茶叶"
)
_BRANDS = {"华为": "华为", "huawei": "华为", "苹果": "Apple", "自然堂": "自然堂", "李宁": "李宁"}


@cache
def understander() -> Understander:
    lexicon = Lexicon(
        brands=_BRANDS,
        products=dict.fromkeys(_PRODUCTS.split(), 0.9),
        brand_confidences={"苹果": 0.6},
    )
    return Understander(lexicon, Segmenter().words)


def understood(query: str) -> QueryIntent:
    return understander().understand(query)


@pytest.mark.parametrize(
    ("query", "product", "attributes"),
    [
        ("红色连衣裙", "连衣裙", {"颜色": ("红色",)}),
        ("雪纺碎花连衣裙", "连衣裙", {"材质": ("雪纺",), "款式风格": ("碎花",)}),
        ("连衣裙夏季新款", "连衣裙", {"季节": ("夏季",)}),
        ("真皮沙发", "沙发", {"材质": ("真皮",)}),
        ("700mm宽冰箱", "冰箱", {"规格": ("700mm",), "款式风格": ("宽",)}),
        ("5岁男童外套", "外套", {"适用人群": ("5岁", "男童")}),
        ("冬季加厚羽绒服男", "羽绒服", {"季节": ("冬季",), "功能": ("加厚",)}),
        ("无线降噪耳机", "耳机", {"款式风格": ("无线",), "功能": ("降噪",)}),
        ("304不锈钢保温杯", "保温杯", {"材质": ("304不锈钢",)}),
        ("500ml保温杯", "保温杯", {"规格": ("500ml",)}),
        ("无糖饼干", "饼干", {"功能": ("无糖",)}),
        ("纯棉床单四件套", "床单", {"材质": ("纯棉",), "款式风格": ("四件套",)}),
        ("小学生书包", "书包", {"适用人群": ("小学生",)}),
        ("黑色复古台灯", "台灯", {"颜色": ("黑色",), "款式风格": ("复古",)}),
        ("大码裤子", "裤子", {"规格": ("大码",)}),
        ("卧室加湿器", "加湿器", {"适用场景": ("卧室",)}),
        ("日本眼霜", "眼霜", {"来源": ("日本",)}),
        ("敏感肌面霜", "面霜", {"适用人群": ("敏感肌",)}),
        ("女士运动鞋", "运动鞋", {"适用人群": ("女士",)}),
        ("香辣味零食", "零食", {"口味": ("香辣味",)}),
        ("m8螺丝", "螺丝", {"规格": ("m8",)}),
        ("4代手机", "手机", {"款式风格": ("4代",)}),
        ("100*120床单", "床单", {"规格": ("100*120",)}),
        ("bj20台灯", "台灯", {"型号": ("bj20",), "产品名": ("bj",)}),
        ("防水雨衣", "雨衣", {"功能": ("防水",)}),
    ],
)
def test_products_and_attributes(
    query: str, product: str, attributes: dict[str, tuple[str, ...]]
) -> None:
    intent = understood(query)
    assert intent.product == product
    assert {name: intent.attributes.get(name) for name in attributes} == attributes


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("华为手机", {"brand": "华为", "product": "手机", "certain": {"brand"}}),
        ("huawei 手机", {"brand": "华为", "certain": {"brand"}}),
        ("苹果手机壳", {"brand": "Apple", "product": "手机壳", "certain": set()}),
        ("华为苹果手机", {"brand": "华为", "certain": set()}),
        ("自然堂面霜100元以内", {"brand": "自然堂", "price": (None, 100), "product": "面霜"}),
        ("便宜的耳机", {"sort": "price_asc", "price": None, "product": "耳机"}),
        ("200-300的运动鞋", {"price": (200, 300), "certain": {"price"}, "product": "运动鞋"}),
        ("两百左右的台灯", {"price": (160, 240), "certain": set(), "product": "台灯"}),
        ("不要皮的沙发", {"exclude": ("皮",), "product": "沙发", "certain": {"exclude"}}),
        ("不含酒精爽肤水", {"exclude": ("酒精",), "product": "爽肤水"}),
        ("打底裤不加绒", {"exclude": ("加绒",), "product": "打底裤"}),
        ("连衣裙不要碎花", {"exclude": ("碎花",), "attributes": {}}),
        ("无糖饼干", {"exclude": (), "product": "饼干"}),
        ("评分高的加湿器", {"sort": "rating", "product": "加湿器"}),
        ("销量高的猫粮", {"sort": "sales", "product": "猫粮"}),
        ("最新款手机", {"sort": "newest", "product": "手机"}),
        ("HUAWEI　手机", {"text": "huawei 手机", "brand": "华为"}),
        ("", {"text": "", "product": None, "attributes": {}, "needs": ()}),
        ("😀", {"product": None, "brand": None}),
    ],
)
def test_everything_else(query: str, expected: dict[str, Any]) -> None:
    intent = understood(query)
    assert {name: getattr(intent, name) for name in expected} == expected


def test_a_whole_wish() -> None:
    intent = understood("送女友的生日项链500元以内不要黑色的")
    assert (intent.product, intent.price, intent.exclude) == ("项链", (None, 500), ("黑色",))
    assert [(need.kind, need.tag) for need in intent.needs] == [
        ("person", "女友"),
        ("occasion", "生日"),
    ]
    assert intent.certain == {"price", "exclude"}
    assert "礼盒" in intent.expansion()
    assert intent.describe()[-2:] == ["对象：女友", "场合：生日"]
    assert "价格：不超过 500 元（必须）" in intent.describe()
    assert intent.to_dict()["needs"][0]["tag"] == "女友"


@dataclass(frozen=True)
class _Correction:
    text: str
    confidence: float


class _Speller:
    def correct(self, query: str) -> _Correction:
        return _Correction(query.replace("耳基", "耳机"), 0.9)


def test_a_correction_is_told_and_read() -> None:
    lexicon = Lexicon(products={"耳机": 0.9})
    intent = Understander(lexicon, Segmenter().words, _Speller()).understand("耳基")
    assert (intent.text, intent.corrected, intent.product) == ("耳基", "耳机", "耳机")
    assert intent.describe()[0] == "已纠正为：耳机（把握 90%）"
    right = Understander(lexicon, Segmenter().words, _Speller()).understand("耳机")
    assert right.confidence == 1.0


def test_categories_come_from_matching_items() -> None:
    hits = Hits(np.array([0, 1, 2]), np.array([2.0, 2.0, 1.0], dtype=np.float32))
    shares = category_shares(hits, ["鞋", "鞋", "包"])
    assert list(shares) == ["鞋", "包"]
    assert shares["鞋"] == pytest.approx(2 / (2 + 1 / 16))
    assert category_shares(Hits.empty(), []) == {}
    assert category_shares(hits, ["", "", ""]) == {}


def test_the_price_is_not_searched_for() -> None:
    asked: list[str] = []

    def search(text: str) -> Hits:
        asked.append(text)
        return Hits(np.array([0]), np.array([1.0], dtype=np.float32))

    reader = Understander(Lexicon(), Segmenter().words, None, search, ["耳机"])
    assert reader.understand("耳机100元以内").category == {"耳机": 1.0}
    assert asked == ["耳机"]


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_is_understood(text: str) -> None:
    intent = understood(text)
    assert intent.text == normalise(text)
    read = [value for values in intent.attributes.values() for value in values]
    assert all(value in intent.text for value in read)


@given(st.text(alphabet="红色棉a1 -*无防大号岁m连衣裙的", max_size=20))
@settings(deadline=None)
def test_pieces_cover_the_text_but_its_blanks(text: str) -> None:
    text = normalise(text)
    pieces = cut_pieces(text, vocabulary(), [], Segmenter().words)
    covered = "".join(piece.text for piece in pieces)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(text[piece.start : piece.end] == piece.text for piece in pieces)
    assert all(text[code.start : code.end] == code.text for code in find_codes(text))
