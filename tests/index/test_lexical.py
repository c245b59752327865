import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.config import LexicalConfig
from semrec.index.lexical import LexicalIndex

TITLES = ["红 裙 夏", "红 鞋", "蓝 裙 裙 冬 厚", "绿 帽"]


def split(text: str) -> list[str]:
    return text.split()


def index(titles: list[str] = TITLES, **settings: float) -> LexicalIndex:
    config = LexicalConfig(fields={"title": 1.0}, **settings)
    return LexicalIndex.build({"title": titles}, split, config)


def bm25(query: list[str], titles: list[str], row: int, k1: float, b: float) -> float:
    """The textbook formula, one item at a time."""
    docs = [title.split() for title in titles]
    mean = sum(map(len, docs)) / len(docs)
    score = 0.0
    for term in query:
        df = sum(term in doc for doc in docs)
        if not df:
            continue
        tf = docs[row].count(term) / (1 - b + b * len(docs[row]) / mean)
        score += math.log(1 + (len(docs) - df + 0.5) / (df + 0.5)) * tf * (k1 + 1) / (k1 + tf)
    return score


terms = st.lists(st.sampled_from("红蓝绿裙鞋帽冬夏"), min_size=1, max_size=8)


@given(
    st.lists(terms.map(" ".join), min_size=1, max_size=8),
    terms,
    st.floats(0.01, 3),
    st.floats(0, 1),
)
@settings(deadline=None, max_examples=60)
def test_equals_the_formula(titles: list[str], query: list[str], k1: float, b: float) -> None:
    scores = index(titles, k1=k1, b=b).score_rows(query, np.arange(len(titles)))
    expected = [bm25(query, titles, row, k1, b) for row in range(len(titles))]
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-5)


def test_search_and_score_rows_agree() -> None:
    hits = index().search(["裙", "红"], 10)
    assert hits.rows.tolist()[0] == 0
    assert set(hits.rows.tolist()) == {0, 1, 2}
    np.testing.assert_allclose(hits.scores, index().score_rows(["裙", "红"], hits.rows))


def test_unmatched_scores_zero_and_is_not_found() -> None:
    assert index().score_rows(["帽"], np.array([0, 3])).tolist()[0] == 0
    assert len(index().search(["没有"], 5)) == 0
    assert len(index().search([], 5)) == 0


def test_mask_is_respected() -> None:
    allowed = np.array([False, True, True, True])
    assert index().search(["红"], 5, allowed).rows.tolist() == [1]


def test_fields_weigh_as_configured() -> None:
    config = LexicalConfig(fields={"title": 1.0, "brand": 3.0})
    built = LexicalIndex.build({"title": ["甲", "乙"], "brand": ["乙", "丙"]}, split, config)
    assert built.search(["乙"], 2).rows.tolist() == [0, 1]
    config = LexicalConfig(fields={"title": 3.0, "brand": 1.0})
    built = LexicalIndex.build({"title": ["甲", "乙"], "brand": ["乙", "丙"]}, split, config)
    assert built.search(["乙"], 2).rows.tolist() == [1, 0]


def test_arrays_come_back() -> None:
    built = index()
    again = LexicalIndex.from_arrays(built.arrays(), len(built))
    np.testing.assert_array_equal(again.search(["裙"], 4).scores, built.search(["裙"], 4).scores)
    assert again.search(["裙"], 4).rows.tolist() == built.search(["裙"], 4).rows.tolist()


def test_matched_terms_share_the_score() -> None:
    built = index()
    shares = built.matcher(["红", "裙", "帽"])(0)
    assert {term for term, _ in shares} == {"红", "裙"}
    assert math.isclose(
        sum(share for _, share in shares),
        float(built.score_rows(["红", "裙"], np.array([0]))[0]),
        rel_tol=1e-5,
    )


def test_empty_texts() -> None:
    built = LexicalIndex.build({"title": ["", ""]}, split, LexicalConfig())
    assert len(built) == 2
    assert len(built.search(["甲"], 3)) == 0
    assert built.score_rows(["甲"], np.array([0, 1])).tolist() == [0, 0]
