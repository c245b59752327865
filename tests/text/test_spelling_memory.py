from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.text.spelling_edits import Edit
from semrec.text.spelling_memory import REMEMBERED, SlipMemory, pieces
from semrec.text.spelling_slips import Slip

SEEN, TYPED, LENGTH = range(len(REMEMBERED))


@pytest.mark.parametrize(
    ("typed", "meant", "found"),
    [
        ("连衣群", "连衣裙", [("群", "裙")]),
        ("垃级捅", "垃圾桶", [("级", "圾"), ("捅", "桶")]),
        ("衣连衣裙", "连衣裙", [("衣", "")]),
        ("忏悔水印", "忏悔录水印", [("", "录")]),
        ("连衣裙", "连衣裙", []),
        ("", "", []),
        ("aa", "aaa", [("", "a")]),
    ],
)
def test_pieces_are_where_texts_differ(
    typed: str, meant: str, found: list[tuple[str, str]]
) -> None:
    assert pieces(typed, meant) == found


@given(st.text("ab一", max_size=6), st.text("ab一", max_size=6))
def test_texts_have_pieces_if_they_differ(typed: str, meant: str) -> None:
    found = pieces(typed, meant)
    assert bool(found) == (typed != meant)
    assert all(one != other for one, other in found)


def test_what_was_seen_is_told_of_an_edit() -> None:
    memory = SlipMemory.of([("连衣群", "连衣裙"), ("短群", "短裙"), ("群", "裙子"), ("好", "好")])
    edits = [
        Edit(0, 1, "裙", Slip.HOMOPHONE),
        Edit(0, 1, "郡", Slip.SHAPE),
        Edit(1, 1, "裙", Slip.MISSING),
        Edit(0, 2, "裙好", Slip.HOMOPHONE_WORD),
    ]
    told = memory.evidence("群子", edits)
    assert told[0].tolist() == pytest.approx([np.log(3), np.log(4), 0])
    assert told[1].tolist() == pytest.approx([0, np.log(4), 0])
    assert told[2].tolist() == [0, 0, 1]
    assert told[3].tolist() == [0, 0, 0]  # of two characters one was never seen
    assert list(memory.characters()) == [("群", "裙")]


def test_a_memory_comes_back_and_an_empty_one_says_nothing() -> None:
    memory = SlipMemory.of([("乚", "l"), ("a\tb", "ab"), ("a\nb", "ab")])
    again = SlipMemory(**memory.arrays())
    assert list(again.characters()) == list(memory.characters()) == [("乚", "l")]
    edit = Edit(0, 1, "l", Slip.SHAPE)
    assert again.evidence("乚", [edit])[0, SEEN] > 0
    assert not SlipMemory.of(()).evidence("乚", [edit])[0, [SEEN, TYPED, LENGTH]].any()
