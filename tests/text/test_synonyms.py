from __future__ import annotations

import pytest

from semrec.text.synonyms import Synonyms

KNOWN = Synonyms(
    {
        "chando": ("自然堂",),
        "自然堂": ("chando",),
        "手机": ("移动电话",),
        "手机壳": ("手机套", "保护壳"),
        "hp": ("惠普",),
    }
)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("chando 面霜", ("自然堂",)),
        ("自然堂面霜", ("chando",)),
        ("手机壳防摔", ("手机套", "保护壳")),
        ("手机 手机壳", ("移动电话", "手机套", "保护壳")),
        ("hp15打印机", ("惠普",)),
        ("php教程", ()),
        ("chando/自然堂", ()),
        ("手机壳 保护壳", ("手机套",)),
        ("", ()),
        ("羽绒服", ()),
    ],
)
def test_the_longest_word_brings_what_the_text_does_not_say(
    text: str, others: tuple[str, ...]
) -> None:
    assert KNOWN.of(text) == others


@pytest.mark.parametrize(
    ("text", "wordings"),
    [
        ("防摔手机壳", ("防摔手机套", "防摔保护壳")),
        ("手机 hp", ("手机 惠普", "移动电话 hp", "移动电话 惠普")),
        ("php教程", ()),
        ("", ()),
    ],
)
def test_a_text_is_said_in_all_other_ways(text: str, wordings: tuple[str, ...]) -> None:
    assert KNOWN.wordings(text) == wordings


def test_wordings_are_few() -> None:
    others = tuple(f"词{n}" for n in range(9))
    assert len(Synonyms({"手机": others}).wordings("手机手机手机")) == 7


def test_nothing_is_known_without_synonyms() -> None:
    assert Synonyms({}).of("手机壳") == ()
