import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.text.normalise import normalise

anything = st.text(st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＩＰＨＯＮＥ　１５", "iphone 15"),
        ("<b>手机壳</b>&nbsp;防摔", "手机壳 防摔"),
        ("&amp;lt;b&amp;gt;红&lt;/b&gt;", "红"),
        ("  面膜\t\n补水\x00 ", "面膜 补水"),
        ("Ｃ＋＋ ①②", "c++ 12"),
        ("价格<500元>不要", "价格 不要"),
        ("", ""),
        ("\ud800坏", "坏"),
        ("\u202e逆序\u202c", "逆序"),
    ],
)
def test_known_forms(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(anything)
@settings(deadline=None, max_examples=300)
def test_idempotent_and_clean(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once == once.strip()
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in once)


def test_every_code_point_settles() -> None:
    for code in range(0x30000):
        once = normalise(chr(code) + "甲")
        assert normalise(once) == once
