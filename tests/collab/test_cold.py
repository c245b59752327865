from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from semrec.collab.cold import Newcomers, history_from, rank_of, with_newcomers
from semrec.collab.content import ContentNeighbours
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument
from semrec.types import Hits

BRANDS = ["甲", "甲", "乙", "甲", ""]
CATEGORIES = ["美妆"] * 5
PRICES = np.array([100.0, 100.0, 100.0, 1000.0, np.nan])
KNOWN = np.array([False, True, True, True, True])


def similar(row: int, k: int, allowed: np.ndarray) -> Hits:
    rows = np.array([1, 2, 3, 4])
    return Hits(rows, np.full(4, 0.5)).top(k)


def test_likeness_brand_and_price_decide_who_stands_in() -> None:
    found = Newcomers(other_brand=0.5).stand_ins(similar, KNOWN, BRANDS, CATEGORIES, PRICES)
    weights = found[0].toarray().ravel()
    assert weights.sum() == pytest.approx(1)
    # The same brand and price, another brand, ten times the price, nothing known.
    expected = np.array([0, 1, 0.5, np.exp(-np.log(10)), 1])
    np.testing.assert_allclose(weights, expected / expected.sum(), rtol=1e-5)
    np.testing.assert_array_equal(found[1:].toarray(), np.eye(5)[1:])


def test_a_new_item_scores_as_its_stand_ins_do() -> None:
    table = Newcomers(neighbours=2).stand_ins(similar, KNOWN, [""] * 5, CATEGORIES, PRICES)
    scores = np.array([[np.nan, 4, 2, 1, 0], [np.nan] * 5], dtype=np.float32)
    filled = with_newcomers(scores, table)
    np.testing.assert_allclose(filled[0], [3, 4, 2, 1, 0])
    assert np.isnan(filled[1]).all()
    assert rank_of(filled[0], 0) == 2
    half = Newcomers(neighbours=2, discount=0.5).stand_ins(
        similar, KNOWN, [""] * 5, CATEGORIES, PRICES
    )
    assert with_newcomers(scores, half)[0, 0] == pytest.approx(1.5)


def test_without_a_warm_neighbour_nothing_is_known() -> None:
    vectors = np.array([[1, 0], [0, 1]], dtype=np.float32)
    none = np.empty(0, dtype=np.int64)
    nobody = Interactions(none, none, none.astype(np.float32), none.astype(float), none, 0, 2)
    content = ContentNeighbours(vectors).fit(nobody)
    known = np.array([False, True])
    table = Newcomers().stand_ins(content.similar_items, known, ["", ""], ["", ""], PRICES[:2])
    filled = with_newcomers(np.array([[np.nan, 1.0]], dtype=np.float32), table)
    assert np.isnan(filled[0, 0])
    with pytest.raises(InvalidArgument, match="item row 0 has no score"):
        rank_of(filled[0], 0)


def test_a_query_becomes_a_history_of_its_best_hits() -> None:
    hits = Hits(np.array([3, 1, 2]), np.array([0.5, 1.0, -1.0]))
    found = history_from(hits, 5)
    np.testing.assert_allclose(found.toarray(), [[0, 1, 0, 0.5, 0]])
    assert history_from(hits, 5, k=1).indices.tolist() == [1]
    assert history_from(Hits.empty(), 5).nnz == 0


def test_equal_scores_rank_by_row_and_settings_are_checked() -> None:
    scores = np.array([1, 2, 2, 3], dtype=np.float32)
    assert [rank_of(scores, row) for row in range(4)] == [4, 2, 3, 1]
    with pytest.raises(InvalidArgument, match=r"other_brand = 0\.0"):
        Newcomers(other_brand=0.0)
    with pytest.raises(InvalidArgument, match="price_scale = -1"):
        Newcomers(price_scale=-1)


def test_unknown_names_agree_with_all() -> None:
    table = Newcomers().stand_ins(similar, KNOWN, ["甲", "", "", "", ""], CATEGORIES, PRICES)
    assert table[0, 1] == pytest.approx(table[0, 2])
    assert sparse.issparse(table)
