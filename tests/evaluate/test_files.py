from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from semrec.config import EventsConfig
from semrec.errors import DataError, EmptyFile, FileMissing, MissingColumn, NotText, NoValidRows
from semrec.evaluate.files import read_adjacency, read_event_pairs, read_qrels, read_queries


def written(folder: Path, text: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def test_queries_keep_their_order_and_ids_as_text(tmp_path: Path) -> None:
    path = written(tmp_path, 'qid,query\n007,保湿面霜\n2,"猫粮, 无谷"\n')
    assert list(read_queries(path).items()) == [("007", "保湿面霜"), ("2", "猫粮, 无谷")]


def test_queries_in_gb18030_and_with_bom(tmp_path: Path) -> None:
    text = "qid,query\n1,送女友的生日礼物\n"
    assert read_queries(written(tmp_path, text.encode("gb18030"))) == {"1": "送女友的生日礼物"}
    assert read_queries(written(tmp_path, text.encode("utf-8-sig"))) == {"1": "送女友的生日礼物"}


def test_qrels_are_grouped_by_query(tmp_path: Path) -> None:
    path = written(tmp_path, "qid,item_id,relevance\n1,p1,1\n2,p1,0\n1,p2,2.5\n")
    assert read_qrels(path) == {"1": {"p1": 1.0, "p2": 2.5}, "2": {"p1": 0.0}}


def test_frames_are_taken_as_well() -> None:
    frame = pd.DataFrame({"qid": ["1"], "item_id": ["p"], "relevance": [1]})
    assert read_qrels(frame) == {"1": {"p": 1.0}}


@pytest.mark.parametrize("read", [read_queries, read_qrels])
def test_what_cannot_be_read_is_named(read: Callable[[Path], object], tmp_path: Path) -> None:
    with pytest.raises(FileMissing, match=r"nowhere\.csv"):
        read(tmp_path / "nowhere.csv")
    with pytest.raises(EmptyFile, match=r"file\.csv"):
        read(written(tmp_path, ""))
    with pytest.raises(EmptyFile):
        read(written(tmp_path, "qid,query,item_id,relevance\n"))
    with pytest.raises(NotText):
        read(written(tmp_path, b"qid,query\n\x00\x01\xff\n"))
    with pytest.raises(MissingColumn, match="'qid'"):
        read(written(tmp_path, "number,query,item_id,relevance\n1,a,b,1\n"))


def test_a_query_id_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="row 4: qid '1' occurs twice"):
        read_queries(written(tmp_path, "qid,query\n1,a\n2,b\n1,c\n"))


def test_an_empty_id_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="row 3: no item_id"):
        read_qrels(written(tmp_path, "qid,item_id,relevance\n1,p,1\n1,,1\n"))


@pytest.mark.parametrize("value", ["high", "", "nan", "inf"])
def test_a_relevance_that_is_no_number_is_named(value: str, tmp_path: Path) -> None:
    text = f"qid,item_id,relevance\n1,p,1\n1,q,{value}\n"
    with pytest.raises(DataError, match=r"row 3: relevance .* is no number"):
        read_qrels(written(tmp_path, text))


def test_a_broken_row_is_an_error_not_a_smaller_test(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="row 3"):
        read_qrels(written(tmp_path, "qid,item_id,relevance\n1,p,1\n1,q\n1,r,1\n"))


def test_adjacency_gives_one_row_a_pair(tmp_path: Path) -> None:
    frame = read_adjacency(written(tmp_path, "0 5 7\n\n1 \n2  5\n", "train.txt"))
    assert frame.to_numpy().tolist() == [["0", "5"], ["0", "7"], ["2", "5"]]
    assert list(frame.columns) == ["user_id", "item_id"]


def test_adjacency_that_holds_no_pair_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmptyFile):
        read_adjacency(written(tmp_path, "\n \n"))
    with pytest.raises(DataError, match="'user item item …'"):
        read_adjacency(written(tmp_path, "user_id,item_id\n1,2\n"))
    with pytest.raises(FileMissing):
        read_adjacency(tmp_path / "nowhere.txt")


def test_events_are_weighted_by_type_and_disliked_ratings_left_out(tmp_path: Path) -> None:
    text = (
        "user_id,item_id,event_type,timestamp,value\n"
        "u1,p1,view,100,\nu1,p1,buy,200,\nu2,p2,rating,300,2\nu2,p3,rating,400,5\n"
    )
    frame = read_event_pairs(written(tmp_path, text))
    weights = EventsConfig().weights
    assert frame.to_numpy().tolist() == [
        ["u1", "p1", weights["view"], 100.0, -1],
        ["u1", "p1", weights["buy"], 200.0, 0],
        ["u2", "p3", weights["rating"], 400.0, -1],
    ]


def test_bare_pairs_and_ratings_without_type_or_time_are_enough(tmp_path: Path) -> None:
    pairs = read_event_pairs(written(tmp_path, "user_id,item_id\nu1,p1\nu1,p2\n"))
    assert pairs[["user_id", "item_id"]].to_numpy().tolist() == [["u1", "p1"], ["u1", "p2"]]
    assert pairs["timestamp"].tolist() == [0, 0]
    rated = read_event_pairs(written(tmp_path, "user_id,item_id,rating\nu1,p1,1\nu1,p2,4\n"))
    assert rated["item_id"].tolist() == ["p2"]


def test_unusable_events_are_told_not_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = "user_id,item_id,event_type,timestamp\nu1,p1,buy,100\nu1,p2,stole,100\n,p3,buy,100\n"
    with caplog.at_level(logging.WARNING, logger="semrec.evaluate.files"):
        frame = read_event_pairs(written(tmp_path, text))
    assert frame["item_id"].tolist() == ["p1"]
    assert "unknown event type" in caplog.text
    assert "row 4, user_id" in caplog.text


def test_events_without_any_usable_row_are_named(tmp_path: Path) -> None:
    text = "user_id,item_id,event_type,timestamp\nu1,p1,stole,100\n"
    with pytest.raises(NoValidRows, match="none of 1 rows"):
        read_event_pairs(written(tmp_path, text))


@pytest.mark.data
def test_the_real_files_are_read_whole(data_dir: Path) -> None:
    queries = read_queries(data_dir / "product-search" / "queries.csv")
    qrels = read_qrels(data_dir / "product-search" / "qrels.csv")
    assert len(queries) == 114
    assert queries.keys() == qrels.keys()
    train = read_adjacency(data_dir / "cf-lightgcn-ml-1m" / "train.txt")
    assert len(train) == 590_733
    assert np.unique(train["user_id"].to_numpy(dtype=str)).size == 6_039
