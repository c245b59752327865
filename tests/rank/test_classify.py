from __future__ import annotations

import numpy as np
import pytest

from semrec.errors import InvalidArgument
from semrec.rank.classify import Evidence, classify, label_parts
from semrec.types import Vectors


class _Encoder:
    """Two directions of meaning: footwear, and all else."""

    name = fingerprint = "two"
    dim = 2

    def encode_queries(self, texts: list[str]) -> Vectors:
        return np.array([[1, 0] if "鞋" in t or "屐" in t else [0, 1] for t in texts], np.float32)

    encode_items = encode_queries


@pytest.mark.parametrize(
    ("query", "labels", "right"),
    [
        ("大码连衣裙女", ["半身裙", "连衣裙", "裤子"], "连衣裙"),
        ("沙发垫布艺田园", ["地毯", "沙发套", "沙发垫/坐垫"], "沙发垫/坐垫"),
        ("不粘炒锅", ["煎锅", "炒锅", "汤勺"], "炒锅"),
        ("金毛狗粮", ["猫粮", "狗粮", "狗零食"], "狗粮"),
        ("电动牙刷头", ["电动牙刷", "牙刷头", "牙膏"], "牙刷头"),
        ("无线鼠标", ["键盘", "鼠标", "鼠标垫"], "鼠标"),
        ("加湿器卧室", ["除湿机", "空气加湿器", "电风扇"], "空气加湿器"),
        ("遮光窗帘", ["窗帘", "窗花", "浴帘"], "窗帘"),
        ("儿童羽绒服", ["羽绒被", "儿童>羽绒服", "儿童>玩具"], "儿童>羽绒服"),
    ],
)
def test_names_alone(query: str, labels: list[str], right: str) -> None:
    assert classify(query, labels)[0][0] == right


def test_probabilities_sum_to_one_and_each_label_comes_once() -> None:
    ranked = classify("连衣裙", ["裤子", "连衣裙", "裤子"])
    assert sorted(label for label, _ in ranked) == ["裤子", "连衣裙"]
    assert sum(share for _, share in ranked) == pytest.approx(1)
    assert ranked[0][1] > ranked[1][1]


def test_meaning_decides_where_no_word_agrees() -> None:
    labels = ["窗户", "鞋"]
    assert classify("木屐", labels)[0][1] == pytest.approx(0.5)
    assert classify("木屐", labels, _Encoder())[0][0] == "鞋"


def test_matching_items_decide_where_no_word_agrees() -> None:
    titles = ["春季小白款 帆布鞋", "帆布鞋 女"]
    evidence = Evidence(titles, np.ones(2, np.float32), ["", "帆布鞋"])
    assert classify("匡威", ["背包", "帆布鞋"], evidence=evidence)[0][0] == "帆布鞋"
    silent = Evidence(titles, np.zeros(2, np.float32))
    assert classify("匡威", ["背包", "帆布鞋"], evidence=silent)[0][1] == pytest.approx(0.5)


def test_vectors_of_items_count() -> None:
    vectors = np.array([[1, 0]], np.float32)
    evidence = Evidence(["甲"], np.ones(1, np.float32), (), vectors)
    assert classify("乙", ["窗", "鞋"], _Encoder(), evidence=evidence)[0][0] == "鞋"


def test_an_empty_query_knows_nothing() -> None:
    assert [share for _, share in classify("", ["鞋", "包"], _Encoder())] == [0.5, 0.5]


def test_no_label_is_an_error() -> None:
    with pytest.raises(InvalidArgument, match="labels is empty"):
        classify("鞋", [])


def test_parts_of_labels() -> None:
    assert label_parts("其它女鞋") == ["女鞋"]
    assert label_parts("家居--收纳--收纳盒/箱") == ["收纳盒", "箱"]
