from __future__ import annotations

import pandas as pd
import pytest

from semrec.errors import DataError, InvalidArgument
from semrec.evaluate.validation import cloze_queries, logged_queries

LOG = pd.DataFrame(
    [
        ("u1", "p1", "click", "猫粮"),
        ("u2", "p1", "buy", "猫粮"),
        ("u2", "p2", "view", "猫粮"),
        ("u2", "p3", "cart", "帐篷"),
        ("u3", "p4", "rating", "帐篷"),
        ("u3", "p5", "buy", ""),
        ("u3", "p6", "buy", None),
    ],
    columns=["user_id", "item_id", "event_type", "query"],
)
TITLES = [f"商品{n} 颜色{n % 4} 材质{n % 3} 常见 品牌{n % 5}" for n in range(60)] + ["短 名"]
ITEMS = [f"p{n}" for n in range(61)]


def test_what_people_took_is_relevant_and_a_purchase_most() -> None:
    queries, qrels = logged_queries(LOG)
    assert queries == {"猫粮": "猫粮", "帐篷": "帐篷"}
    assert qrels == {"猫粮": {"p1": 3.0, "p2": 1.0}, "帐篷": {"p3": 2.0}}
    assert logged_queries(LOG, min_people=2)[1] == {"猫粮": {"p1": 3.0}}


def test_what_is_missing_in_a_log_is_named() -> None:
    with pytest.raises(DataError, match="'query' is missing"):
        logged_queries(LOG.drop(columns="query"))
    with pytest.raises(InvalidArgument, match="min_people = 0"):
        logged_queries(LOG, 0)


def test_cloze_queries_ask_for_one_title_in_its_own_words() -> None:
    found = cloze_queries(TITLES, ITEMS, str.split, count=30, lost=0.5, seed=1)
    assert len(found.queries) == 30
    spaced = 0
    for qid, query in found.queries.items():
        row = int(qid.removeprefix("cloze-"))
        assert found.qrels[qid] == {ITEMS[row]: 1.0}
        words = [word for word in TITLES[row].split() if word in query]
        assert query in (" ".join(words), "".join(words))
        assert sum(set(words) <= set(title.split()) for title in TITLES) == 1
        spaced += " " in query
    assert 5 < spaced < 25


def test_titles_lose_what_is_asked_for_and_nothing_else() -> None:
    found = cloze_queries(TITLES, ITEMS, str.split, count=30, lost=0.5, seed=1)
    lost = kept = 0
    for row, (before, after) in enumerate(zip(TITLES, found.titles, strict=True)):
        query = found.queries.get(f"cloze-{row}", "")
        for word in before.split():
            if word in after.split():
                kept += word in query
            else:
                assert word in query
                lost += 1
    assert 0.35 < lost / (lost + kept) < 0.65
    assert cloze_queries(TITLES, ITEMS, str.split, lost=0).titles == TITLES


def test_seeds_decide_and_impossible_wishes_are_named() -> None:
    one, two = (cloze_queries(TITLES, ITEMS, str.split, 20, seed=s) for s in (1, 1))
    assert (one.titles, one.queries) == (two.titles, two.queries)
    assert cloze_queries(TITLES, ITEMS, str.split, 20, seed=2).queries != one.queries
    with pytest.raises(InvalidArgument, match=r"lost = 1\.0"):
        cloze_queries(TITLES, ITEMS, str.split, lost=1.0)
