from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.text.spelling import Speller, fold
from semrec.text.spelling_counts import NgramCounts, count_ngrams, encode, merge_counts, ngram_keys
from semrec.text.spelling_latin import LatinWords, one_edit_apart
from semrec.text.spelling_model import CharacterModel, framed
from semrec.text.spelling_slips import Slip

TITLES = ["羽绒服女冬季加厚长款", "蓝牙耳机 主动降噪", "Fjallraven 双肩背包", "景点门票 一日游"]
QUERIES = ["羽绒服女", "蓝牙耳机", "降噪蓝牙耳机", "经典款风衣", "景点地图", "羽绒服男加厚"]


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller.build(TITLES * 3, QUERIES * 3, ["手机"])


@pytest.mark.parametrize(
    ("typed", "meant", "slip"),
    [
        ("羽容服女加厚", "羽绒服女加厚", Slip.HOMOPHONE),
        ("藍牙耳機 頭戴", "蓝牙耳机 头戴", Slip.TRADITIONAL),
        ("降噪蓝牙耳饥", "降噪蓝牙耳机", Slip.HOMOPHONE),
        ("lanya耳机", "蓝牙耳机", Slip.PINYIN),
    ],
)
def test_a_slip_is_found_and_named(speller: Speller, typed: str, meant: str, slip: Slip) -> None:
    found = speller.correct(typed)
    assert found.text == meant
    assert slip in {change.slip for change in found.changes}
    assert 0 < found.confidence <= 1


@pytest.mark.parametrize(
    "right", ["景点", "经典", "景点门票", "经典款", "羽绒服男", "iPhone 15", "z62"]
)
def test_what_is_right_stays(speller: Speller, right: str) -> None:
    found = speller.correct(right)
    assert (found.text, found.confidence, found.changes) == (right, 1.0, ())


def test_a_correction_keeps_the_case_of_what_was_right(speller: Speller) -> None:
    assert speller.correct("Nike羽容服女").text == "Nike羽绒服女"


def test_what_the_catalog_holds_stays_even_in_traditional_characters() -> None:
    assert Speller.build(["復古羽容服"]).correct("復古羽容服").changes == ()


def test_a_shop_teaches_its_own_words() -> None:
    brand = "珂睿莱"
    assert (
        Speller.build([f"{brand}面霜", f"{brand}精华"] * 20).correct("珂锐莱面霜").text
        == "珂睿莱面霜"
    )


@pytest.mark.parametrize(
    "query", ["", " ", "\ud800", "👩‍👩‍👧", "'; DROP TABLE", "مرحبا", "字" * 10_000]
)
def test_odd_queries_come_back_as_they_are(speller: Speller, query: str) -> None:
    assert speller.correct(query).text == query.strip()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_no_text_fails_and_a_correction_is_not_corrected(speller: Speller, text: str) -> None:
    once = speller.correct(text)
    assert speller.correct(once.text).text == once.text


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="羽容绒服女耳机几蓝兰牙压降造噪 abg1", max_size=12))
def test_a_correction_of_chinese_is_not_corrected(speller: Speller, text: str) -> None:
    once = speller.correct(text)
    assert speller.correct(once.text).text == once.text


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=20))
def test_a_text_of_the_catalog_stays(text: str) -> None:
    known = " ".join(text.split())
    small = Speller.build([text])
    assert small.correct(known).text == known


def test_a_saved_speller_answers_the_same(speller: Speller, tmp_path: Path) -> None:
    np.savez(tmp_path / "speller.npz", **speller.arrays())  # type: ignore[arg-type]
    with np.load(tmp_path / "speller.npz", allow_pickle=False) as saved:
        again = Speller.from_arrays(dict(saved))
    for query in ("羽容服女加厚", "lanya耳机", "景点"):
        assert again.correct(query) == speller.correct(query)


@given(st.text(max_size=20))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_ngrams_are_counted_within_a_text_and_not_across_two() -> None:
    pairs = count_ngrams(["甲乙", "甲乙", "丙"], edges=False)[1]
    keys = ngram_keys(np.stack([encode("甲乙"), encode("乙丙")]))[1][:, 1]
    assert pairs.lookup(keys).tolist() == [2, 0]


def test_merged_counts_add_up_with_their_weights() -> None:
    one, other = count_ngrams(["甲"], edges=False), count_ngrams(["甲甲"], edges=False)
    assert merge_counts([one, other], [1.0, 0.5])[0].counts.tolist() == [2.0]


def test_an_empty_table_knows_nothing() -> None:
    empty = NgramCounts(np.empty(0, np.uint32), np.empty(0, np.float32))
    assert empty.lookup(np.array([7], np.uint32)).tolist() == [0]


def test_probabilities_of_the_next_character_sum_to_at_most_one() -> None:
    tables = count_ngrams(["甲乙", "甲丙", "甲乙"])
    model = CharacterModel(tables, float(tables[0].counts.sum()))
    rows = np.stack([framed(f"甲{char}") for char in "甲乙丙丁"])
    next_one = np.exp(model.log_probs(rows, model.counts(rows))[:, 4])
    assert next_one[1] > next_one[2] > next_one[3]
    assert next_one.sum() < 1


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("yoga", "yoge", True),
        ("yoga", "yog", True),
        ("nike", "nkie", True),
        ("nike", "knei", False),
        ("abcd", "abdce", False),
    ],
)
def test_one_edit_is_an_insertion_deletion_replacement_or_swap(
    one: str, other: str, near: bool
) -> None:
    assert one_edit_apart(one, other) is near
    assert one_edit_apart(other, one) is near


def test_near_latin_words_are_found() -> None:
    words = LatinWords.of(["yoga", "toga", "nike"])
    assert words.near("yoge") == ["yoga"]
    assert "nike" in words and "yoge" not in words


@pytest.mark.data
def test_judged_queries(data_dir: Path) -> None:
    def read(name: str) -> list[dict[str, str]]:
        with (data_dir / name).open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    titles = [row["title"] for row in read("product-search/catalog.csv")]
    # The packaged statistics know the log of these titles, as it was meant.
    speller = Speller.build(titles)
    judged = [
        (row["query"], row["corrected"], speller.correct(row["query"]).text)
        for row in read("query-understanding/query_correction.csv")
    ]
    wrong = [found == meant for query, meant, found in judged if query != meant]
    changed = [found != meant for query, meant, found in judged if query == meant]
    assert np.mean(wrong) >= 0.2
    assert np.mean(changed) <= 0.03


def test_a_query_is_right_if_it_was_typed_more_than_once() -> None:
    usual = ["羽绒服女冬季", "羽绒服男"] * 10
    assert Speller.build(TITLES, [*usual, "羽容服女"]).correct("羽容服女").text == "羽绒服女"
    assert Speller.build(TITLES, [*usual, *["羽容服女"] * 2]).correct("羽容服女").changes == ()


def test_a_word_for_a_word_that_sounds_alike(speller: Speller) -> None:
    heard = [(e.start, e.text, e.slip) for e in speller.words.homophones("女羽荣富")]
    assert heard == [(1, "羽绒服", Slip.HOMOPHONE_WORD)]
    assert speller.correct("女羽荣富").text == "女羽绒服"


def test_words_say_where_a_text_is_broken(speller: Speller) -> None:
    words = speller.words
    assert words.log_prob("羽绒服女") > words.log_prob("羽容服女") + 3
    assert words.log_prob("") == words.log_prob(" ") == 0.0
