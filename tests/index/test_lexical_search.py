import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.index.lexical_search import best
from semrec.index.postings import PostingList
from semrec.index.topk import top_k
from semrec.types import Rows, Scores

COUNT = 20_000


def random_lists(seed: int, number: int) -> list[PostingList]:
    """Lists of very different lengths and peaks, as those of rare words and common characters."""
    rng = np.random.default_rng(seed)
    lists = []
    for _ in range(number):
        share = rng.choice([0.0005, 0.005, 0.05, 0.3])
        items = np.flatnonzero(rng.random(COUNT) < share).astype(np.int32)
        sign = -1 if rng.random() < 0.1 else 1
        # Few distinct impacts, so that there are ties.
        impacts = sign * rng.integers(1, 4, len(items)) * np.float32(-np.log(share))
        peak = max(float(impacts.max(initial=0)), 0.0)
        if len(items):
            lists.append(PostingList(items, impacts.astype(np.float32), peak))
    return lists


@given(st.integers(0, 10**6), st.integers(1, 12), st.sampled_from([1, 10, 200]), st.booleans())
@settings(deadline=None, max_examples=60)
def test_equals_adding_everything_up(seed: int, number: int, k: int, masked: bool) -> None:
    lists = random_lists(seed, number)

    def score(rows: Rows) -> Scores:
        total = np.zeros(len(rows), dtype=np.float32)
        for each in lists:
            total += each.at(rows)
        return np.maximum(total, 0)

    allowed = np.random.default_rng(seed).random(COUNT) < 0.3 if masked else None
    rows = np.arange(COUNT) if allowed is None else np.flatnonzero(allowed)
    scores = score(rows)
    expected = top_k(scores[scores > 0], k, rows[scores > 0])
    hits = best(COUNT, lists, k, allowed, score)
    assert hits.rows.tolist() == expected.rows.tolist()
    np.testing.assert_array_equal(hits.scores, expected.scores)


def test_a_rare_word_spares_the_long_lists() -> None:
    rare = PostingList(np.arange(50, dtype=np.int32), np.full(50, 9, np.float32), 9.0)
    common = PostingList(np.arange(COUNT, dtype=np.int32), np.full(COUNT, 1, np.float32), 1.0)
    asked: list[int] = []

    def score(rows: Rows) -> Scores:
        asked.append(len(rows))
        return rare.at(rows) + common.at(rows)

    hits = best(COUNT, [common, rare], 10, None, score)
    assert hits.rows.tolist() == list(range(10))
    assert sum(asked) < 500


@pytest.mark.parametrize("k", [0, -1])
def test_nothing_wanted(k: int) -> None:
    lists = random_lists(0, 3)
    assert len(best(COUNT, lists, k, None, lambda rows: np.ones(len(rows), np.float32))) == 0
