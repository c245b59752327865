from __future__ import annotations

import numpy as np
import pytest

from semrec.errors import InvalidArgument
from semrec.evaluate import slices
from semrec.evaluate.background import Background

QRELS = {"1": {"p1": 1.0}, "2": {"p2": 2.0, "p3": 1.0}, "3": {"gone": 1.0}, "4": {"p1": 0.0}}
ITEMS = Background(
    items=["p1", "p2", "p3", "p4"],
    titles=["控油洗面奶 Men", "无谷猫粮", "冻干猫粮", "露营灯"],
    categories=["美妆", "宠物", "食品", ""],
    users_of_item=np.array([6, 3, 0, 3]),
    n_users=9,
)


def test_length_does_not_count_blanks() -> None:
    found = slices.by_length({"1": "猫 粮 无 谷", "2": "控油洗面奶", "3": "送女友的生日礼物推荐"})
    assert list(found.values()) == ["1-4 characters", "5-8 characters", "9+ characters"]


def test_exact_words_stand_in_a_wanted_title() -> None:
    queries = {"1": "洗面奶 men", "2": "猫粮 便宜", "3": "猫粮"}
    found = slices.by_wording(queries, QRELS, ITEMS, str.split)
    assert found == {"1": "exact", "2": "vague"}


def test_categories_are_those_of_the_most_relevant() -> None:
    assert slices.by_category(QRELS, ITEMS) == {"1": "美妆", "2": "宠物"}


def test_popularity_is_cut_at_thirds_of_the_traffic() -> None:
    # p1 has half of 12 interactions; p2 starts at 6/12, p4 at 9/12.
    wanted = {"1": {"p1": 1.0}, "2": {"p2": 1.0}, "3": {"p3": 1.0}, "4": {"p4": 1.0}}
    found = slices.by_popularity(wanted | {"5": {"p1": 1.0, "p4": 1.0}, "6": {"x": 1.0}}, ITEMS)
    assert list(found.values()) == ["head", "torso", "new", "tail", "tail", "new"]


def test_newcomers_are_told_by_what_was_known() -> None:
    found = slices.by_history(["a", "b", "c"], {"b": 5, "c": 6})
    assert found == {"a": "new user", "b": "1-5 events", "c": "known user"}
    items = slices.by_users({"q": {"p1": 1.0, "p2": 1.0}, "r": {"p3": 1.0}}, {"p1": 2, "p3": 3})
    assert items == {"p1": "1-2 users", "p2": "new item", "p3": "known item"}


def test_a_query_is_known_however_the_log_writes_it() -> None:
    found = slices.by_log({"1": "IPhone 壳", "2": "面霜"}, ["iphone 壳", "猫粮"])
    assert found == {"1": "known query", "2": "new query"}
    assert set(slices.by_log({"1": "面霜"}, []).values()) == {"new query"}


def test_what_the_background_lacks_is_named() -> None:
    bare = Background(items=["p1"])
    with pytest.raises(InvalidArgument, match="no titles"):
        slices.by_wording({"1": "a"}, QRELS, bare, str.split)
    with pytest.raises(InvalidArgument, match="no categories"):
        slices.by_category(QRELS, bare)
    with pytest.raises(InvalidArgument, match="no users_of_item"):
        slices.by_popularity(QRELS, bare)
