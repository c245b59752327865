"""Search does what was understood, says so, and can be told not to."""

import pandas as pd
import pytest

import semrec
from semrec.errors import InvalidArgument


@pytest.fixture(scope="module")
def phones() -> semrec.Engine:
    titles = [f"星河手机 {size}GB 双卡" for size in (64, 128, 256)]
    titles += [f"山川手机 {colour}色 大电池" for colour in ("红", "蓝", "黑")]
    titles += [f"皮质手机壳 {colour}" for colour in ("红", "蓝")] + ["硅胶手机壳 透明", "折叠雨伞"]
    catalog = pd.DataFrame(
        {
            "item_id": [f"p{i}" for i in range(len(titles))],
            "title": titles,
            "brand": ["星河"] * 3 + ["山川"] * 3 + [""] * 4,
            "price": [999, 1299, 1599, 899, 1899, 2099, 39, 49, 19, 59],
        }
    )
    good = [
        "续航很好，两天一充",
        "出差不用带充电宝，续航给力",
        "续航时间长，满意",
        "续航超强",
        "打游戏一天，续航依然不错",
        "老人用，续航非常棒",
        "续航持久，推荐购买",
        "续航好，手感也好",
    ]
    bad = ["续航太差，半天没电", "续航不行，后悔买了", "续航短得离谱", "续航差，失望"]
    bad += ["一天要充三次，续航糟糕", "续航完全不行", "待机续航很差劲", "续航差评，退货了"]
    said = [("p3", text) for text in bad] + [("p4", text) for text in good]
    reviews = pd.DataFrame([*said, ("p0", "物流很快")], columns=["item_id", "text"])
    return semrec.Engine.build(catalog, reviews=reviews)


def prices(engine: semrec.Engine, results: semrec.Results) -> list[float]:
    frame = engine.shop.catalog.frame.set_index("item_id")
    return [float(frame.at[item, "price"]) for item in results.item_ids]


def test_a_price_is_a_condition_unless_told_otherwise(phones: semrec.Engine) -> None:
    found = phones.search("1000元以内的手机")
    assert found.item_ids
    assert max(prices(phones, found)) <= 1000
    literally = phones.search("1000元以内的手机", understand=False)
    assert max(prices(phones, literally)) > 1000


def test_what_is_not_wanted_is_left_out(phones: semrec.Engine) -> None:
    found = phones.search("手机壳 不要皮质的", k=10)
    titles = [hit.title for hit in found]
    assert any("手机壳" in title for title in titles)
    assert not any("皮质" in title for title in titles)


def test_praise_of_what_is_wished_lifts_and_is_the_reason(phones: semrec.Engine) -> None:
    found = phones.search("续航好的山川手机")
    ranks = {hit.item_id: hit.rank for hit in found}
    assert ranks["p4"] < ranks["p3"]
    (praised,) = [hit for hit in found if hit.item_id == "p4"]
    assert "续航好评" in praised.reason
    assert praised.raw["reviews"] > 0.5


def test_the_situation_changes_a_recommendation(phones: semrec.Engine) -> None:
    rain = phones.recommend(k=3, context={"weather": "下雨"})
    assert rain.item_ids[0] == "p9"
    assert rain[0].reason == "适合此时此景"
    with pytest.raises(InvalidArgument, match="unknown context 'wether'; legal: weather"):
        phones.search("手机", context={"wether": "下雨"})


def test_a_saved_engine_understands_the_same(phones: semrec.Engine, tmp_path) -> None:
    phones.save(tmp_path / "index")
    loaded = semrec.Engine.load(tmp_path / "index")
    for query in ("1000元以内的手机", "续航好的山川手机", "手机壳 不要皮质的"):
        assert loaded.search(query).to_dict() == phones.search(query).to_dict()
