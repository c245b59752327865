from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import semrec
from semrec.errors import InvalidArgument


@pytest.fixture(scope="module")
def lifted(shop: semrec.datasets.Sample) -> semrec.Engine:
    """The sample shop with the events of 120 persons; it recommends by score and lifts."""
    some = shop.events["user_id"].drop_duplicates().iloc[:120]
    events = shop.events[shop.events["user_id"].isin(some)]
    settings = {"diversity": {"recommend": 0.0, "coverage": 0.3}}
    return semrec.Engine.build(shop.catalog, events, config=settings)


def _seen(engine: semrec.Engine, wish: dict[str, float] | None, persons: int = 120) -> set[str]:
    users = engine.shop.users.ids[:persons]
    return {item for user in users for item in engine.recommend(user, diversity=wish).item_ids}


def test_lifts_of_the_settings_show_more_of_the_catalog(lifted: semrec.Engine) -> None:
    usual, plain = _seen(lifted, None), _seen(lifted, {})
    assert len(usual) > 1.15 * len(plain)
    assert _seen(lifted, {"coverage": 0.3}) == usual


def test_more_than_the_index_knows_of_is_refused(lifted: semrec.Engine) -> None:
    with pytest.raises(InvalidArgument, match=r"diversity.coverage = 0.5; legal: 0 to 0.3"):
        lifted.recommend(lifted.shop.users.ids[0], diversity={"coverage": 0.5})


def test_strangers_and_searches_know_no_lifts(lifted: semrec.Engine) -> None:
    stranger = lifted.recommend("nobody", diversity={"coverage": 0.3})
    assert stranger.item_ids == lifted.recommend("nobody", diversity={}).item_ids
    asked = lifted.search("耳机", user=lifted.shop.users.ids[0], diversity={"coverage": 0.3})
    assert asked.item_ids == lifted.search("耳机", user=lifted.shop.users.ids[0]).item_ids


def test_a_saved_index_keeps_its_lifts(lifted: semrec.Engine, tmp_path: Path) -> None:
    lifted.save(tmp_path / "index")
    loaded = semrec.Engine.load(tmp_path / "index")
    assert loaded.shop.lifts is not None and lifted.shop.lifts is not None
    assert np.array_equal(loaded.shop.lifts.values, lifted.shop.lifts.values)
    assert loaded.shop.lifts.values.max() > 0
    assert _seen(loaded, None, 10) == _seen(lifted, None, 10)
