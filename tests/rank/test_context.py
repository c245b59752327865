from typing import Any

import pytest

from semrec.errors import InvalidArgument
from semrec.rank.context import FESTIVAL, RULES, SEASON, WEATHER, Context


def test_a_festival_brings_its_words_first() -> None:
    boosts = Context(festival="双十一", season="冬天").boosts()
    assert [boost.word for boost in boosts[:4]] == ["优惠", "套装", "囤货", "量贩装"]
    assert boosts[0].weight == FESTIVAL
    assert boosts[0].because == "双11"
    assert {boost.weight for boost in boosts} == {FESTIVAL, SEASON}


def test_a_word_of_two_rules_counts_once_with_the_larger_weight() -> None:
    boosts = Context(season="夏天", weather="高温").boosts()
    words = [boost.word for boost in boosts]
    assert len(words) == len(set(words))
    assert {boost.word: boost.weight for boost in boosts}["防晒"] == WEATHER


@pytest.mark.parametrize(
    ("hour", "word"), [(23, "助眠"), (3, "助眠"), (7, "早餐"), (12, "午休"), (20, "零食")]
)
def test_hours(hour: int, word: str) -> None:
    assert word in [boost.word for boost in Context(hour=hour).boosts()]


def test_nothing_known_boosts_nothing() -> None:
    assert Context().boosts() == []
    assert Context(hour=16).boosts() == []


@pytest.mark.parametrize(
    ("texts", "mood"),
    [
        (["失恋了好难过"], "sad"),
        (["今天升职了，开心！"], "happy"),
        (["今天不开心"], "sad"),
        (["天天加班好累"], "tired"),
        (["好开心", "压力大睡眠差", "蓝牙耳机"], "anxious"),
        (["蓝牙耳机"], None),
        ([], None),
    ],
)
def test_moods(texts: list[str], mood: str | None) -> None:
    context = Context(texts=tuple(texts))
    assert context.mood == mood
    words = [boost.word for boost in context.boosts()]
    assert words == list(RULES["mood"][mood] if mood else ())


def test_from_plain_values() -> None:
    values: dict[str, Any] = {"hour": 1, "weather": "rain", "season": None, "texts": ["好累"]}
    context = Context.from_dict(values)
    assert context == Context(hour=1, weather="雨", texts=("好累",))
    assert context.boosts() == Context.from_dict(values).boosts()
    assert context.boosts()[0].word == "雨伞"


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"hour": 24}, "legal: 0 to 23"),
        ({"hour": True}, "legal: 0 to 23"),
        ({"hour": "9"}, "legal: 0 to 23"),
        ({"festival": "双十二节日"}, "双11"),
        ({"season": 3}, "legal: 春季"),
        ({"texts": "一句话"}, "legal: a list of strings"),
        ({"texts": 5}, "legal: a list of strings"),
        ({"texts": [1]}, "legal: a list of strings"),
        ({"wether": "雨"}, "legal: weather"),
    ],
)
def test_wrong_values_are_named(values: dict[str, Any], shown: str) -> None:
    with pytest.raises(InvalidArgument, match=shown):
        Context.from_dict(values)
