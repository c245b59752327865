import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.config import LexicalConfig
from semrec.index.lexical import LexicalIndex
from semrec.index.postings import PostingList, Postings
from semrec.index.vocabulary import Vocabulary
from semrec.types import Mask

COUNT = 20_000


def random_index(rng: np.random.Generator, number: int) -> LexicalIndex:
    """Lists of very different lengths and impacts, as those of rare words and common characters."""
    items, impacts = [], []
    for _ in range(number):
        share = rng.choice([0.0005, 0.005, 0.05, 0.3])
        items.append(np.flatnonzero(rng.random(COUNT) < share).astype(np.int32))
        sign = -1 if rng.random() < 0.2 else 1
        # Few distinct impacts, so that there are ties.
        values = sign * rng.integers(1, 4, len(items[-1])) * np.float32(-np.log(share))
        impacts.append(values.astype(np.float32))
    starts = np.cumsum([0, *map(len, items)])
    idf = np.ones(number, dtype=np.float32)
    names = Vocabulary.of(f"{i:02}" for i in range(number))
    postings = Postings(names, starts, np.concatenate(items), np.concatenate(impacts), idf)
    return LexicalIndex(postings, {"title": 1.0}, np.ones(COUNT, dtype=np.bool_))


Ranking = list[tuple[int, float]]


def found(index: LexicalIndex, query: list[str], k: int, allowed: Mask | None) -> Ranking:
    """What a search finds: rows with their scores."""
    hits = index.search(query, k, allowed)
    return list(zip(hits.rows.tolist(), hits.scores.tolist(), strict=True))


def added_up(index: LexicalIndex, query: list[str], k: int, allowed: Mask | None) -> Ranking:
    """The same by sorting the exact score of every row."""
    scores = index.score_rows(query, np.arange(len(index)))
    wanted = scores > 0 if allowed is None else (scores > 0) & allowed
    best = sorted(np.flatnonzero(wanted).tolist(), key=lambda row: (-scores[row], row))[:k]
    return [(row, float(scores[row])) for row in best]


@given(st.integers(0, 10**6), st.integers(1, 12), st.sampled_from([1, 10, 200]), st.booleans())
@settings(deadline=None, max_examples=60)
def test_equals_adding_everything_up(seed: int, number: int, k: int, masked: bool) -> None:
    rng = np.random.default_rng(seed)
    index = random_index(rng, number)
    allowed = rng.random(COUNT) < rng.choice([0.001, 0.3]) if masked else None
    query = [f"{i:02}" for i in rng.integers(0, number + 1, rng.integers(1, 15))]
    assert found(index, query, k, allowed) == added_up(index, query, k, allowed)


@given(st.integers(0, 10**6), st.sampled_from([1, 10, 200]))
@settings(deadline=None, max_examples=20)
def test_equals_adding_everything_up_after_updates(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.choice(COUNT + 50, 60, replace=False)
    titles = [" ".join(f"{i:02}" for i in rng.integers(0, 9, 4)) for _ in rows]
    config = LexicalConfig(fields={"title": 1.0})
    index = random_index(rng, 8).upsert(rows, {"title": titles}, str.split, config)
    index = index.delete(rng.choice(COUNT, 100, replace=False))
    query = [f"{i:02}" for i in rng.integers(0, 9, 5)]
    some = rng.random(len(index)) < 0.3
    assert found(index, query, k, None) == added_up(index, query, k, None)
    assert found(index, query, k, some) == added_up(index, query, k, some)


@pytest.mark.parametrize("k", [0, -1])
def test_nothing_wanted(k: int) -> None:
    assert len(random_index(np.random.default_rng(0), 3).search(["00", "01"], k)) == 0


def test_a_list_adds_up_in_place_as_often_as_it_is_said() -> None:
    said_twice = PostingList(np.array([1, 3], np.int32), np.array([0.5, -2], np.float32), 2)
    sums = np.array([1, 1, 1, 1], dtype=np.float32)
    said_twice.add_to(sums)
    assert sums.tolist() == [1, 2, 1, -3]
    assert said_twice.at(np.array([3, 2, 1])).tolist() == [-4, 0, 1]
