"""The rules of the blend: each ranks, and its parts sum to what it says they sum to."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import semrec
from semrec.errors import ConfigError
from semrec.learning import LEAST_CLICKS
from semrec.rank.scale import GENERAL


def with_rule(rule: str) -> Mapping[str, Any]:
    return {"blend": {"rule": rule}}


@pytest.fixture
def searched(events: pd.DataFrame, catalog: pd.DataFrame) -> pd.DataFrame:
    """The log, and searches by kind that end in a click on the second or third item of it."""
    items = catalog["item_id"].tolist()
    clicks = [
        {
            "user_id": f"s{i % 30}",
            "item_id": (item := items[i % len(items)]),
            "event_type": "click",
            "timestamp": 20_050 * 86_400.0 + i,
            "query": item[:-1],
            "position": 1 + i % 3,
        }
        for i in range(LEAST_CLICKS + 40)
    ]
    return pd.concat([events, pd.DataFrame(clicks)], ignore_index=True)


def logit(score: float) -> float:
    return float(np.log(score / (1 - score)))


@pytest.mark.parametrize("rule", ["log-odds", "fitted"])
def test_log_odds_are_fitted_to_clicks_and_their_parts_sum_to_them(
    encoder: object, catalog: pd.DataFrame, searched: pd.DataFrame, rule: str
) -> None:
    engine = semrec.Engine.build(catalog, searched, config=with_rule(rule))
    assert engine.shop.scale != GENERAL
    found = engine.search("猫粮", k=40)
    scores = np.array([hit.score for hit in found])
    assert ((scores > 0) & (scores < 1)).all()
    assert (np.diff(scores) <= 0).all()
    assert {hit.title[:2] for hit in found[:5]} == {"猫粮"}
    assert scores[:5].min() > 2 * scores[5:].max()
    told = engine.explain(found[2].item_id, "猫粮")
    assert told.rank == 3
    assert sum(told.parts.values()) == pytest.approx(told.total, abs=1e-4)
    assert logit(told.score) == pytest.approx(told.total, abs=1e-3)
    assert "概率" in str(told)
    assert found[0].reason


def test_without_clicks_log_odds_rank_as_the_weighted_mean_does(
    encoder: object, catalog: pd.DataFrame, events: pd.DataFrame
) -> None:
    odds = semrec.Engine.build(catalog, events)
    mean = semrec.Engine.build(catalog, events, config=with_rule("weighted"))
    assert odds.shop.odds is None
    assert odds.shop.scale == GENERAL
    found, plain = odds.search("雪见草猫粮", k=30), mean.search("雪见草猫粮", k=30)
    assert found.item_ids == plain.item_ids
    assert found[0].score > 0.4 > 0.1 > found[-1].score
    told = odds.explain(found[0].item_id, "雪见草猫粮")
    assert sum(told.parts.values()) == pytest.approx(told.total, abs=1e-4)
    assert logit(told.score) == pytest.approx(told.total, abs=1e-3)


def test_searches_without_a_query_teach_nothing(
    encoder: object, catalog: pd.DataFrame, searched: pd.DataFrame
) -> None:
    blank = searched.assign(query=searched["query"].where(searched.index % 3 == 0, " "))
    assert semrec.Engine.build(catalog, blank).shop.scale == GENERAL


def test_what_was_fitted_is_kept_on_disk_and_fitted_again_by_compaction(
    encoder: object, catalog: pd.DataFrame, searched: pd.DataFrame, tmp_path: Path
) -> None:
    engine = semrec.Engine.build(catalog, searched, config=with_rule("fitted"))
    engine.save(tmp_path / "index")
    opened = semrec.Engine.load(tmp_path / "index")
    before = [hit.score for hit in engine.search("雨伞", user="u6")]
    assert [hit.score for hit in opened.search("雨伞", user="u6")] == pytest.approx(before)
    opened.update(items=catalog.tail(1).assign(item_id="new", title="雨伞 雨伞 雨伞 新款"))
    assert "new" in opened.search("雨伞").item_ids
    opened.compact()
    again = semrec.Engine.load(tmp_path / "index").shop
    assert opened.shop.odds is not None
    assert again.odds is not None
    assert again.scale == opened.shop.scale != GENERAL


@pytest.mark.parametrize("rule", ["log-odds", "fitted"])
def test_taste_moves_a_search_by_log_odds_too(
    encoder: object, catalog: pd.DataFrame, searched: pd.DataFrame, rule: str
) -> None:
    engine = semrec.Engine.build(catalog, searched, config=with_rule(rule))
    alone = {hit.item_id: hit.score for hit in engine.search("猫砂", k=40)}
    buyer = {hit.item_id: hit.score for hit in engine.search("猫砂", user="cat3", k=40)}
    moved = {item: logit(buyer[item]) - logit(alone[item]) for item in alone}
    assert max(moved, key=lambda item: moved[item]) in {"猫砂0", "猫粮0"}
    assert moved["猫砂0"] > 0 > moved["耳机2"]


def test_trees_learn_from_clicks_and_their_parts_sum_to_the_score(
    encoder: object, catalog: pd.DataFrame, searched: pd.DataFrame, tmp_path: Path
) -> None:
    pytest.importorskip("lightgbm")
    engine = semrec.Engine.build(catalog, searched, config=with_rule("trees"))
    found = engine.search("帐篷", k=10)
    assert {hit.title[:2] for hit in found[:5]} == {"帐篷"}
    told = engine.explain(found[0].item_id, "帐篷")
    assert sum(told.parts.values()) == pytest.approx(told.score, abs=1e-4)
    engine.save(tmp_path / "index")
    opened = semrec.Engine.load(tmp_path / "index")
    assert opened.search("帐篷", k=10).item_ids == found.item_ids


def test_reciprocal_ranks_are_a_baseline_that_adds_up(
    encoder: object, catalog: pd.DataFrame, events: pd.DataFrame
) -> None:
    engine = semrec.Engine.build(catalog, events, config=with_rule("ranks"))
    found = engine.search("猫粮", k=8)
    assert {hit.title[:2] for hit in found[:5]} == {"猫粮"}
    told = engine.explain(found[1].item_id, "猫粮")
    assert sum(told.parts.values()) == pytest.approx(told.score, abs=1e-5)
    assert told.score == pytest.approx(found[1].score, abs=1e-5)


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"blend\.rule.*'sum'"):
        semrec.Config.of(with_rule("sum"))
