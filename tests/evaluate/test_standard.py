from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from semrec.config import Config
from semrec.engine import Engine
from semrec.errors import InvalidArgument
from semrec.evaluate.files import read_event_pairs
from semrec.evaluate.splits import by_time
from semrec.evaluate.standard import recommend_report, search_report, tune_search

TITLES = ["保湿面霜敏感肌", "无谷猫粮鲜肉", "无谷猫粮冻干", "露营灯", "防晒霜清爽", "猫砂除臭"]
QUERIES = {"1": "冻干猫粮", "2": "面霜", "3": "晚上露营用的照明"}
QRELS = {"1": {"p2": 1.0}, "2": {"p0": 1.0}, "3": {"p3": 1.0}}


CATALOG = pd.DataFrame(
    {
        "item_id": [f"p{n}" for n in range(6)],
        "title": TITLES,
        "category": ["美妆", "宠物", "宠物", "户外", "美妆", "宠物"],
    }
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.build(CATALOG, config={"embed": {"sides": "student"}})


def test_legs_are_measured_side_by_side(engine: Engine) -> None:
    report = search_report(engine, QUERIES, QRELS, ["lexical", "blend"], k=3)
    assert list(report.systems) == ["lexical", "blend"]
    assert report.systems["blend"].means["hit_rate@3"].value == 1
    labels = {(each.slice, each.label) for each in report.slices}
    new = [each for each in report.slices if each.label == "new query"]
    assert [each.questions for each in new] == [3, 3], "the index has no log"
    assert ("query", "known query") in labels
    assert {("wording", "exact"), ("wording", "vague"), ("category", "宠物")} <= labels
    assert report.about["index"]["counts"]["items"] == 6
    assert report.systems["blend"].answers.scores is not None


def test_models_are_measured_side_by_side() -> None:
    rows = [(f"u{u}", f"i{(u * 3 + n) % 7}", float(n)) for u in range(12) for n in range(5)]
    log = pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp"])
    split = by_time(log, 0.2)
    report = recommend_report(split.train, split.test, ["popularity", "ease"], k=2)
    assert list(report.systems) == ["popularity", "ease"]
    assert report.metrics[0] == "ndcg@2"
    assert {each.system for each in report.differences} == {"ease"}
    assert report.about["test_pairs"] == len(split.test)
    with pytest.raises(InvalidArgument, match="no model"):
        recommend_report(split.train, split.test, [])


def test_settings_are_tuned_on_validation_queries(engine: Engine) -> None:
    asked: list[Config] = []

    def follow(config: Config) -> Engine:
        asked.append(config)
        return engine

    found = tune_search(engine, follow, (QUERIES, QRELS), trials=4, k=3)
    assert asked[0] == found.config == engine.shop.config
    assert len(asked) == found.trials == 4
    assert 0.5 < found.value == found.start_value <= 1
    with pytest.raises(InvalidArgument, match="may not be tuned on"):
        tune_search(engine, follow, (QUERIES, QRELS), held_out={"t": "面霜"})


@pytest.mark.data
def test_behaviour_beats_chance_on_real_ratings(data_dir: Path) -> None:
    split = by_time(read_event_pairs(data_dir / "cf-ml-100k" / "ml-100k.inter"))
    known = split.test[split.test["user_id"].isin(split.train["user_id"])]
    report = recommend_report(split.train, known, ["popularity", "item-knn"], k=10)
    assert len(report.questions) > 50
    for each in report.systems.values():
        assert each.means["hit_rate@10"].value > 0.3
        assert 0 < each.means["coverage"].value < 1
    assert any("item only in the test" in leak for leak in report.about["leaks"])
    novel = {name: each.means["novelty"].value for name, each in report.systems.items()}
    assert novel["item-knn"] > novel["popularity"], "neighbours show more than what all like"
