from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from semrec.collab import content
from semrec.collab.content import ContentNeighbours
from semrec.collab.protocol import FittedModel, Interactions
from semrec.errors import InvalidArgument


def nobody(n_items: int) -> Interactions:
    none = np.empty(0, dtype=np.int64)
    return Interactions(none, none, none.astype(np.float32), none.astype(float), none, 0, n_items)


@pytest.fixture
def vectors() -> np.ndarray:
    found = np.random.default_rng(4).normal(size=(30, 6)).astype(np.float32)
    found[7] = 0  # of this item nothing is known
    return found


def likeness(vectors: np.ndarray, metric: str) -> np.ndarray:
    if metric == "euclidean":
        return 1 / (1 + np.linalg.norm(vectors[:, None] - vectors[None], axis=2))
    lengths = np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)
    return vectors @ vectors.T / np.outer(lengths, lengths)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_neighbours_are_the_most_alike(
    vectors: np.ndarray, metric: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "_BLOCK_CELLS", 100)
    fitted = ContentNeighbours(vectors, metric, neighbours=5).fit(nobody(30))
    assert isinstance(fitted, FittedModel)
    expected = likeness(vectors, metric)
    expected[7], expected[:, 7] = 0, 0
    np.fill_diagonal(expected, 0)
    for row in range(30):
        best = [j for j in np.argsort(-expected[row], kind="stable")[:5] if expected[row, j] > 0]
        assert fitted.similar_items(row, 5).rows.tolist() == best
        np.testing.assert_allclose(
            fitted.similar_items(row, 5).scores, expected[row, best], rtol=1e-4
        )


def test_a_threshold_keeps_what_is_near_enough_however_many(vectors: np.ndarray) -> None:
    fitted = ContentNeighbours(vectors, threshold=0.5).fit(nobody(30))
    expected = likeness(vectors, "cosine")
    np.fill_diagonal(expected, 0)
    assert fitted.alike.nnz == (expected >= 0.5).sum()
    twins = ContentNeighbours(np.ones((3, 5)), threshold=1.0).fit(nobody(3))
    assert len(twins.similar_items(0, 9)) == 2


def test_sparse_and_dense_vectors_give_the_same(vectors: np.ndarray) -> None:
    words = np.where(vectors > 0.5, vectors, 0)
    dense = ContentNeighbours(words, neighbours=4).fit(nobody(30))
    thin = ContentNeighbours(sparse.csr_matrix(words), neighbours=4).fit(nobody(30))
    np.testing.assert_allclose(thin.alike.toarray(), dense.alike.toarray(), atol=1e-6)
    np.testing.assert_array_equal(thin.known, dense.known)


def test_an_item_without_behaviour_is_recommended_by_what_it_is() -> None:
    vectors = np.array([[1, 0], [0.9, 0.1], [0, 1], [0, 0]], dtype=np.float32)
    fitted = ContentNeighbours(vectors).fit(nobody(4))
    history = sparse.csr_matrix(([1.0], ([0], [0])), shape=(1, 4))
    assert fitted.recommend(history, 5, exclude_seen=True)[0].rows.tolist() == [1]
    assert np.isnan(fitted.score_users(history)[0, 3])
    rows, parts = fitted.explain(history, 1, 3)
    assert rows.tolist() == [0]
    assert parts[0] == pytest.approx(fitted.score_users(history)[0, 1])


def test_settings_out_of_range_are_named(vectors: np.ndarray) -> None:
    with pytest.raises(InvalidArgument, match=r"metric = 'cosin'; legal: cosine"):
        ContentNeighbours(vectors, "cosin")
    with pytest.raises(InvalidArgument, match="legal: dense"):
        ContentNeighbours(sparse.csr_matrix(vectors), "euclidean")
    with pytest.raises(InvalidArgument, match=r"threshold = 1\.5"):
        ContentNeighbours(vectors, threshold=1.5)
    with pytest.raises(InvalidArgument, match="neighbours = 0"):
        ContentNeighbours(vectors, neighbours=0)
    with pytest.raises(InvalidArgument, match="30 vectors; legal: 29"):
        ContentNeighbours(vectors).fit(nobody(29))
