from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import semrec
from semrec.errors import InvalidArgument, UnknownItem


def drill(**more: object) -> pd.DataFrame:
    row = {"item_id": "电钻0", "title": "无线锂电冲击钻", "category": "工具", "price": 99.0}
    return pd.DataFrame([{**row, **more}])


def test_a_new_item_is_found_at_once_and_after_a_restart(
    engine: semrec.Engine, index: Path
) -> None:
    done = engine.update(drill(attributes={"颜色": "黄"}))
    assert (done.added, done.replaced, done.encoded) == (1, 0, 1)
    for each in (engine, semrec.Engine.load(index)):
        assert each.search("冲击钻", k=1).item_ids == ["电钻0"]
        assert each.search("冲击钻", using="dense", k=1).item_ids == ["电钻0"]
        assert each.search("钻", filters={"颜色": "黄"}).item_ids == ["电钻0"]
        assert "popularity" not in each.search("冲击钻", k=1)[0].signals, "unknown, no zero"
        assert each.recommend(k=40).item_ids.count("电钻0") == 0
        assert each.similar("电钻0", k=3).question.endswith("无线锂电冲击钻")


def test_a_row_replaces_the_whole_item(engine: semrec.Engine, index: Path) -> None:
    new = pd.DataFrame([{"item_id": "猫粮0", "title": "折叠婴儿推车", "price": 800}])
    assert engine.update(new).replaced == 1
    for each in (engine, semrec.Engine.load(index)):
        assert each.search("婴儿推车", k=1).item_ids == ["猫粮0"]
        assert "猫粮0" not in each.search("猫粮", using="lexical", k=40).item_ids
        assert each.search("推车", filters={"price": (500, None)}).item_ids == ["猫粮0"]
        assert each.bundle("猫粮0").item_ids[0] == "猫砂0", "behaviour belongs to the id"
        assert each.shop.counts()["items"] == 30


def test_a_new_price_needs_no_encoding(engine: semrec.Engine, toy: Any) -> None:
    rows = toy.catalog().iloc[[3, 7]].assign(price=7.5)
    before = engine.search("大号家用", using="dense", k=30)
    assert engine.update(rows).encoded == 0
    assert {*engine.search("家用", filters={"price": 7.5}).item_ids} == {"猫粮3", "猫砂2"}
    after = engine.search("大号家用", using="dense", k=30)
    assert after.item_ids == before.item_ids


def test_reviews_stay_with_a_replaced_item(engine: semrec.Engine, toy: Any) -> None:
    engine.update(toy.catalog().iloc[[17]].assign(price=1))
    assert engine.search("生日礼物", using="lexical").item_ids[0] == "帐篷2"
    assert engine.shop.ratings[17] == 4.5


def test_deleted_items_are_gone_everywhere(engine: semrec.Engine, index: Path) -> None:
    popular = engine.recommend(k=40).item_ids
    assert "猫砂0" in popular
    engine.update(delete=["猫砂0"])
    for each in (engine, semrec.Engine.load(index)):
        assert "猫砂0" not in each.recommend(k=40).item_ids
        assert "猫砂0" not in each.recommend("cat1", k=40, exclude_seen=False).item_ids
        assert "猫砂0" not in each.search("猫砂", k=40).item_ids
        assert "猫砂0" not in each.search("猫砂", k=40, filters={"category": "猫"}).item_ids
        assert "猫砂0" not in each.similar("猫砂1", k=40).item_ids
        assert "猫砂0" not in each.bundle("猫粮0", k=40).item_ids
        assert each.shop.counts()["items"] == 29
        with pytest.raises(UnknownItem):
            each.similar("猫砂0")


def test_a_deleted_item_can_come_back(engine: semrec.Engine, index: Path, toy: Any) -> None:
    row = toy.catalog().iloc[[5]]
    engine.update(delete=["猫砂0"])
    engine.update(row)
    for each in (engine, semrec.Engine.load(index)):
        assert "猫砂0" in each.search("猫砂", k=5).item_ids
        assert each.bundle("猫粮0").item_ids[0] == "猫砂0"


def test_events_are_heard_at_once(engine: semrec.Engine, index: Path, toy: Any) -> None:
    rows = [toy.event(f"n{i}", "雨伞3", "buy", 200) for i in range(30)]
    rows += [toy.event("stranger", "耳机2", "view", 200), toy.event("u0", "雨伞3", "view", 200)]
    assert engine.recommend("stranger").notes
    assert engine.update(events=pd.DataFrame(rows)).events == 32
    for each in (engine, semrec.Engine.load(index)):
        assert each.recommend(k=1).item_ids == ["雨伞3"]
        assert each.recommend("stranger", k=1).item_ids[0].startswith("耳机")
        assert not each.recommend("stranger", k=1).notes
        assert "雨伞3" not in each.recommend("u0", k=40).item_ids, "seen"


def test_old_events_fade_as_in_a_fresh_build(engine: semrec.Engine, toy: Any) -> None:
    more = pd.DataFrame([toy.event("u1", "雨伞3", "buy", 170), toy.event("z", "耳机1", "fav", 90)])
    engine.update(events=more)
    whole = pd.concat([toy.events(), more], ignore_index=True)
    fresh = semrec.Engine.build(toy.catalog(), whole, toy.reviews(), toy.settings)
    np.testing.assert_allclose(
        engine.shop.popularity.scores, fresh.shop.popularity.scores, rtol=1e-5
    )
    for user in ("u1", "z", "cat3"):
        ours, theirs = engine.shop.history_of(user), fresh.shop.history_of(user)
        assert ours is not None and theirs is not None
        np.testing.assert_allclose(ours.toarray(), theirs.toarray(), rtol=1e-5)


def test_bad_rows_are_set_aside_and_the_good_go_on(engine: semrec.Engine, index: Path) -> None:
    items = pd.concat([drill(), drill(item_id="x", title="")], ignore_index=True)
    events = pd.DataFrame({"user_id": "u", "item_id": ["没有", "电钻0"], "event_type": "view"})
    done = engine.update(items, ["猫粮1", "没有"], events.assign(timestamp=1e9))
    assert (done.added, done.deleted, done.events) == (1, 1, 1)
    reasons = {(each.column, each.value) for each in done.rejects.entries}
    assert reasons == {("title", ""), ("item_id", "没有")}
    assert len(done.rejects) == 3
    assert "没有" in (index / "rejects.csv").read_text(encoding="utf-8")


def test_wrong_updates_are_refused_whole(engine: semrec.Engine, toy: Any) -> None:
    with pytest.raises(InvalidArgument, match="nothing to update"):
        engine.update()
    with pytest.raises(InvalidArgument, match="'电钻0' is to be deleted and among"):
        engine.update(drill(), delete=["电钻0"])
    with pytest.raises(InvalidArgument, match="all 30 items"):
        engine.update(delete=toy.catalog()["item_id"].tolist())
    assert len(engine.search("冲击钻", using="lexical")) == 0
    assert engine.shop.counts()["items"] == 30


def test_new_columns_and_other_types(engine: semrec.Engine) -> None:
    engine.update(drill(功率=1200))
    assert engine.search("钻", filters={"功率": (1000, None)}).item_ids == ["电钻0"]
    engine.update(drill(item_id="电钻1", 功率="大"))
    assert engine.search("钻", filters={"功率": "大"}).item_ids == ["电钻1"]
    assert engine.search("钻", filters={"功率": "1200"}).item_ids == ["电钻0"]


def test_ids_from_a_file(engine: semrec.Engine, tmp_path: Path) -> None:
    file = tmp_path / "gone.txt"
    file.write_text("猫粮0\n\n 猫粮1 \n不存在\n", encoding="gb18030")
    done = engine.update(delete=file)
    assert done.deleted == 2
    assert [(each.row, each.value) for each in done.rejects.entries] == [(4, "不存在")]


def test_an_engine_without_a_folder_changes_in_memory(toy: Any) -> None:
    engine = semrec.Engine.build(toy.catalog().head(8), None, None, toy.settings)
    engine.update(drill(), delete=["猫粮0"])
    assert engine.search("冲击钻", k=1).item_ids == ["电钻0"]
    engine.compact()
    assert engine.search("冲击钻", k=1).item_ids == ["电钻0"]
    assert len(engine.shop.catalog) == 8


def test_a_shop_without_behaviour_hears_its_first_events(toy: Any, tmp_path: Path) -> None:
    engine = semrec.Engine.build(toy.catalog().head(8), None, None, toy.settings)
    engine.save(tmp_path / "index")
    engine.update(events=pd.DataFrame([toy.event("u", "猫砂1", "buy", 3)]))
    for each in (engine, semrec.Engine.load(tmp_path / "index")):
        assert each.recommend(k=1).item_ids == ["猫砂1"]
        assert not any("没有该用户" in note for note in each.recommend("u", k=9).notes)
