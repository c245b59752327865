from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.text.kind import KIND_NAMES, read_kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("羽绒服女冬季", "product"),
        ("适合老人的手机", "product"),
        ("几何图案地毯", "product"),
        ("行李箱怎么选", "choose"),
        ("跑步鞋哪个牌子耐穿", "choose"),
        ("孕妇适合用什么样的枕头", "choose"),
        ("奶瓶玻璃和塑料的区别", "choose"),
        ("白衬衫发黄怎么办", "solve"),
        ("保温杯怎么清洗", "solve"),
        ("去海边玩穿什么", "what"),
        ("妈妈生日送什么礼物", "what"),
        ("扫地机器人好用吗", "opinion"),
        ("这款面霜怎么样", "opinion"),
        ("氮化镓是什么", "know"),
        ("", "product"),
    ],
)
def test_kind(text: str, kind: str) -> None:
    assert read_kind(text) == kind


@given(st.text())
def test_any_text_has_a_kind(text: str) -> None:
    assert read_kind(text) in KIND_NAMES
