"""The student reranker reads what a title sells, and builds on the blend's score."""

import numpy as np
import pytest

from semrec.rank.relevance import Relevance
from semrec.rank.reread import SIGNS, FeatureReranker, shipped_reranker

RERANKER = FeatureReranker(Relevance())


@pytest.mark.parametrize(
    ("query", "right", "wrong"),
    [
        ("保温杯", "象印不锈钢保温杯500ml", "保温杯杯套通用保护套"),
        ("儿童雨衣", "儿童雨衣男童女童幼儿园雨披", "成人雨衣男款外卖骑手"),
        ("手机壳", "苹果手机壳全包防摔硅胶", "苹果手机充电器快充头"),
    ],
)
def test_what_was_asked_is_likelier_than_what_only_sounds_like_it(
    query: str, right: str, wrong: str
) -> None:
    said = RERANKER.probabilities(query, [wrong, right], np.array([0.6, 0.6], dtype=np.float32))
    assert said[1] > said[0] + 0.02


def test_a_higher_score_of_the_blend_never_lowers_it() -> None:
    scores = np.linspace(0, 1, 11, dtype=np.float32)
    said = RERANKER.probabilities("保温杯", ["不锈钢保温杯"] * len(scores), scores)
    assert (np.diff(said) > 0).all()
    assert ((said > 0) & (said < 1)).all()


def test_features_stand_in_the_order_of_their_names() -> None:
    titles = ["象印不锈钢保温杯500ml", "收纳盒"]
    rows = RERANKER.features("保温杯", titles, np.array([0.25, 0.75], dtype=np.float32))
    named = dict(zip(SIGNS, rows.T, strict=True))
    assert named["blend"].tolist() == [0.25, 0.75]
    assert named["head named"].tolist() == [1, 0]
    assert named["characters"].tolist() == [1, 0]
    assert named["length"] == pytest.approx(np.log1p([len(title) for title in titles]))
    assert shipped_reranker().names == tuple(SIGNS)


def test_nothing_to_read() -> None:
    assert RERANKER.probabilities("保温杯", [], np.empty(0, dtype=np.float32)).shape == (0,)
