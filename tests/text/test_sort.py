from __future__ import annotations

import pytest

from semrec.text.sort import parse_sort


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("便宜的加湿器", "price_asc"),
        ("最便宜的手机", "price_asc"),
        ("不要太贵的口红", "price_asc"),
        ("平价粉底液", "price_asc"),
        ("销量高的电饭煲", "sales"),
        ("卖得最好的洗面奶", "sales"),
        ("热销零食", "sales"),
        ("评分高的耳机", "rating"),
        ("口碑好的床垫", "rating"),
        ("最新款手机", "newest"),
        ("2024新款连衣裙", "newest"),
        ("高分子材料", None),
        ("畅销书", None),
        ("创新款台灯", None),
        ("实惠装洗衣液", None),
        ("新品种草莓苗", None),
        ("1元免费抢手机", None),
        ("连衣裙", None),
    ],
)
def test_orders(text: str, order: str | None) -> None:
    wish = parse_sort(text)
    assert (None if wish is None else wish.order) == order


def test_the_place_of_the_wish() -> None:
    wish = parse_sort("我要便宜的鞋")
    assert wish is not None
    assert "我要便宜的鞋"[wish.start : wish.end] == "便宜"
