import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.text.simplify import simplify


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("貓咪飼料", "猫咪饲料"),
        ("護髮乾燥後裡麵", "护发干燥后里面"),
        ("iphone 15", "iphone 15"),
        ("连衣裙", "连衣裙"),
    ],
)
def test_known_forms(text: str, expected: str) -> None:
    assert simplify(text) == expected


@given(st.text(st.characters(min_codepoint=0x3000, max_codepoint=0x9FFF)))
def test_keeps_positions_and_settles(text: str) -> None:
    once = simplify(text)
    assert len(once) == len(text)
    assert simplify(once) == once
