from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.embed.features import MAX_CHARS, Bag, features

BUCKETS = 1 << 16


def bags(*texts: str) -> list[set[int]]:
    bag = features(texts, BUCKETS)
    return [set(bag.take(np.array([i])).ids.tolist()) for i in range(len(texts))]


def test_a_han_text_has_its_characters_and_pairs() -> None:
    assert features(["保温杯"], BUCKETS).sizes.tolist() == [3 + 2]
    whole, part = bags("保温杯", "温杯")
    assert part < whole


def test_runs_count_whole_in_parts_and_in_triples() -> None:
    # iphone15: itself, iphone, 15, and six triples.
    assert features(["iphone15"], BUCKETS).sizes.tolist() == [1 + 2 + 6]
    whole, letters, digits = bags("iphone15", "iphone", "15")
    assert len(whole & letters) == 1 + 4  # the part, and triples that lie inside it
    assert len(whole & digits) == 1


def test_nothing_reaches_over_a_space_or_another_text() -> None:
    apart, together = bags("红 色", "红色")
    assert len(together - apart) == 1
    bag = features(["红", "色"], BUCKETS)
    assert bag.sizes.tolist() == [1, 1]


@pytest.mark.parametrize(
    "variant", ["ＩＰＨＯＮＥ１５　手機殼", "<b>iphone15</b>&nbsp;手机壳", "iPhone15\n手机壳😀"]
)
def test_spellings_of_one_text_have_the_same_features(variant: str) -> None:
    plain, other = bags("iphone15 手机壳", variant)
    assert plain == other


@given(st.lists(st.text(max_size=20), max_size=6))
def test_many_texts_at_once_equal_one_by_one(texts: list[str]) -> None:
    together = features(texts, BUCKETS)
    assert len(together) == len(texts)
    for i, text in enumerate(texts):
        alone = features([text], BUCKETS)
        np.testing.assert_array_equal(together.take(np.array([i])).ids, alone.ids)


def test_fewer_buckets_fold_more_buckets() -> None:
    many, few = (features(["男士保温杯500ml"], n).ids for n in (1 << 18, 1 << 12))
    np.testing.assert_array_equal(many % (1 << 12), few)


def test_buckets_are_used_evenly() -> None:
    texts = [f"型号{i}" for i in range(20_000)]
    used = np.bincount(np.unique(features(texts, 1 << 20).ids) % 64, minlength=64)
    assert used.min() > 0.8 * used.mean()


def test_text_without_features_and_no_text_at_all() -> None:
    assert features(["", "！？", "  "], BUCKETS).sizes.tolist() == [0, 0, 0]
    assert len(features([], BUCKETS)) == 0


def test_what_stands_behind_the_limit_is_not_read() -> None:
    long = "手" * MAX_CHARS
    first, second = bags(long, long + "机" * 99_000)
    assert first == second


@given(st.text(max_size=20), st.integers(1, 4))
def test_what_stands_again_counts_once(text: str, times: int) -> None:
    once, again = features([text, " ".join([text] * times)], BUCKETS).sizes
    assert once == again


def test_matrix_counts_and_take_repeats_texts() -> None:
    bag = features(["啊啊", "好"], 1)
    matrix = bag.matrix(1).toarray()
    assert matrix.sum(axis=1).tolist() == [2, 1]
    twice = bag.take(np.array([1, 0, 1]))
    np.testing.assert_array_equal(twice.matrix(1).toarray(), matrix[[1, 0, 1]])
    assert isinstance(twice, Bag)
