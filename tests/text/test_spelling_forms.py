from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.text.spelling_forms import Forms
from semrec.text.spelling_general import general

FORMS = Forms.of(
    {
        "奎": ("kui", "2", "134121121"),
        "蝰": ("kui", "2", "251214134121121"),
        "烙": ("lao", "4", "4334354251"),
        "饹": ("le", "0", "355354251"),
        "一": ("yi", "1", "1"),
    }
)


def test_forms_come_back_as_they_were_given() -> None:
    assert FORMS.forms["饹"] == ("le", "0", "355354251")
    assert Forms(FORMS.text).forms == FORMS.forms


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        # All nine strokes of the one end the other: 18 of 24.
        ("奎", "蝰", (0.75, 0.75, 1.0, 1.0)),
        # Seven in common and in order, six of them in one run at the end.
        ("烙", "饹", (14 / 19, 12 / 19, 0.0, 0.0)),
        # On average over where they differ: the known one counts half beside an unknown one.
        ("奎A", "蝰B", (0.375, 0.375, 0.5, 0.5)),
        ("奎", "奎", (0.0, 0.0, 0.0, 0.0)),
        ("A", "B", (0.0, 0.0, 0.0, 0.0)),
        ("", "", (0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_how_alike_two_texts_are(one: str, other: str, alike: tuple[float, ...]) -> None:
    assert FORMS.alike(one, other) == pytest.approx(alike)
    assert FORMS.alike(other, one) == pytest.approx(alike)


def test_look_alikes_share_strokes_or_a_part() -> None:
    found = set(FORMS.look_alikes(["奎", "蝰", "饹", "一"]))
    assert found == {("奎", "蝰"), ("蝰", "奎"), ("烙", "饹")}


@given(st.sampled_from("洗冼沐沭板扳土士末未"), st.sampled_from("一丨国橱厨烟"))
def test_the_packaged_forms_are_shares(one: str, other: str) -> None:
    alike = general().forms.alike(one, other)
    assert all(0 <= each <= 1 for each in alike)
    assert alike == pytest.approx(general().forms.alike(other, one))


def test_the_packaged_forms_know_what_is_written_alike() -> None:
    forms = general().forms
    assert forms.alike("沭", "沐")[0] > 0.8 > forms.alike("沭", "鞋")[0]
    assert forms.alike("园", "圆")[2:] == (1.0, 1.0)
