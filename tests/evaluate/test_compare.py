from __future__ import annotations

import io
import json
import math
import re

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

import semrec
from semrec.errors import DataError, InvalidArgument
from semrec.evaluate import Background, Report, run
from semrec.results import Hit, Results

QUERIES = {"1": "面霜", "2": "猫粮", "3": "帐篷", "4": "无人问"}
QRELS = {
    "1": {"p1": 1.0},
    "2": {"p2": 2.0, "p3": 1.0},
    "3": {"nowhere": 1.0},
    "4": {"p1": 0.0},
    "5": {"p1": 1.0},
}
GOOD = {"面霜": ["p1", "p2"], "猫粮": ["p2", "p3"], "帐篷": []}
POOR = {"面霜": ["p4", "p1"], "猫粮": ["p4", "p4"], "帐篷": ["x9"]}
ITEMS = Background(
    items=["p1", "p2", "p3", "p4"],
    titles=["保湿面霜", "无谷猫粮", "冻干猫粮", "露营灯"],
    categories=["美妆", "宠物", "宠物", ""],
    users_of_item=np.array([8, 4, 0, 1]),
    n_users=8,
    vectors=np.eye(4, dtype=np.float32),
)


def compared(**more: object) -> Report:
    systems = {"poor": POOR.__getitem__, "good": GOOD.__getitem__}
    return run(systems, QUERIES, QRELS, k=2, resamples=200, **more)  # type: ignore[arg-type]


def test_systems_stand_side_by_side() -> None:
    report = compared()
    good, poor = report.systems["good"].means, report.systems["poor"].means
    assert good["hit_rate@2"].value == pytest.approx(2 / 3)
    assert poor["mrr@2"].value == pytest.approx((1 / 2) / 3)
    assert poor["ndcg@2"].value == pytest.approx(1 / math.log2(3) / 3)
    assert poor["unrepeated"].value == pytest.approx((1 + 0.5 + 1) / 3)
    assert good["unrepeated"].value == 1, "an empty list repeats nothing and is left out"
    assert good["user_coverage"].value == pytest.approx(2 / 3)
    assert good["ndcg@2"].low <= good["ndcg@2"].value <= good["ndcg@2"].high


def test_what_cannot_be_measured_is_left_out_and_counted() -> None:
    report = compared()
    assert list(report.questions) == ["1", "2", "3"]
    assert (report.about["questions"], report.about["left_out"]) == (3, 2)
    with pytest.raises(DataError, match="no question has a relevant item"):
        run({"good": GOOD.__getitem__}, {"4": "无人问"}, QRELS)


def test_a_judged_item_that_nobody_knows_can_only_be_missed() -> None:
    assert compared().systems["good"].values["recall@2"].tolist() == [1, 1, 0]


def test_differences_are_against_the_first() -> None:
    report = compared()
    of = {difference.metric: difference for difference in report.differences}
    assert {(d.system, d.baseline) for d in report.differences} == {("good", "poor")}
    hits = of["recall@2"]
    assert hits.difference.value == pytest.approx((0 + 1 + 0) / 3)
    assert all(0 < d.p <= d.p_holm <= 1 for d in report.differences)


def test_the_catalog_adds_what_is_beyond_accuracy() -> None:
    means = compared(background=ITEMS).systems["good"].means
    assert means["coverage"].value == pytest.approx(3 / 4)
    assert means["popularity"].value == pytest.approx(((8 + 4) / 2 + (4 + 0) / 2) / 2)
    assert means["novelty"].value == pytest.approx(((0 + 1) / 2 + (1 + 3) / 2) / 2)
    assert means["diversity"].value == pytest.approx(1)
    # Two lists hold p2, one p1 and one p3: 1.5 bits.
    assert means["entropy"].value == pytest.approx(1.5)
    stranger = compared(background=ITEMS).systems["poor"].means
    assert stranger["coverage"].value == pytest.approx(2 / 4), "x9 is no item of the catalog"


def test_slices_are_means_of_their_questions() -> None:
    report = compared(slices={"length": {"1": "short", "2": "long", "3": "long"}})
    found = {(s.label, s.system): s for s in report.slices}
    assert found["short", "good"].mean.value == 1
    assert found["long", "good"].mean.value == pytest.approx(1 / 2)
    assert (found["long", "poor"].questions, found["long", "poor"].mean.value) == (2, 0)


def test_everything_but_the_time_is_the_same_again() -> None:
    first, second = (compared(background=ITEMS, seed=4).to_dict() for _ in range(2))
    for each in (first, second):
        for system in each["systems"].values():
            assert system["cost"].pop("latency_p50_ms") > 0
            assert system["cost"].pop("latency_p95_ms") > 0
    assert first == second


def test_the_report_says_what_was_measured_on_what() -> None:
    report = compared(about={"config": "default"}, costs={"good": {"memory_mb": 12.0}})
    assert report.about["semrec"] == semrec.__version__
    assert report.about["config"] == "default"
    assert report.systems["good"].cost["memory_mb"] == 12
    turned = dict(reversed(QRELS.items()))
    again = run({"good": GOOD.__getitem__}, QUERIES, turned)
    assert again.about["data_checksum"] == report.about["data_checksum"]
    other = run({"good": GOOD.__getitem__}, QUERIES | {"1": "乳液"} | {"9": "x"}, QRELS | {"1": {}})
    assert other.about["data_checksum"] != report.about["data_checksum"]


def test_json_has_none_for_what_is_unknown() -> None:
    plain = json.loads(json.dumps(compared().to_dict(), allow_nan=False))
    good = plain["systems"]["good"]["metrics"]
    assert good["user_coverage"]["low"] is None
    assert good["ndcg@2"]["value"] == pytest.approx(2 / 3)


def test_engines_may_answer_with_results() -> None:
    def search(query: str) -> Results:
        return Results(tuple(Hit(i, 1, 1.0, {}, "", "") for i in GOOD[query]))

    report = run({"engine": search}, QUERIES, QRELS, k=2)
    assert report.systems["engine"].means["recall@2"].value == pytest.approx(2 / 3)


def test_users_are_questions_too() -> None:
    train = pd.DataFrame({"user_id": ["u1", "u2", "u2"], "item_id": ["a", "a", "b"]})
    known = Background.of_log(train, items=["c"])
    assert (list(known.items), known.users_of_item.tolist()) == (["c", "a", "b"], [0, 2, 1])
    report = run(
        {"popular": lambda user: ["a", "b"]},
        {"u1": "u1", "u2": "u2"},
        {"u1": {"b": 1.0}, "u2": {"c": 1.0}},
        k=2,
        background=known,
    )
    assert report.systems["popular"].means["mrr@2"].value == pytest.approx(1 / 4)
    assert report.systems["popular"].means["coverage"].value == pytest.approx(2 / 3)


def test_the_worst_come_first_and_the_table_shows_all() -> None:
    report = compared()
    assert report.worst("poor", 2) == ["2", "3"]
    console = Console(width=70, file=io.StringIO())
    console.print(report)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert text.startswith("3 questions, k = 2")
    assert re.search(r"ndcg@2\s*│ 0\.2103 │ 0\.6667", text)
    assert re.search(r"latency_p50_ms\s*│\s*\d+\.\d", text)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"systems": {}}, "no system"),
        ({"k": 0}, "k = 0"),
        ({"metrics": ["ndgc"]}, "'ndgc'; legal: ndcg"),
        ({"metrics": []}, "no metric"),
        ({"costs": {"other": {}}}, "costs of unknown system 'other'; legal: good"),
    ],
)
def test_impossible_wishes_are_named(arguments: dict, named: str) -> None:
    given = {"systems": {"good": GOOD.__getitem__}, "questions": QUERIES, "qrels": QRELS}
    with pytest.raises(InvalidArgument, match=named):
        run(**(given | arguments))
    with pytest.raises(InvalidArgument, match="3 titles; legal: one of each, 4"):
        Background(items=ITEMS.items, titles=["a", "b", "c"])
