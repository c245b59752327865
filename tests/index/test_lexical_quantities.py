"""Numbers in titles: equal quantities and models raise the score, different ones lower it."""

import numpy as np
import pytest

from semrec.config import LexicalConfig
from semrec.index.lexical import LexicalIndex
from semrec.text.alphanumeric import FAMILY
from semrec.text.segment import KIND, Segmenter

OTHERS = ["棉麻连衣裙夏", "保湿面霜", "儿童雨靴", "露营帐篷", "蓝牙耳机", "猫砂10l", "z9 相机"]
terms = Segmenter().terms


def build(titles: list[str]) -> LexicalIndex:
    return LexicalIndex.build({"title": titles}, terms, LexicalConfig(k1=0.4))


@pytest.mark.parametrize(
    ("product", "wanted", "same", "other"),
    [
        ("手机", "128GB", "128gb", "256GB"),
        ("相机", "z62", "Z62", "z7"),
        ("相机", "z62", "Z 62", "z7"),
        ("笔记本电脑", "14寸", "14英寸", "16寸"),
        ("洗发水", "500ml", "0.5L", "250ml"),
        ("洗发水", "五百毫升", "500ML", "250ml"),
        ("猫粮", "两斤", "1kg", "5kg"),
        ("手机壳", "iphone15", "iPhone15ProMax", "iphone14promax"),
    ],
)
def test_equal_raises_and_different_lowers(
    product: str, wanted: str, same: str, other: str
) -> None:
    index = build([f"{product} {same} 黑", f"{product} 黑色", f"{product} {other} 黑", *OTHERS])
    query = terms(f"{product}{wanted}")
    equal, silent, different = index.score_rows(query, np.arange(3))
    assert equal > silent
    assert equal > different
    words = [term for term in query if term[0] not in (KIND, FAMILY)]
    _, unchanged, unlowered = index.score_rows(words, np.arange(3))
    assert different < unlowered
    assert silent == unchanged


def test_a_pack_that_names_both_beats_the_other_one() -> None:
    index = build(["洗发水 500ml+250ml", "洗发水 250ml", *OTHERS])
    both, other = index.score_rows(terms("洗发水500ml"), np.arange(2))
    assert both > other


def test_no_score_is_negative() -> None:
    index = build(["面霜 250毫升", "面膜"])
    kinds = [term for term in terms("300ml") if term[0] == KIND]
    assert kinds == ["#ml"]
    assert index.score_rows(kinds, np.arange(2)).tolist() == [0, 0]
    assert len(index.search(kinds, 5)) == 0
