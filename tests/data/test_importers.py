"""Each foreign format, on a small piece of it as its own system writes it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from semrec.config import EventsConfig
from semrec.data import importers
from semrec.data.ids import IdMap
from semrec.errors import InvalidArgument

CONFIG = EventsConfig()
START = 1_511_544_070.0


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def seen(path: Path, ids: list[str], **options: object) -> list[list[object]]:
    found, _ = importers.load_events(path, IdMap(ids), CONFIG, **options)
    return found.frame[["user_id", "item_id", "event_type", "timestamp"]].to_numpy().tolist()


def test_recbole_ratings_and_clicks(tmp_path: Path) -> None:
    rated = "user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n"
    path = write(tmp_path, "r.inter", rated)
    assert seen(path, ["242"]) == [["196", "242", "rating", 881250949.0]]
    found, rejects = importers.load_events(path, IdMap(["242"]), CONFIG)
    assert found.frame["value"].tolist() == [3.0]
    assert "RecBole" in rejects.summary()[0]
    bare = write(tmp_path, "c.inter", "user_id:token\titem_id:token\nu\ta\nu\tb\n")
    assert seen(bare, ["a", "b"]) == [["u", "a", "click", 0.0], ["u", "b", "click", 0.0]]


def test_recbole_items_and_users(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "m.item",
        "item_id:token\tmovie_title:token_seq\tclass:token_seq\tprice:float\n"
        "1\t大话西游\t喜剧 爱情\t9.5\n",
    )
    shop, _ = importers.load_catalog(path)
    first = shop.frame.iloc[0]
    assert first[["item_id", "title", "category", "price"]].tolist() == [
        "1",
        "大话西游",
        "喜剧 爱情",
        9.5,
    ]
    path = write(tmp_path, "m.user", "user_id:token\tage:float\tgender:token\n1\t24\tM\n2\t\tF\n")
    users = importers.load_recbole_users(path)
    assert users["user_id"].tolist() == ["1", "2"]
    assert users["age"].isna().tolist() == [False, True]
    assert users["gender"].tolist() == ["M", "F"]


def test_rectools(tmp_path: Path) -> None:
    path = write(
        tmp_path, "i.csv", "user_id,item_id,weight,datetime\n7,a,2.5,2017-11-24 17:21:10\n"
    )
    assert seen(path, ["a"]) == [["7", "a", "click", START]]
    found, _ = importers.load_events(path, IdMap(["a"]), CONFIG)
    assert found.frame["value"].tolist() == [2.5]


def ubi_event(action: str, item: str | None, **more: object) -> dict[str, object]:
    thing = {"object_id": item, "object_id_field": "sku"} if item else None
    return {
        "action_name": action,
        "client_id": "c1",
        "query_id": "q1",
        "session_id": None,
        "message_type": "INFO",
        "timestamp": 1_511_544_070_000,
        "event_attributes": {"object": thing, "position": {"ordinal": 3}, "session_id": "s1"},
        **more,
    }


def test_ubi_events_with_their_queries(tmp_path: Path) -> None:
    lines = [
        ubi_event("product_click", "a"),
        ubi_event("add_to_cart", "a", query_id="q2", timestamp="2017-11-24T17:21:10.000Z"),
        ubi_event("on_search", None),
    ]
    asked = [{"query_id": "q1", "user_query": "口红", "client_id": "c1"}]
    events = write(tmp_path, "ubi_events.ndjson", "\n".join(map(json.dumps, lines)))
    queries = write(tmp_path, "ubi_queries.ndjson", "\n".join(map(json.dumps, asked)))
    found, rejects = importers.load_events(events, IdMap(["a"]), CONFIG, queries=queries)
    frame = found.frame
    assert frame["event_type"].tolist() == ["click", "cart"]
    assert frame["user_id"].tolist() == ["c1", "c1"]
    assert frame["query"].tolist() == ["口红", ""]
    assert frame["query_id"].tolist() == ["q1", "q2"]
    assert frame["position"].tolist() == [3.0, 3.0]
    assert frame["session_id"].tolist() == ["s1", "s1"]
    assert frame["timestamp"].tolist() == [START, START]
    assert [(e.row, e.column) for e in rejects.entries] == [(3, "item_id")]


def test_ubi_search_hits(tmp_path: Path) -> None:
    hits = [{"_index": "ubi_events", "_id": "1", "_source": ubi_event("purchase", "a")}]
    path = write(tmp_path, "hits.json", json.dumps(hits))
    assert seen(path, ["a"]) == [["c1", "a", "buy", START]]


def test_personalize(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "interactions.csv",
        "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE\n"
        "u,a,1511544070,Purchase,9.9\nu,a,1511544070,View,\nu,a,1511544070,AddToCart,\n",
    )
    assert [row[2] for row in seen(path, ["a"])] == ["buy", "view", "cart"]
    found, _ = importers.load_events(path, IdMap(["a"]), CONFIG)
    assert found.frame["value"].tolist()[0] == 9.9
    bare = write(tmp_path, "bare.csv", "USER_ID,ITEM_ID,TIMESTAMP\nu,a,1511544070\n")
    assert seen(bare, ["a"]) == [["u", "a", "click", START]]
    path = write(
        tmp_path,
        "items.csv",
        "ITEM_ID,PRICE,CATEGORY_L1,CATEGORY_L2,PRODUCT_DESCRIPTION,CREATION_TIMESTAMP\n"
        "a,19.9,美妆,口红,正红色口红,1511544070\nb,5,美妆,,面膜,1511544070\n",
    )
    shop, _ = importers.load_catalog(path)
    assert shop.texts("title") == ["正红色口红", "面膜"]
    assert shop.texts("category") == ["美妆>口红", "美妆"]
    assert shop.frame["price"].tolist() == [19.9, 5.0]
    assert shop.frame["created_at"].iloc[0] == pd.Timestamp("2017-11-24 17:21:10")


TAOBAO = "1,2268318,2520377,pv,1511544070\n1,2333346,2520771,buy,1511561733\n"


@pytest.mark.parametrize("header", ["", "user_id,item_id,category_id,behavior,timestamp\n"])
def test_taobao_with_and_without_header(tmp_path: Path, header: str) -> None:
    path = write(tmp_path, "UserBehavior.csv", header + TAOBAO)
    assert seen(path, ["2268318", "2333346"]) == [
        ["1", "2268318", "view", START],
        ["1", "2333346", "buy", 1_511_561_733.0],
    ]
    _, rejects = importers.load_events(path, IdMap(["2268318"]), CONFIG)
    assert [e.row for e in rejects.entries] == [3 if header else 2]


def test_taobao_first_line_with_equal_ids(tmp_path: Path) -> None:
    path = write(tmp_path, "log.csv", "5,5,5,fav,1511544070\n6,5,5,cart,1511544070\n")
    assert seen(path, ["5"]) == [["5", "5", "fav", START], ["6", "5", "cart", START]]


def test_taobao_behaviour_codes(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "mobile.csv",
        "user_id,item_id,behavior_type,item_category,time\n"
        "1,a,1,9,2014-12-06 02\n1,a,4,9,2014-12-06 03\n",
    )
    rows = seen(path, ["a"])
    assert [row[2] for row in rows] == ["view", "buy"]
    assert rows[1][3] - rows[0][3] == 3_600


def test_ratings(tmp_path: Path) -> None:
    path = write(tmp_path, "r.csv", "user_id,product_id,rating,timestamp\n1,a,5.0,1511544070\n")
    assert seen(path, ["a"]) == [["1", "a", "rating", START]]


def test_our_own_columns_are_nobody_elses(tmp_path: Path) -> None:
    text = "user_id,item_id,event_type,timestamp,rating\nu,a,view,1511544070,5\n"
    assert seen(write(tmp_path, "e.csv", text), ["a"]) == [["u", "a", "view", START]]
    assert importers.autodetect(["item_id", "title"]) == "semrec"
    assert importers.autodetect(["what", "ever"]) == "semrec"


def test_each_format_is_detected_by_its_own_columns_only() -> None:
    columns = {
        "recbole": ["user_id:token", "item_id:token"],
        "ubi": ["action_name", "client_id", "event_attributes"],
        "personalize": ["USER_ID", "ITEM_ID", "TIMESTAMP"],
        "rectools": ["user_id", "item_id", "weight", "datetime"],
        "taobao": ["user_id", "item_id", "category_id", "behavior", "timestamp"],
        "ratings": ["user_id", "item_id", "rating", "timestamp"],
    }
    assert set(columns) | {"semrec"} == set(importers.FORMATS)
    for name, present in columns.items():
        hits = [each.name for each in importers.FORMATS.values() if each.detect(present)]
        assert hits == [name]
        assert importers.autodetect(present) == name


def test_named_format_and_mapping(tmp_path: Path) -> None:
    path = write(tmp_path, "r.csv", "user_id,thing,rating,timestamp\n1,a,5.0,1511544070\n")
    rows = seen(path, ["a"], format="ratings", columns={"item_id": "thing"})
    assert rows == [["1", "a", "rating", START]]


def test_mistakes_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "r.csv", "user_id,item_id,rating,timestamp\n1,a,5.0,1511544070\n")
    with pytest.raises(InvalidArgument, match="unknown format 'recbol'; legal: recbole"):
        importers.load_events(path, IdMap(["a"]), CONFIG, format="recbol")
    with pytest.raises(InvalidArgument, match="format 'ratings' has no items"):
        importers.load_catalog(path)
    with pytest.raises(InvalidArgument, match="belongs to format 'ubi'"):
        importers.load_events(path, IdMap(["a"]), CONFIG, queries=path)


@pytest.mark.data
def test_real_movielens(data_dir: Path) -> None:
    shop, rejects = importers.load_catalog(data_dir / "cf-ml-100k/ml-100k.item")
    assert (len(shop), len(rejects)) == (1_682, 0)
    found, rejects = importers.load_events(
        data_dir / "cf-ml-100k/ml-100k.inter", shop.items, CONFIG
    )
    assert (len(found), len(rejects)) == (100_000, 0)
    assert set(found.frame["event_type"]) == {"rating"}
    assert found.frame["user_id"].nunique() == 943
    assert len(importers.load_recbole_users(data_dir / "cf-ml-100k/ml-100k.user")) == 943


@pytest.mark.data
def test_real_taobao(data_dir: Path) -> None:
    path = data_dir / "taobao-userbehavior/UserBehavior_815users.csv"
    raw = pd.read_csv(path)
    found, rejects = importers.load_events(path, IdMap(raw["item_id"].unique()), CONFIG)
    # The file's last line is cut off in the middle.
    assert [(e.row, e.value) for e in rejects.entries] == [(84_477, "100370,1968385,1875258,pv")]
    counts = found.frame["event_type"].value_counts().to_dict()
    assert counts == {"view": 75_872, "cart": 4_497, "fav": 2_356, "buy": 1_750}
    assert found.frame["user_id"].nunique() == 815


@pytest.mark.data
def test_real_ratings(data_dir: Path) -> None:
    shop, _ = importers.load_catalog(data_dir / "amazon-cn-ratings/products.tsv")
    found, rejects = importers.load_events(
        data_dir / "amazon-cn-ratings/ratings.csv", shop.items, CONFIG
    )
    assert (len(shop), len(found), len(rejects)) == (96, 44_852, 0)
