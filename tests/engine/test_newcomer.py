from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import semrec
from semrec.errors import InvalidArgument, UnknownValue

DAY = 86_400


CATEGORIES = {"猫粮": "宠物", "猫砂": "宠物", "面霜": "美妆", "帐篷": "百货", "雨伞": "百货"}


@pytest.fixture(scope="module")
def evenings() -> semrec.Engine:
    """帐篷1 is clicked at eight in the evening, 雨伞2 a little more, at eight in the morning; every
    item but 猫粮 once at noon."""
    catalog = pd.DataFrame(
        [
            {"item_id": f"{kind}{i}", "title": f"{word}牌{kind} 家用", "category": category}
            for kind, category in CATEGORIES.items()
            for i, word in enumerate(("云栖", "山月", "晴川", "归野", "雪见"))
        ]
    )
    rows = [
        {"user_id": f"{item}{n}", "item_id": item, "event_type": "click", "timestamp": time}
        for item, count, hour in (("帐篷1", 80, 20), ("雨伞2", 84, 8))
        for n in range(count)
        if (time := 20_000 * DAY + (n % 10) * DAY + (hour - 8) * 3600 + n)
    ]
    rows += [
        {"user_id": f"noon {item}", "item_id": item, "event_type": "click", "timestamp": noon}
        for item in catalog["item_id"][~catalog["item_id"].str.startswith("猫粮")]
        if (noon := 20_009.2 * DAY)
    ]
    return semrec.Engine.build(catalog, pd.DataFrame(rows), config={"embed": {"sides": "student"}})


def first(engine: semrec.Engine, k: int, **context: object) -> semrec.Results:
    """The list as it is ranked, nothing paid for variety."""
    return engine.recommend(k=k, context=context, diversity={})


def test_the_hour_tells_what_is_popular(evenings: semrec.Engine) -> None:
    assert first(evenings, 1)[0].item_id == "雨伞2"
    night = first(evenings, 2, hour=21)
    assert night.item_ids == ["帐篷1", "雨伞2"]
    assert [hit.reason for hit in night] == ["晚上大家爱买", "近期热门"]
    morning = evenings.recommend("新人", k=1, context={"hour": 9})[0]
    assert (morning.item_id, morning.reason) == ("雨伞2", "上午大家爱买")


def test_what_an_hour_tells_survives_folder_and_update(
    evenings: semrec.Engine, tmp_path: Path
) -> None:
    before = first(evenings, 5, hour=21)
    evenings.save(tmp_path / "shop")
    loaded = semrec.Engine.load(tmp_path / "shop")
    assert first(loaded, 5, hour=21) == before
    loaded.update(pd.DataFrame({"item_id": ["新1"], "title": ["新款 露营灯"]}))
    assert first(loaded, 2, hour=21).item_ids == before.item_ids[:2]
    loaded.compact()
    assert first(loaded, 1, hour=21)[0].reason == "晚上大家爱买"


def test_through_a_category_its_popular_items_come_first(evenings: semrec.Engine) -> None:
    categories = evenings.shop.catalog.frame.set_index("item_id")["category"]
    found = first(evenings, 10, category="百货")
    assert found.item_ids[:2] == ["雨伞2", "帐篷1"]
    assert set(categories[found.item_ids]) == {"百货"}
    assert set(found[0].reason.split("；")) == {"你进了“百货”", "近期热门"}
    pets = first(evenings, 10, category="宠物")
    assert set(categories[pets.item_ids]) == {"宠物"}


def test_through_a_query_what_was_searched_comes_first(evenings: semrec.Engine) -> None:
    found = first(evenings, 5, query="猫粮")
    assert all(item.startswith("猫粮") for item in found.item_ids), "whoever had them"
    assert "你搜过“猫粮”" in found[0].reason
    assert first(evenings, 5, query=" ") == first(evenings, 5)
    stranger = evenings.recommend("新人", context={"query": "猫粮", "category": "宠物"})
    assert stranger.notes[0] == "没有该用户的行为记录，按搜索词、类目、近期热度推荐。"


def test_a_known_person_is_answered_by_what_they_did(evenings: semrec.Engine) -> None:
    came = {"hour": 21, "category": "宠物", "query": "猫粮"}
    plain = evenings.recommend("帐篷13", k=5, context={"hour": 21})
    assert evenings.recommend("帐篷13", k=5, context=came) == plain


def test_what_nobody_can_come_through_is_named(evenings: semrec.Engine) -> None:
    with pytest.raises(UnknownValue, match="no item has category = '宠粮'; legal: "):
        evenings.recommend(context={"category": "宠粮"})
    with pytest.raises(InvalidArgument, match="context query = 3; legal: a string"):
        evenings.recommend(context={"query": 3})
