"""One suite over every index: what it finds is what it scores, masks hold, order is fixed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from semrec.config import LexicalConfig
from semrec.index.dense import DenseIndex
from semrec.index.dense_plan import DensePlan
from semrec.index.lexical import LexicalIndex

N = 60


@dataclass
class Case:
    index: Any
    query: Any


def _vectors() -> np.ndarray:
    vectors = np.random.default_rng(0).normal(size=(N, 8)).astype(np.float32)
    vectors[7] = vectors[3]
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def dense(folder: Path) -> Case:
    vectors = _vectors()
    return Case(DenseIndex.build(vectors), vectors[3])


def dense_mapped(folder: Path) -> Case:
    vectors = _vectors()
    DenseIndex.build(vectors).save(folder / "dense.faiss")
    return Case(DenseIndex.load(folder / "dense.faiss"), vectors[3])


def dense_graph(folder: Path) -> Case:
    vectors = _vectors()
    return Case(DenseIndex.build(vectors, DensePlan(exact_up_to=0)), vectors[3])


def dense_updated(folder: Path) -> Case:
    """The same again, half of it by updates."""
    vectors = _vectors()
    index = DenseIndex.build(-vectors[:40], DensePlan(exact_up_to=0))
    return Case(index.upsert(np.arange(N), vectors), vectors[3])


def lexical(folder: Path) -> Case:
    rng = np.random.default_rng(1)
    titles = [" ".join(rng.choice(list("甲丙丁戊"), 4)) for _ in range(N)]
    titles[7] = titles[3] = "甲 甲 乙 甲"
    index = LexicalIndex.build({"title": titles}, str.split, LexicalConfig())
    return Case(index, ["甲", "乙"])


@pytest.fixture(
    params=[dense, dense_mapped, dense_graph, dense_updated, lexical],
    ids=lambda make: make.__name__,
)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    make: Callable[[Path], Case] = request.param
    return make(tmp_path)


def test_length(case: Case) -> None:
    assert len(case.index) == N


def test_the_item_itself_is_best_and_ties_go_by_row(case: Case) -> None:
    assert case.index.search(case.query, 2).rows.tolist() == [3, 7]


def test_found_scores_equal_given_scores(case: Case) -> None:
    hits = case.index.search(case.query, N)
    np.testing.assert_allclose(
        hits.scores, case.index.score_rows(case.query, hits.rows), rtol=1e-5, atol=1e-6
    )
    assert (np.diff(hits.scores) <= 1e-6).all()


def test_k_is_a_prefix(case: Case) -> None:
    whole = case.index.search(case.query, N).rows.tolist()
    for k in (0, 1, 5):
        assert case.index.search(case.query, k).rows.tolist() == whole[:k]
    assert case.index.search(case.query, 10 * N).rows.tolist() == whole


@pytest.mark.parametrize("share", [0.05, 0.5, 1.0])
def test_mask_gives_the_allowed_part_of_the_whole(case: Case, share: float) -> None:
    allowed = np.random.default_rng(2).random(N) < share
    allowed[3] = False
    whole = case.index.search(case.query, N).rows
    expected = [row for row in whole.tolist() if allowed[row]]
    assert case.index.search(case.query, N, allowed).rows.tolist() == expected
    nothing = np.zeros(N, dtype=np.bool_)
    assert len(case.index.search(case.query, 5, nothing)) == 0
