from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.text.negation import mentions, parse_negation


def cut(text: str) -> list[str]:
    """Two characters at a time: enough for words of two."""
    return [text[i : i + 2] for i in range(0, len(text), 2)]


@pytest.mark.parametrize(
    ("text", "words", "certain"),
    [
        ("不要皮的沙发", ("皮",), True),
        ("沙发不要皮的", ("皮",), True),
        ("连衣裙不要碎花", ("碎花",), True),
        ("不想要拉链的靴子", ("拉链",), True),
        ("t恤不要带logo的", ("logo",), True),
        ("除了黑色都行的外套", ("黑色",), True),
        ("不要红色和黑色的鞋", ("红色", "黑色"), True),
        ("不含酒精爽肤水", ("酒精",), True),
        ("不含明矾的粉条", ("明矾",), True),
        ("洗衣粉 不含磷", ("磷",), True),
        ("不带电池的玩具车", ("电池",), True),
        ("打底裤不加绒", ("加绒",), True),
        ("没有刻度的尺子", ("刻度",), False),
        ("不需要外机的空调", ("外机",), False),
        ("别买塑料的碗", ("塑料",), True),
    ],
)
def test_exclusions(text: str, words: tuple[str, ...], certain: bool) -> None:
    (found,) = parse_negation(text, cut)
    assert (found.words, found.certain) == (words, certain)


@pytest.mark.parametrize(
    "text",
    [
        "无糖饼干",
        "不锈钢锅",
        "不粘锅",
        "别墅大门",
        "别克英朗",
        "特别的礼物",
        "有没有折叠式的沐浴缸",
        "要不要买",
        "不要太甜的饼干",
        "除湿机",
        "除螨仪",
        "不掉色口红",
        "没有人像你",
    ],
)
def test_features_and_names_are_no_exclusions(text: str) -> None:
    assert parse_negation(text, cut) == []


def test_what_is_excluded_is_looked_for_without_its_denial() -> None:
    assert mentions("真皮沙发", "皮")
    assert not mentions("无酒精爽肤水", "酒精")
    assert not mentions("不含酒精 温和", "酒精")
    assert mentions("不含酒精 酒精棉片", "酒精")
    assert not mentions("布艺沙发", "皮")


def _products(text: str) -> list[tuple[int, int]]:
    found = ((text.find(word), word) for word in ("沙发", "连衣裙", "雪纺连衣裙", "水杯"))
    return [(at, at + len(word)) for at, word in found if at >= 0]


@pytest.mark.parametrize(
    ("text", "words", "certain"),
    [
        ("不要皮沙发", ("皮",), True),
        ("北欧不要皮沙发", ("皮",), True),
        ("不要碎花雪纺连衣裙", ("碎花",), True),
        ("连衣裙不要碎花雪纺", ("碎花雪纺",), True),
        ("不要沙发", ("沙发",), False),
        ("不要某某物件", ("某某",), False),
    ],
)
def test_a_refusal_ends_before_the_product(
    text: str, words: tuple[str, ...], certain: bool
) -> None:
    (found,) = parse_negation(text, cut, _products)
    assert (found.words, found.certain) == (words, certain)


@given(st.text())
def test_spans_lie_inside_the_text(text: str) -> None:
    for found in parse_negation(text, list):
        assert 0 <= found.start < found.end <= len(text)
        assert all(found.words)
