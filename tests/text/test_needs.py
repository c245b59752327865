from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.text.needs import find_needs


@pytest.mark.parametrize(
    ("text", "kind", "tag", "word"),
    [
        ("送女友的项链", "person", "女友", "女友"),
        ("送女朋友", "person", "女友", "女朋友"),
        ("给媳妇买的包", "person", "妻子", "媳妇"),
        ("妈妈穿的鞋", "person", "妈妈", "妈妈"),
        ("岳父喝的酒", "person", "爸爸", "岳父"),
        ("学生党耳机", "person", "学生", "学生党"),
        ("生日礼物", "occasion", "生日", "生日"),
        ("七夕惊喜", "occasion", "情人节", "七夕"),
        ("520礼物", "occasion", "情人节", "520"),
        ("过年糖果", "occasion", "新年", "过年"),
        ("露营装备", "scene", "露营", "露营"),
        ("军训防晒霜", "scene", "军训", "军训"),
        ("寝室小台灯", "scene", "宿舍", "寝室"),
        ("熬夜眼霜", "goal", "熬夜", "熬夜"),
        ("减肥零食", "goal", "减肥", "减肥"),
        ("睡不着吃什么", "goal", "助眠", "睡不着"),
        ("大冬天穿的裤子", "season", "冬季", "大冬天"),
        ("三伏天凉席", "season", "夏季", "三伏天"),
        ("送长辈的茶叶", "person", "长辈", "长辈"),
    ],
)
def test_needs(text: str, kind: str, tag: str, word: str) -> None:
    assert (kind, tag, word) in {(need.kind, need.tag, need.word) for need in find_needs(text)}


@pytest.mark.parametrize(
    "text",
    [
        "男友风衬衫",
        "妈咪包",
        "老爹鞋",
        "老板牌油烟机",
        "螺丝352149673",
        "礼盒合页",
        "送水泵",
        "秋葵",
    ],
)
def test_words_that_only_look_like_a_need(text: str) -> None:
    assert find_needs(text) == []


def test_a_present_for_nobody_in_particular_is_a_present() -> None:
    assert [(need.kind, need.tag) for need in find_needs("伴手礼")] == [("occasion", "送礼")]


def test_giving_helps_the_person_with_gift_words() -> None:
    (given_,) = [need for need in find_needs("送妈妈围巾") if need.kind == "person"]
    (worn,) = [need for need in find_needs("妈妈围巾") if need.kind == "person"]
    assert "礼盒" in given_.expansion
    assert "礼盒" not in worn.expansion


@given(st.text())
def test_words_stand_in_the_text(text: str) -> None:
    assert all(need.word in text for need in find_needs(text))


def test_cooling_in_summer_is_no_need_for_warmth() -> None:
    assert [need.tag for need in find_needs("夏天降温")] == ["夏季"]
    assert [need.tag for need in find_needs("降温外套")] == ["降温"]


def test_small_white_shoes_are_for_no_beginner() -> None:
    assert find_needs("厚底小白鞋女") == []
