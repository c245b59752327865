from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from semrec.collab import cooccurrence
from semrec.collab.cooccurrence import binary, strongest


def contexts(seed: int = 3, shape: tuple[int, int] = (40, 17)) -> sparse.csr_matrix:
    rng = np.random.default_rng(seed)
    dense = np.where(rng.random(shape) < 0.3, rng.integers(1, 4, shape), 0)
    return sparse.csr_matrix(dense.astype(np.float32))


def test_binary_keeps_the_pattern_and_leaves_its_input() -> None:
    matrix = contexts()
    before = matrix.toarray()
    np.testing.assert_array_equal(binary(matrix).toarray(), before > 0)
    np.testing.assert_array_equal(matrix.toarray(), before)


@pytest.mark.parametrize("limit", [1, 4, 100])
def test_the_best_partners_are_those_of_the_dense_product(limit: int) -> None:
    matrix = contexts()
    dense = (matrix.T @ matrix).toarray()
    np.fill_diagonal(dense, 0)
    found = strongest(matrix, lambda i, j, dots: dots, limit).scores.toarray()
    for item, row in enumerate(dense):
        best = sorted(np.flatnonzero(row), key=lambda j: (-row[j], j))[:limit]
        assert sorted(np.flatnonzero(found[item])) == sorted(best)
        np.testing.assert_allclose(found[item, best], row[best])


def test_blocks_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = contexts()
    whole = strongest(matrix, lambda i, j, dots: dots / (1 + i + j), 5)
    monkeypatch.setattr(cooccurrence, "_BLOCK_CELLS", 1)
    monkeypatch.setattr(cooccurrence, "_LEAST_ROWS", 3)
    blocked = strongest(matrix, lambda i, j, dots: dots / (1 + i + j), 5)
    np.testing.assert_array_equal(blocked.scores.toarray(), whole.scores.toarray())
    np.testing.assert_array_equal(blocked.products, whole.products)


def test_products_stand_beside_the_scores_they_belong_to() -> None:
    matrix = contexts()
    found = strongest(matrix, lambda i, j, dots: 100 - dots, 3)
    dots = (matrix.T @ matrix).toarray()
    coo = found.scores.tocoo()
    np.testing.assert_allclose(found.products, dots[coo.row, coo.col])
    np.testing.assert_allclose(coo.data, 100 - dots[coo.row, coo.col])


def test_pairs_at_or_below_zero_are_no_partners() -> None:
    matrix = contexts()
    found = strongest(matrix, lambda i, j, dots: np.where(j == 2, 0.0, -1.0).astype(np.float32), 5)
    assert found.scores.nnz == 0
    assert found.scores.shape == (17, 17)
