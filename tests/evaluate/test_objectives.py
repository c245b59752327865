from __future__ import annotations

import pandas as pd
import pytest

from semrec.config import Config
from semrec.engine import Engine
from semrec.errors import InvalidArgument
from semrec.evaluate.objectives import pseudo_queries, search_objective

TITLES = ["保湿 面霜 敏感肌", "无谷 猫粮 鲜肉", "无谷 猫粮 冻干", "露营灯", "猫粮 面霜"]
ITEMS = ["p1", "p2", "p3", "p4", "p5"]


def test_pseudo_queries_are_words_of_a_title_in_its_order() -> None:
    queries, qrels = pseudo_queries(TITLES, ITEMS, str.split, count=10, seed=1)
    assert len(queries) == 4, "a title of one word makes no query"
    for qid, text in queries.items():
        words = text.split()
        assert 2 <= len(words) <= 4
        fitting = {i for i, t in zip(ITEMS, TITLES, strict=True) if set(words) <= set(t.split())}
        assert qrels[qid] == dict.fromkeys(fitting, 1.0)
        title = TITLES[int(qid.removeprefix("pseudo-"))].split()
        assert words == [word for word in title if word in words]
    assert pseudo_queries(TITLES, ITEMS, str.split, 10, seed=1) == (queries, qrels)
    assert pseudo_queries(TITLES, ITEMS, str.split, 10, seed=2) != (queries, qrels)


def test_rare_words_are_asked_more_often() -> None:
    titles = [f"常见 普通 甲类 乙类 词{n} 丙类" for n in range(200)]
    queries, _ = pseudo_queries(titles, [str(n) for n in range(200)], str.split, 200)
    texts = " ".join(queries.values())
    assert texts.count("词") > 1.5 * texts.count("常见")


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
