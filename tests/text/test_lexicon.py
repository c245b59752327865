from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.errors import DataError
from semrec.text.lexicon import Lexicon, new_words
from semrec.text.normalise import normalise

SHOP = Lexicon(
    brands={"apple": "苹果", "苹果": "苹果", "hp": "惠普"},
    brand_confidences={"苹果": 0.6},
    products={"手机": 0.8, "手机壳": 0.9, "苹果": 0.5, "卡": 0.2},
    categories=frozenset({"数码配件"}),
    attributes={"红色": ("颜色", "主色"), "硅胶": ("材质",)},
    synonyms={"apple": ("苹果",)},
    terms=frozenset({"磁吸快充"}),
)


def _read(lexicon: Lexicon, text: str) -> list[tuple[str, str, str]]:
    return [(span.text, span.kind, span.value) for span in lexicon.find(text)]


def test_each_kind_is_found_with_its_canonical_value() -> None:
    assert _read(SHOP, "Apple 红色手机壳 数码配件 z62") == [
        ("apple", "brand", "苹果"),
        ("红色", "attribute", "红色"),
        ("手机壳", "product", "手机壳"),
        ("数码配件", "category", "数码配件"),
        ("z62", "model", "z62"),
    ]


def test_attribute_carries_its_name() -> None:
    assert SHOP.find("硅胶")[0].name == "材质"


def test_the_surest_meaning_wins_and_all_are_listed() -> None:
    assert _read(SHOP, "苹果") == [("苹果", "brand", "苹果")]
    assert [entry.kind for entry in SHOP.entries("苹果")] == ["brand", "product"]


def test_unsure_words_are_not_found_and_not_kept_whole() -> None:
    assert SHOP.find("卡") == []
    assert Lexicon(products={"会员卡": 0.4}).words() == []


def test_latin_words_are_not_cut() -> None:
    assert _read(SHOP, "php") == []
    assert _read(SHOP, "hp打印") == [("hp", "brand", "惠普")]


def test_offsets_point_into_the_normalised_text() -> None:
    text = "　ＡＰＰＬＥ　<b>手机壳</b>"
    for span in SHOP.find(text):
        assert normalise(text)[span.start : span.end] == span.text
    assert len(SHOP.find(text)) == 2


def test_words_are_the_surfaces_worth_keeping_whole() -> None:
    assert SHOP.words() == sorted(
        ["apple", "hp", "苹果", "手机", "手机壳", "数码配件", "红色", "硅胶", "磁吸快充"]
    )


def test_merge_prefers_the_other_and_forgets_old_doubt() -> None:
    own = Lexicon(
        brands={"苹果": "Apple/苹果"}, products={"手机": 1.0}, attributes={"红色": ("款",)}
    )
    merged = SHOP.merge(own)
    assert merged.brands["苹果"] == "Apple/苹果"
    assert merged.brand_confidence("苹果") == 1.0
    assert merged.products["手机"] == 1.0
    assert merged.attributes["红色"] == ("颜色", "主色", "款")
    assert merged.brands["hp"] == "惠普"


def test_json_round_trip() -> None:
    assert Lexicon.from_dict(json.loads(json.dumps(SHOP.to_dict()))) == SHOP


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 99}, "shop.json: schema 99; this version reads 1"),
        ({"products": {"手机": "viel"}}, "no valid lexicon"),
        ({"brands": ["苹果"]}, "no valid lexicon"),
    ],
)
def test_broken_dict_is_a_named_error(change: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Lexicon.from_dict(SHOP.to_dict() | change, "shop.json")


def test_missing_part_is_named() -> None:
    values = SHOP.to_dict()
    del values["synonyms"]
    with pytest.raises(DataError, match="no 'synonyms'"):
        Lexicon.from_dict(values)


def test_only_unknown_words_need_a_reindex() -> None:
    same = SHOP.merge(Lexicon(brands={"hp": "HP"}))
    assert new_words(SHOP, same) == []
    assert new_words(SHOP, SHOP.merge(Lexicon(terms=frozenset({"骨传导"})))) == ["骨传导"]


@given(st.text(max_size=60))
def test_any_text_gives_spans_that_fit_it(text: str) -> None:
    plain = normalise(text)
    spans = SHOP.find(text)
    assert all(plain[s.start : s.end] == s.text and 0 <= s.confidence <= 1 for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_half_a_surrogate_pair_and_a_long_text_are_read() -> None:
    assert _read(SHOP, "\ud83d手机壳") == [("手机壳", "product", "手机壳")]
    assert len(SHOP.find("手机壳" * 3000)) == 3000
