from __future__ import annotations

import pandas as pd
import pytest

from semrec.config import Config
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


@pytest.fixture(scope="module")
def engine():  # type: ignore[no-untyped-def]
    from semrec.engine import Engine

    catalog = pd.DataFrame({"item_id": ITEMS, "title": [t.replace(" ", "") for t in TITLES]})
    return Engine.build(catalog, config={"embed": {"sides": "student"}})


def test_the_objective_is_the_figure_of_these_settings(engine) -> None:  # type: ignore[no-untyped-def]
    queries, qrels = {"1": "冻干猫粮", "2": "无人"}, {"1": {"p3": 1.0}}
    measure = search_objective(engine, queries, qrels, metric="mrr", k=3)
    config = engine.shop.config
    assert measure(config) == 1.0
    blend = config.blend.model_copy(update={"candidates": 1})
    blind = config.model_copy(update={"blend": blend})
    worst = search_objective(engine, queries, {"1": {"nowhere": 1.0}}, metric="mrr", k=3)
    assert worst(blind) == 0


def test_other_settings_need_another_index(engine) -> None:  # type: ignore[no-untyped-def]
    queries, qrels = {"1": "冻干猫粮"}, {"1": {"p3": 1.0}}
    other = Config.from_dict({"lexical": {"b": 0.2}, "embed": {"sides": "student"}})
    with pytest.raises(InvalidArgument, match="there is no rebuild"):
        search_objective(engine, queries, qrels)(other)
    asked: list[Config] = []

    def rebuild(config: Config):  # type: ignore[no-untyped-def]
        from dataclasses import replace

        from semrec.engine import Engine

        asked.append(config)
        return Engine(replace(engine.shop, config=config), engine.encoders)

    measure = search_objective(engine, queries, qrels, rebuild=rebuild)
    assert measure(other) == measure(other) > 0.5
    assert asked == [other], "the last engine is kept"


def test_impossible_objectives_are_named(engine) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidArgument, match="'ndgc'; legal: ndcg"):
        search_objective(engine, {"1": "a"}, {"1": {"p1": 1.0}}, metric="ndgc")
    with pytest.raises(InvalidArgument, match="no validation query"):
        search_objective(engine, {"1": "a"}, {})
