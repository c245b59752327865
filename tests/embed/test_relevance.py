from __future__ import annotations

import numpy as np
import pytest

from semrec.embed.relevance import Click, Relevance, relevance, with_clicks
from semrec.index.topk import top_k
from semrec.types import Hits, Rows, Scores

ITEMS = np.eye(4, dtype=np.float32)


class Overlap:
    """A lexical leg: how many characters a title shares with the query."""

    titles = ("红杯", "红", "锅", "蓝锅")

    def scores(self, query: str) -> Scores:
        return np.array([len(set(query) & set(title)) for title in self.titles], np.float32)

    def search(self, query: str, k: int) -> Hits:
        scores = self.scores(query)
        return top_k(np.where(scores > 0, scores, np.nan).astype(np.float32), k)

    def score_rows(self, query: str, rows: Rows) -> Scores:
        return self.scores(query)[rows]


def test_the_mean_of_both_legs_stretched() -> None:
    vectors = np.array([[0.0, 1.0, 0.0, 0.5]], dtype=np.float32)
    judged = relevance(["红杯"], 4, Overlap(), (vectors, ITEMS))
    # Lexical 2, 1, 0, 0 → 1, .5, 0, 0; cosines 0, 1, 0, .5.
    assert judged.rows.tolist() == [[1, 0, 3, 2]]
    np.testing.assert_allclose(judged.scores, [[0.75, 0.5, 0.25, 0.0]])


def test_one_leg_alone_and_none() -> None:
    lexical = relevance(["红杯", "紫"], 4, Overlap(), None)
    assert lexical.rows.tolist() == [[0, 1, -1, -1], [-1, -1, -1, -1]]
    np.testing.assert_allclose(lexical.scores, [[1, 0, 0, 0], [0, 0, 0, 0]])
    assert relevance(["红"], 4, None, None).rows.tolist() == [[-1] * 4]


def test_relevance_among_a_pool() -> None:
    judged = Relevance(
        np.array([[1, 0, 3], [2, -1, -1]]), np.array([[0.9, 0.5, 0.2], [1, 0, 0]], np.float32)
    )
    found = judged.among(np.array([1, 0]), np.array([0, 2, 3]))
    np.testing.assert_allclose(found, np.array([[0, 1, 0], [0.5, 0, 0.2]], np.float32))


@pytest.mark.parametrize("row", [0, 2])
def test_what_was_taken_comes_first_and_the_rest_counts_half(row: int) -> None:
    judged = Relevance(np.array([[1, 0, 3]]), np.array([[0.8, 0.6, 0.2]], np.float32))
    taken = with_clicks(judged, [Click("红", row)])
    assert taken.rows.tolist() == [[row, 1, 3]] if row == 0 else [[row, 1, 0]]
    third = 0.1 if row == 0 else 0.3
    np.testing.assert_allclose(taken.scores, [[1, 0.4, third]])
