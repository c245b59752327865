"""After updates and a compaction an engine answers as one that was built of the same tables."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import semrec

QUERIES = ["猫粮", "雪见草 大号", "防雨帐篷", "送爸爸的生日礼物", "冲击钻", "家用 小号 红"]


def same(ours: semrec.Results, theirs: semrec.Results) -> None:
    assert [(hit.item_id, hit.title, hit.reason) for hit in ours] == [
        (hit.item_id, hit.title, hit.reason) for hit in theirs
    ]
    scores = [[hit.score for hit in results] for results in (ours, theirs)]
    np.testing.assert_allclose(*scores, atol=2e-5)


def changes(toy: Any) -> list[dict[str, Any]]:
    new = [
        {"item_id": f"电钻{i}", "title": f"无线冲击钻 {'黄黑'[i]}", "category": "工", "price": i}
        for i in range(2)
    ]
    replaced = toy.catalog().iloc[[2, 11, 12]].assign(title="防雨帐篷 露营", price=300.0)
    events = [toy.event(f"d{i}", f"电钻{i % 2}", "buy", 140 + i) for i in range(6)]
    events += [toy.event(f"d{i}", "帐篷3", "buy", 140.2 + i) for i in range(6)]
    return [
        {"items": pd.DataFrame(new), "delete": ["雨伞0", "雨伞1"]},
        {"items": replaced, "events": pd.DataFrame(events)},
        {"items": replaced.iloc[[0]].assign(price=1.0), "delete": ["猫砂3"]},
    ]


def whole(toy: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables as the shop would hand them over after all changes."""
    items, events = toy.catalog().set_index("item_id"), toy.events()
    for change in changes(toy):
        if "items" in change:
            rows = change["items"].set_index("item_id")
            known = rows.index.intersection(items.index)
            items = items.astype(object)
            items.loc[known] = rows.loc[known].reindex(columns=items.columns).astype(object)
            items = pd.concat([items, rows.drop(known).astype(object)])
        items = items.drop(change.get("delete", []))
        if "events" in change:
            events = pd.concat([events, change["events"]], ignore_index=True)
    return items.reset_index(names="item_id"), events


def test_update_and_compact_equal_a_fresh_build(
    engine: semrec.Engine, index: Path, toy: Any
) -> None:
    first, second, third = changes(toy)
    engine.update(**first)
    engine.update(**second)
    engine = semrec.Engine.load(index)
    engine.update(**third)
    engine.compact()
    items, events = whole(toy)
    fresh = semrec.Engine.build(items, events, toy.reviews(), toy.settings)
    for each in (engine, semrec.Engine.load(index)):
        assert each.shop.counts() == fresh.shop.counts()
        for query in QUERIES:
            same(each.search(query, k=12), fresh.search(query, k=12))
            same(each.search(query, user="u3", k=5), fresh.search(query, user="u3", k=5))
        for user in (None, "u3", "cat2", "d1"):
            same(each.recommend(user, k=8), fresh.recommend(user, k=8))
        for item in ("猫粮0", "电钻1", "帐篷3"):
            same(each.similar(item, k=5), fresh.similar(item, k=5))
            same(each.bundle(item), fresh.bundle(item))
        assert [each.text for each in each.suggest("冲")] == [
            each.text for each in fresh.suggest("冲")
        ]


def test_compaction_learns_what_waited(engine: semrec.Engine, toy: Any) -> None:
    rows = [
        toy.event(f"n{i}", item, "buy", 150 + i) for i in range(9) for item in ("耳机0", "帐篷0")
    ]
    engine.update(events=pd.DataFrame(rows))
    assert "帐篷0" not in engine.bundle("耳机0").item_ids
    before = engine.recommend(k=3)
    engine.compact()
    assert engine.bundle("耳机0").item_ids[0] == "帐篷0"
    same(engine.recommend(k=3), before)


def test_copies_of_events_count_once_after_compaction(engine: semrec.Engine, toy: Any) -> None:
    scores = engine.shop.popularity.scores.copy()
    engine.update(events=toy.events())
    np.testing.assert_allclose(engine.shop.popularity.scores, 2 * scores, rtol=1e-5)
    engine.compact()
    np.testing.assert_allclose(engine.shop.popularity.scores, scores, rtol=1e-5)
