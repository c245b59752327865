from __future__ import annotations

import pandas as pd
import pytest

from semrec.config import Config
from semrec.engine import Engine
from semrec.errors import InvalidArgument
from semrec.evaluate.objectives import search_objective

TITLES = ["保湿 面霜 敏感肌", "无谷 猫粮 鲜肉", "无谷 猫粮 冻干", "露营灯", "猫粮 面霜"]
ITEMS = ["p1", "p2", "p3", "p4", "p5"]


CATALOG = pd.DataFrame({"item_id": ITEMS, "title": [t.replace(" ", "") for t in TITLES]})
START = Config.from_dict({"embed": {"sides": "student"}})


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.build(CATALOG, config=START)


def test_the_objective_is_the_figure_of_the_engine(engine: Engine) -> None:
    def measured(qrels: dict[str, dict[str, float]]) -> float:
        queries = {"1": "冻干猫粮", "2": "无人"}
        return search_objective(lambda config: engine, queries, qrels, metric="mrr", k=3)(START)

    assert measured({"1": {"p3": 1.0}}) == 1.0
    assert measured({"1": {"nowhere": 1.0}}) == 0


def test_each_setting_gets_its_engine(engine: Engine) -> None:
    asked: list[Config] = []

    def watched(config: Config) -> Engine:
        asked.append(config)
        return engine

    measure = search_objective(watched, {"1": "冻干猫粮"}, {"1": {"p3": 1.0}})
    other = Config.from_dict({"lexical": {"b": 0.2}})
    assert measure(other) == measure(START)
    assert asked == [other, START]


def test_impossible_objectives_are_named(engine: Engine) -> None:
    with pytest.raises(InvalidArgument, match="'ndgc'; legal: ndcg"):
        search_objective(lambda config: engine, {"1": "a"}, {"1": {"p1": 1.0}}, metric="ndgc")
    with pytest.raises(InvalidArgument, match="no validation query"):
        search_objective(lambda config: engine, {"1": "a"}, {})
