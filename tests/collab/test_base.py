from __future__ import annotations

import numpy as np
import pytest

from semrec.collab.base import highest, top_rows
from semrec.collab.cooccurrence import best_entries
from semrec.index.topk import top_k


@pytest.mark.parametrize("k", [0, 1, 5, 40, 400])
@pytest.mark.parametrize("levels", [3, 1000])
def test_rows_are_cut_as_one_by_one(k: int, levels: int) -> None:
    rng = np.random.default_rng(k)
    scores = rng.integers(-levels, levels, (7, 300)).astype(np.float32)
    scores[rng.random(scores.shape) < 0.2] = np.nan
    expected = [top_k(row, k) for row in scores]
    for found, wanted in zip(top_rows(scores.copy(), k), expected, strict=True):
        assert found.rows.tolist() == wanted.rows.tolist()
        np.testing.assert_array_equal(found.scores, wanted.scores)


@pytest.mark.parametrize("k", [0, 2, 30, 500])
def test_only_positive_scores_are_among_the_highest(k: int) -> None:
    rng = np.random.default_rng(k)
    scores = rng.integers(-3, 4, 400).astype(np.float32)
    rows = rng.permutation(400).astype(np.int32)
    positive = np.where(scores > 0, scores, np.nan).astype(np.float32)
    found, wanted = highest(scores, k, rows), top_k(positive, k, rows.astype(np.int64))
    assert found.rows.tolist() == wanted.rows.tolist()


def test_best_entries_take_the_lowest_columns_of_a_tie() -> None:
    data = np.array([2, 1, 1, 1, -1, 5, 5, 5], dtype=np.float32)
    indices = np.array([9, 7, 3, 5, 1, 4, 2, 6], dtype=np.int32)
    indptr = np.array([0, 5, 8, 8], dtype=np.int32)
    kept, counts = best_entries(data, indices, indptr, 2)
    assert indices[kept].tolist() == [9, 3, 4, 2]
    assert counts.tolist() == [2, 2, 0]
    assert best_entries(data, indices, indptr, 0)[1].tolist() == [0, 0, 0]
