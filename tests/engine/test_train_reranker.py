"""The reranker's training on a shop of which the grades are known."""

import json
from pathlib import Path

import numpy as np

import semrec
from semrec.rank.relevance import Relevance
from semrec.rank.reread import ASSET, SIGNS, FeatureReranker
from semrec.train_reranker import ask, cross_validated, learn, read_grades, write

QUERIES = ["猫粮", "猫砂", "面霜", "帐篷", "雨伞", "耳机", "洗面奶", "防潮垫"]


def test_grades_are_read_by_query(tmp_path: Path) -> None:
    (tmp_path / "grades.csv").write_text("line,item_id,grade\n1,a,3\n1,b,0\n0,a,2\n", "utf-8")
    found = read_grades(tmp_path / "grades.csv", ["伞", "猫粮"])
    assert found == {"猫粮": {"a": 3, "b": 0}, "伞": {"a": 2}}


def test_what_sells_the_thing_is_learned_to_be_right(engine: semrec.Engine, tmp_path: Path) -> None:
    items = engine.shop.catalog
    ids = [items.items.id(row) for row in range(len(items))]
    graded = {query: {i: 3 if i.startswith(query) else 0 for i in ids} for query in QUERIES}
    asked = ask(engine, FeatureReranker(Relevance()), graded)
    assert len(asked) == len(QUERIES)
    assert {len(each.grades) for each in asked} == {len(ids)}
    model = learn(asked)
    for each in asked:
        said = model.probabilities(each.features)
        assert said[each.grades == 3].min() > said[each.grades == 0].max()
    measured = cross_validated({"grams": asked})["grams"]
    assert measured["exact after"] >= measured["exact before"] > 0.5
    assert measured["calibration error"] < 0.2
    write(tmp_path, model, len(asked), {"grams": measured})
    told = json.loads((tmp_path / ASSET).with_suffix(".provenance.json").read_text("utf-8"))
    assert str(len(QUERIES)) in told["data"]
    with np.load(tmp_path / ASSET, allow_pickle=False) as arrays:
        assert arrays["names"].tolist() == list(SIGNS)
