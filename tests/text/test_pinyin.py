from __future__ import annotations

import pytest

from semrec.text.pinyin import (
    near_sound,
    phrase_reading,
    readings,
    split_syllables,
    syllables,
    tone,
)


def test_the_usual_reading_of_a_character_comes_first() -> None:
    assert readings("行")[:2] == ("xing", "hang")
    assert readings("绿")[0] == "lv"


@pytest.mark.parametrize("char", ["a", "1", "", "手机"])
def test_what_is_no_single_chinese_character_has_no_reading(char: str) -> None:
    assert readings(char) == ()


@pytest.mark.parametrize(
    ("char", "expected"), [("衣", 1), ("行", 2), ("语", 3), ("绿", 4), ("吗", 0), ("a", 0)]
)
def test_the_tone_is_that_of_the_usual_reading(char: str, expected: int) -> None:
    assert tone(char) == expected


def test_a_word_decides_how_its_characters_are_read() -> None:
    assert phrase_reading("重庆") == ["chong", "qing"]


@pytest.mark.parametrize(
    ("one", "other"), [("zhang", "zan"), ("shen", "seng"), ("lin", "ning"), ("hua", "fua")]
)
def test_syllables_that_are_mixed_up_have_one_name(one: str, other: str) -> None:
    assert near_sound(one) == near_sound(other)


def test_syllables_that_nobody_mixes_up_stay_apart() -> None:
    assert near_sound("ma") != near_sound("mi")


@pytest.mark.parametrize(
    ("letters", "parts"),
    [("shouji", ["shou", "ji"]), ("xian", ["xian"]), ("nike", ["ni", "ke"]), ("sony", [])],
)
def test_letters_are_cut_into_the_fewest_syllables(letters: str, parts: list[str]) -> None:
    assert split_syllables(letters, syllables()) == parts
