import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.config import LexicalConfig
from semrec.errors import InvalidArgument
from semrec.index.lexical import LexicalIndex

TITLES = ["红 裙 夏", "红 鞋", "蓝 裙 裙 冬 厚", "绿 帽", "红 帽 冬", "蓝 鞋 鞋"]
ALL = np.arange(len(TITLES))
title = st.lists(st.sampled_from("红蓝绿裙鞋帽冬夏"), min_size=1, max_size=6).map(" ".join)


def config(b: float = 0.75) -> LexicalConfig:
    return LexicalConfig(k1=0.4, b=b, fields={"title": 1.0})


def build(titles: list[str], b: float = 0.75) -> LexicalIndex:
    return LexicalIndex.build({"title": titles}, str.split, config(b))


def upsert(
    index: LexicalIndex, rows: list[int], titles: list[str], b: float = 0.75
) -> LexicalIndex:
    return index.upsert(np.array(rows), {"title": titles}, str.split, config(b))


@given(st.lists(title, min_size=3, max_size=6), st.lists(title, min_size=2, max_size=4), title)
@settings(deadline=None, max_examples=60)
def test_merged_equals_a_fresh_build(old: list[str], new: list[str], query: str) -> None:
    """Exactly where length does not matter (b = 0): mean lengths are all that stays old."""
    rows = [0, *range(len(old), len(old) + len(new) - 1)]
    updated = upsert(build(old, b=0), rows, new, b=0).merged()
    fresh = build([new[0], *old[1:], *new[1:]], b=0)
    every = np.arange(len(fresh))
    terms = query.split()
    np.testing.assert_allclose(
        updated.score_rows(terms, every), fresh.score_rows(terms, every), rtol=1e-4
    )


def test_the_same_titles_again_change_nothing() -> None:
    index = build(TITLES)
    again = upsert(index, [1, 4], [TITLES[1], TITLES[4]])
    for query in ("红 裙", "鞋", "帽 冬"):
        terms = query.split()
        expected = index.score_rows(terms, ALL)
        np.testing.assert_allclose(again.score_rows(terms, ALL), expected, rtol=1e-5)
        assert again.search(terms, 6).rows.tolist() == index.search(terms, 6).rows.tolist()


def test_new_words_are_found_and_old_ones_forgotten() -> None:
    index = build(TITLES * 10)
    updated = upsert(index, [3, 60], ["紫 伞", "紫 鞋"])
    assert updated.search(["紫"], 5).rows.tolist() == [3, 60]
    assert 3 in index.search(["绿"], 60).rows
    assert 3 not in updated.search(["绿"], 60).rows
    assert updated.score_rows(["绿"], np.array([3, 9]))[0] == 0
    assert len(index) == 60, "the index that was updated stays as it is"
    assert [term for term, _ in updated.matcher(["紫", "绿", "伞"])(3)] == ["伞", "紫"]


def test_a_second_update_replaces_the_first() -> None:
    index = upsert(upsert(build(TITLES * 10), [0], ["紫 伞"]), [0, 1], ["黑 伞", "紫 灯"])
    assert index.search(["紫"], 5).rows.tolist() == [1]
    assert index.search(["伞"], 5).rows.tolist() == [0]


def test_deleted_items_are_gone_and_can_come_back() -> None:
    index = upsert(build(TITLES * 10), [0], ["紫 伞"]).delete(np.array([0, 1]))
    assert len(index.search(["紫"], 5)) == 0
    assert not {0, 1} & set(index.search(["红", "鞋"], 60).rows.tolist())
    assert index.score_rows(["红"], np.array([0, 1])).tolist() == [0, 0]
    assert upsert(index, [1], ["紫 灯"]).search(["紫"], 5).rows.tolist() == [1]
    assert index.merged().search(["红", "鞋"], 9).rows.tolist() == (
        index.search(["红", "鞋"], 9).rows.tolist()
    )


def test_saving_merges() -> None:
    index = upsert(build(TITLES), [2, 6], ["紫 伞", "紫 伞 伞"]).delete(np.array([0]))
    again = LexicalIndex.from_arrays(index.arrays(), len(index))
    assert len(again) == 7
    for terms in (["紫"], ["红", "鞋"], ["伞"]):
        hits, kept = again.search(terms, 9), index.merged().search(terms, 9)
        assert hits.rows.tolist() == kept.rows.tolist()
        np.testing.assert_array_equal(hits.scores, kept.scores)


def test_wrong_rows_are_named() -> None:
    index = build(TITLES)
    with pytest.raises(InvalidArgument, match=r"0\.\.5"):
        index.delete(np.array([6]))
    with pytest.raises(InvalidArgument, match="unique"):
        upsert(index, [1, 1], ["甲", "乙"])
    with pytest.raises(InvalidArgument, match="1 texts for 2 rows"):
        upsert(index, [1, 2], ["甲"])
    with pytest.raises(InvalidArgument, match="expected: 9"):
        LexicalIndex.from_arrays(index.arrays(), 9)
