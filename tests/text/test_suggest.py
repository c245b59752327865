from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.errors import InvalidArgument
from semrec.text.suggest import Suggester

QUERIES = {
    "苹果手机": 50.0,
    "苹果手机壳": 20.0,
    "苹果 手机": 5.0,
    "蓝牙耳机": 30.0,
    "重庆火锅底料": 8.0,
    "iPhone 15": 9.0,
    "12345": 99.0,
    "。。。": 99.0,
    "x" * 80: 99.0,
}


@pytest.fixture(scope="module")
def suggester() -> Suggester:
    return Suggester.build(["复古风衣女"] * 4 + ["加厚羽绒服"], QUERIES, ["自然堂"])


@pytest.mark.parametrize(
    ("prefix", "best"),
    [
        ("苹果", "苹果手机"),
        ("苹果手机k", "苹果手机壳"),
        ("pgsj", "苹果手机"),
        ("pingguosh", "苹果手机"),
        ("苹guo", "苹果手机"),
        ("苹果sj", "苹果手机"),
        ("耳机", "蓝牙耳机"),
        ("chongqing", "重庆火锅底料"),
        ("IPH", "iphone 15"),
        ("zrt", "自然堂"),
        ("復古風衣", "复古风衣"),
    ],
)
def test_the_most_popular_completion_comes_first(
    suggester: Suggester, prefix: str, best: str
) -> None:
    assert suggester.suggest(prefix)[0].text == best


def test_spellings_of_one_query_are_one_entry_and_their_counts_add_up(suggester: Suggester) -> None:
    found = suggester.suggest("苹果")
    assert [one.text for one in found] == ["苹果手机", "苹果手机壳"]
    assert found[0].score == pytest.approx(np.log1p(55) - 0.02 * 4, abs=1e-4)


@pytest.mark.parametrize("prefix", ["12", "。", "xx", "加厚", ""])
def test_noise_and_what_a_single_title_says_is_not_suggested(
    suggester: Suggester, prefix: str
) -> None:
    assert suggester.suggest(prefix) == []


def test_each_kind_is_named(suggester: Suggester) -> None:
    kinds = {p: suggester.suggest(p)[0].kind for p in ("苹果", "自然", "复古")}
    assert kinds == {"苹果": "query", "自然": "word", "复古": "phrase"}


def test_k_limits_and_must_be_positive(suggester: Suggester) -> None:
    assert len(suggester.suggest("苹果", k=1)) == 1
    with pytest.raises(InvalidArgument, match="k is 0"):
        suggester.suggest("苹果", k=0)


def test_nothing_to_suggest_is_no_error() -> None:
    assert Suggester.build([]).suggest("苹果") == []


def test_a_saved_suggester_answers_the_same(suggester: Suggester, tmp_path: Path) -> None:
    for name, array in suggester.arrays().items():
        np.save(tmp_path / f"{name}.npy", array)
    mapped = {f.stem: np.load(f, mmap_mode="r", allow_pickle=False) for f in tmp_path.iterdir()}
    again = Suggester.from_arrays(mapped)
    for prefix in ("苹果", "pgsj", "苹guo", "耳机"):
        assert again.suggest(prefix) == suggester.suggest(prefix)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=12))
def test_no_prefix_fails_and_scores_descend(suggester: Suggester, prefix: str) -> None:
    scores = [one.score for one in suggester.suggest(prefix)]
    assert scores == sorted(scores, reverse=True)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=10))
def test_any_text_can_be_an_entry(text: str) -> None:
    found = Suggester.build([text], {text: 3.0}, [text]).suggest(text)
    assert len(found) <= 1
