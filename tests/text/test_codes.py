from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.text.codes import find_codes
from semrec.text.units import unit_names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bj20后视镜", [("bj20", "model")]),
        ("6岁男童 18个月", [("6岁", "age"), ("18个月", "age")]),
        ("500ml*3瓶", [("500ml*3瓶", "size")]),
        ("100*120地垫 a4纸", [("100*120", "size"), ("a4", "size")]),
        ("5公升 165赫兹 12吋 8毫克", [(t, "size") for t in ("5公升", "165赫兹", "12吋", "8毫克")]),
        ("3代 2022新款 23款", [("3代", "version"), ("2022", "version"), ("23款", "version")]),
        ("五斗柜", []),
        ("", []),
    ],
)
def test_what_a_run_of_digits_and_letters_is(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(code.text, code.kind) for code in find_codes(text)] == expected


def test_a_size_may_be_a_number_before_the_next_word() -> None:
    (code,) = find_codes("180排烟管")
    (number,) = code.shorter()
    assert (code.text, number.text, number.kind) == ("180排", "180", "number")
    assert find_codes("bj20")[0].stem() == "bj"


def test_units_stand_longest_first_and_may_be_left_out() -> None:
    latin, han = unit_names(without={"斗"})
    assert latin.index("ml") < latin.index("l")
    assert han.index("平方米") < han.index("米")
    assert "斗" in unit_names()[1] and "斗" not in han
    assert not set(latin) & set(han)


@given(st.text(alphabet="0123456789.*x毫升米岁款abl瓶 ", max_size=20))
def test_codes_do_not_overlap_and_say_where_they_stand(text: str) -> None:
    end = 0
    for code in find_codes(text):
        assert code.start >= end
        assert text[code.start : code.end] == code.text
        end = code.end
