from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.text.amounts import amount
from semrec.text.price import parse_price


@pytest.mark.parametrize(
    ("text", "low", "high", "certain"),
    [
        ("500元以内的耳机", None, 500, True),
        ("200-300", 200, 300, True),
        ("200-300的裙子", 200, 300, True),
        ("200元-300元", 200, 300, True),
        ("两百左右的礼物", 160, 240, False),
        ("一千以下", None, 1000, True),
        ("三到五百", 300, 500, True),
        ("两三百的裙子", 200, 300, True),
        ("价格在100到200之间", 100, 200, True),
        ("200多块的鞋", 200, 300, False),
        ("9.9包邮", None, 9.9, False),
        ("预算3000 笔记本", None, 3000, True),
        ("不超过800块", None, 800, True),
        ("最多三百", None, 300, True),
        ("1000以上手机", 1000, None, True),
        ("1.5万以内", None, 15000, True),
        ("2k以内显示器", None, 2000, True),
        ("万元以上", 10000, None, True),
        ("50块钱的玩具", 40, 60, False),
        ("27寸 1000-1500", 1000, 1500, True),
    ],
)
def test_prices_are_read(text: str, low: float | None, high: float | None, certain: bool) -> None:
    price = parse_price(text)
    assert price is not None
    assert (price.low, price.high, price.certain) == (low, high, certain)
    assert 0 <= price.start < price.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "20以内加减法",
        "100以内口算题卡",
        "500ml以内水杯",
        "3岁以下玩具",
        "100斤以上大码",
        "身高180左右",
        "100-200斤",
        "110-120童装",
        "2022-2023",
        "200-300ml",
        "b200-300",
        "0-3岁",
        "36-40码",
        "第三套人民币1元",
        "100元红包",
        "几百块",
        "打印纸a4包邮",
        "瓷砖画墙砖300-600",
        "无钢圈内衣",
    ],
)
def test_other_numbers_are_no_prices(text: str) -> None:
    assert parse_price(text) is None


@given(st.integers(1, 99_999), st.sampled_from(["元以内", "块钱以内", "元以下"]))
def test_any_upper_bound_comes_back(value: int, words: str) -> None:
    price = parse_price(f"{value}{words}的鞋")
    assert price is not None
    assert (price.low, price.high) == (None, value)


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    price = parse_price(text)
    assert price is None or 0 <= price.start < price.end <= len(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("两百五", 250), ("一千二", 1200), ("百", 100), ("5千", 5000), ("1.5k", 1500), ("元", 0)],
)
def test_amounts(text: str, value: float) -> None:
    assert amount(text) == value
