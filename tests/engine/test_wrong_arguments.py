"""A wrong argument of a question is named; nothing of it is taken for something else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import semrec
from semrec.errors import DataError, InvalidArgument

Ask = Callable[[semrec.Engine], object]
KINDS = ["猫粮", "猫砂", "雨伞"]


@pytest.fixture(scope="module")
def engine() -> semrec.Engine:
    catalog = pd.DataFrame(
        {
            "item_id": [f"{kind}{i}" for kind in KINDS for i in range(2)],
            "title": [f"{kind} 家用 {i}号" for kind in KINDS for i in range(2)],
            "price": 10.0,
        }
    )
    events = pd.DataFrame(
        [
            {"user_id": f"u{u}", "item_id": item, "event_type": "buy", "timestamp": 86_400.0 * u}
            for u in range(9)
            for item in (["猫粮0", "猫砂0"] if u % 3 else ["雨伞1"])
        ]
    )
    return semrec.Engine.build(catalog, events, config={"embed": {"sides": "student"}})


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda e: e.search(None), "query = None"),
        (lambda e: e.search("鞋", k=1.5), "k = 1.5"),
        (lambda e: e.search("鞋", user=["u0"]), r"user = \['u0'\]"),
        (lambda e: e.search("鞋", min_score="0.5"), "min_score = '0.5'"),
        (lambda e: e.search("", min_score=2), "min_score = 2"),
        (lambda e: e.search("鞋", rerank=5), "rerank = 5"),
        (lambda e: e.search("鞋", diversity={"novelty": "a"}), "diversity.novelty = 'a'"),
        (lambda e: e.search("鞋", diversity={"novelty": None}), "diversity.novelty = None"),
        (lambda e: e.search("鞋", diversity={"per_brand": "2"}), "diversity.per_brand = '2'"),
        (lambda e: e.search("鞋", diversity={"per_brand": 1.5}), "diversity.per_brand = 1.5"),
        (lambda e: e.search("鞋", diversity={"per_category": True}), "per_category = True"),
        (lambda e: e.search("鞋", diversity={"seed": "x"}), "diversity.seed = 'x'"),
        (lambda e: e.search("鞋", diversity={"keep": None}), "diversity.keep = None"),
        (lambda e: e.recommend(user=["u0"]), "user = "),
        (lambda e: e.recommend(basket=5), "basket = 5"),
        (lambda e: e.recommend(context={"hour": 5.5}), "context hour = 5.5; legal: 0 to 23"),
        (lambda e: e.bundle(None), "basket = None"),
        (lambda e: e.bundle("猫粮0", budget="a"), "budget = 'a'"),
        (lambda e: e.explain("猫粮0", query=5), "query = 5"),
        (lambda e: e.explain("猫粮0", user=("u0",)), "user = "),
        (lambda e: e.profile(["u0"]), "user = "),
        (lambda e: e.understand(None), "query = None"),
        (lambda e: e.suggest(b"x"), "prefix = b'x'"),
        (lambda e: e.suggest("猫", k=1.5), "k = 1.5"),
        (lambda e: e.suggest("猫", k=None), "k = None"),
        (lambda e: e.classify(5, ["宠物"]), "query = 5"),
        (lambda e: e.classify("猫", [None]), r"labels\[0\] = None"),
        (lambda e: e.classify("猫", "宠物"), "labels = '宠物'"),
        (lambda e: e.relevance(None, ["猫"]), "query = None"),
        (lambda e: e.relevance("猫", [None]), r"titles\[0\] = None"),
        (lambda e: e.relevance("猫", "猫粮"), "titles = '猫粮'"),
        (lambda e: e.relevance("猫", None), "titles = None"),
    ],
)
def test_it_is_named(engine: semrec.Engine, ask: Ask, said: str) -> None:
    with pytest.raises(InvalidArgument, match=said):
        ask(engine)


def test_other_types_of_the_right_kind_are_taken(engine: semrec.Engine) -> None:
    titles = pd.Series(["猫粮 鲜肉", "雨伞"], index=[5, 6])
    assert np.array_equal(
        engine.relevance("猫粮", titles), engine.relevance("猫粮", titles.tolist())
    )
    at_ten = engine.recommend(context={"hour": np.int64(10)}, k=3)
    assert at_ten.item_ids == engine.recommend(context={"hour": 10}, k=3).item_ids
    assert engine.search("猫粮", min_score=np.float32(0.1), k=np.int32(2)).hits
    assert engine.bundle("猫粮0", budget=np.float64(500)).hits


def test_a_table_is_a_path_or_a_frame() -> None:
    with pytest.raises(DataError, match="catalog = 5; legal: a path or a DataFrame"):
        semrec.Engine.build(5)
