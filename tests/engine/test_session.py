"""What a person has just looked at: a signal of search like all others."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import semrec
from semrec.errors import InvalidArgument, UnknownItem

QUERY, SEEN = "手机壳", "p1556"


def click(sample_engine: semrec.Engine, user: str, item: str) -> pd.DataFrame:
    event = {"user_id": user, "item_id": item, "event_type": "click"}
    return pd.DataFrame([{**event, "timestamp": sample_engine.shop.newest + 60}])


def place(sample_engine: semrec.Engine, item: str, **context: list[str]) -> int:
    ids = sample_engine.search(QUERY, k=100, context=context).item_ids
    return list(ids).index(item) + 1


def test_brings_up_what_is_like_it(sample_engine: semrec.Engine) -> None:
    plain = sample_engine.search(QUERY, k=20)
    hits = sample_engine.search(QUERY, k=20, context={"session": [SEEN]})
    assert all("session" not in hit.signals for hit in plain)
    best = max(hits, key=lambda hit: hit.signals.get("session", 0.0))
    assert best.signals["session"] > 0.1
    assert place(sample_engine, best.item_id, session=[SEEN]) < place(sample_engine, best.item_id)
    assert [sum(hit.signals.values()) for hit in hits] == pytest.approx(
        [hit.score for hit in hits], abs=1e-5
    )
    assert any(
        hit.reason.startswith("因为你刚看过「") or "；因为你刚看过「" in hit.reason for hit in hits
    )


def test_another_corner_of_the_shop_changes_next_to_nothing(sample_engine: semrec.Engine) -> None:
    food = sample_engine.search("猫粮", k=1)[0].item_id
    plain = sample_engine.search(QUERY, k=10)
    after = sample_engine.search(QUERY, k=10, context={"session": [food]})
    assert after[0].item_id == plain[0].item_id
    assert len(set(after.item_ids) & set(plain.item_ids)) >= 9
    assert max(hit.raw["session"] for hit in after) < 0.1


def test_an_exact_query_leaves_it_no_room(sample_engine: semrec.Engine) -> None:
    query = "佳能80d相机"
    plain = sample_engine.search(query, k=10)
    near = [plain[5].item_id]
    assert sample_engine.search(query, k=10, context={"session": near}).item_ids == plain.item_ids


@pytest.mark.parametrize("rule", ["weighted", "ranks"])
def test_without_the_visit_its_items_fall(sample_engine: semrec.Engine, rule: str) -> None:
    """Faithfulness: what is named as a cause carries the item."""
    settings = sample_engine.shop.config.model_dump()
    settings["blend"]["rule"] = rule
    asked = sample_engine.with_config(semrec.Config.from_dict(settings))
    context = {"session": [SEEN]}
    fallen = 0
    for hit in asked.search(QUERY, k=10, context=context):
        if hit.signals.get("session", 0.0) <= 0.05 and rule != "ranks":
            continue
        told = asked.explain(hit.item_id, QUERY, context=context)
        causes = {each.cause: each for each in told.causes}
        (named,) = [each for cause, each in causes.items() if cause.startswith("你刚看过的「")]
        assert named.rank == told.rank
        assert named.without == causes["与刚看过的相近"].without
        fallen += named.matters
    assert fallen >= 3


def test_the_log_tells_the_visit_and_so_does_the_folder(
    shop: semrec.datasets.Sample, tmp_path: Path
) -> None:
    sample_engine = semrec.Engine.build(shop.catalog, shop.events, shop.reviews)
    sample_engine.save(tmp_path / "shop")
    before = sample_engine.search(QUERY, "u0002", k=10)
    assert all("session" not in hit.signals for hit in before)
    sample_engine.update(events=click(sample_engine, "u0002", SEEN))
    after = sample_engine.search(QUERY, "u0002", k=10)
    assert any(hit.signals.get("session", 0.0) > 0.05 for hit in after)
    again = semrec.Engine.load(tmp_path / "shop")
    assert again.search(QUERY, "u0002", k=10).item_ids == after.item_ids
    new = sample_engine.search(QUERY, "u0002", k=10, context={"session": []})
    assert all("session" not in hit.signals for hit in new)
    told = sample_engine.explain(after[0].item_id, QUERY, "u0002")
    assert any(each.cause.startswith("你点击过的「") for each in told.causes)
    stranger = sample_engine.search(QUERY, "u0003", k=10)
    assert all("session" not in hit.signals for hit in stranger)
    sample_engine.update(
        events=click(sample_engine, "u0003", "p0001").assign(
            timestamp=sample_engine.shop.newest + 4000
        )
    )
    over = sample_engine.search(QUERY, "u0002", k=10)
    assert all("session" not in hit.signals for hit in over)


def test_makes_a_newcomer_known_to_recommendations(sample_engine: semrec.Engine) -> None:
    hits = sample_engine.recommend("newcomer", k=10, context={"session": [SEEN]})
    assert hits.notes == ()
    assert SEEN not in hits.item_ids
    assert any("因为你关注过「" in hit.reason or "与你看过的「" in hit.reason for hit in hits)


def test_what_is_no_list_of_items_is_refused(sample_engine: semrec.Engine) -> None:
    with pytest.raises(InvalidArgument, match="context session = 'p1556'; legal: a list of str"):
        sample_engine.search(QUERY, context={"session": SEEN})
    with pytest.raises(InvalidArgument, match="context session"):
        sample_engine.search(QUERY, context={"session": [3]})
    with pytest.raises(UnknownItem, match="nothing"):
        sample_engine.search(QUERY, context={"session": ["nothing"]})
