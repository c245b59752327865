import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.text.normalise import normalise, normalise_with_offsets

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
        ("貓頭鷹木頭裝飾", "猫头鹰木头装饰"),
        ("好用！！！！真的。。。。", "好用!真的。"),
        ("面膜😀❤️补水👍🏽", "面膜 补水"),
        ("Nike™跑鞋 25°C", "nike 跑鞋 25°c"),
        ("手\u200b机", "手机"),
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [("&" + "amp;" * 15 + "lt;杯", "<杯"), ("&" + "amp;" * 25_000, "amp;" * 24_980)],
)
def test_markup_is_taken_off_layer_by_layer_to_a_depth(text: str, expected: str) -> None:
    """Without a bound, a text of n layers would be read n times."""
    assert normalise(text) == expected
    assert normalise(expected) == expected
    assert normalise_with_offsets(text)[0] == expected


def test_every_code_point_settles() -> None:
    for code in range(0x30000):
        once = normalise(chr(code) + "甲")
        assert normalise(once) == once


@given(anything | st.text("<b>&amp;lt; ＡｶﾞeÉ́İςß\u0301手機。！️\ud800"))
@settings(deadline=None, max_examples=300)
def test_offsets_lead_back_to_the_original(text: str) -> None:
    folded, offsets = normalise_with_offsets(text)
    assert folded == normalise(text)
    assert offsets.shape == (len(folded), 2)
    starts, ends = offsets[:, 0], offsets[:, 1]
    assert (starts < ends).all()
    assert (starts >= 0).all()
    assert (ends <= len(text)).all()
    assert (starts[1:] >= starts[:-1]).all()
    assert (ends[1:] >= ends[:-1]).all()
    for i, character in enumerate(folded):
        if character != " ":
            assert character in normalise_piece(text[starts[i] : ends[i]])


def normalise_piece(piece: str) -> str:
    """A piece alone, without the loss of what only its neighbours make superfluous."""
    return normalise(f"甲{piece}乙")


def test_offsets_of_a_highlight() -> None:
    text = "<b>【包邮】</b>ＩＰＨＯＮＥ 手機殼"
    folded, offsets = normalise_with_offsets(text)
    at = folded.index("手机壳")
    assert text[offsets[at, 0] : offsets[at + 2, 1]] == "手機殼"
    at = folded.index("iphone")
    assert text[offsets[at, 0] : offsets[at + 5, 1]] == "ＩＰＨＯＮＥ"
