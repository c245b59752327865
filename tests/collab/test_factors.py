from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy import sparse

from semrec.collab import create
from semrec.collab.als import FittedAls
from semrec.collab.factors import nearest
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument, MissingExtra


def random_log(shape: tuple[int, int] = (40, 30)) -> Interactions:
    dense = np.random.default_rng(1).random(shape) < 0.3
    users, items = np.nonzero(dense)
    count = len(users)
    return Interactions(
        users=users.astype(np.int64),
        items=items.astype(np.int64),
        weights=np.ones(count, dtype=np.float32),
        times=np.zeros(count),
        baskets=np.full(count, -1, dtype=np.int64),
        n_users=shape[0],
        n_items=shape[1],
    )


@pytest.mark.parametrize("name", ["als", "bpr"])
def test_a_seed_gives_the_same_factors_and_another_gives_others(name: str) -> None:
    log = random_log()
    first, second, third = (
        create(name, factors=4, iterations=3, seed=seed).fit(log) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.arrays()["items"], second.arrays()["items"])
    assert np.abs(first.arrays()["items"] - third.arrays()["items"]).max() > 1e-3


@pytest.mark.parametrize("name", ["als", "bpr"])
def test_without_the_library_the_extra_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, f"implicit.{name}", None)
    with pytest.raises(MissingExtra, match=r"semrec\[implicit\]"):
        create(name).fit(random_log())


def test_a_user_is_folded_in_by_the_formula_of_als() -> None:
    rng = np.random.default_rng(3)
    items = rng.normal(size=(12, 5)).astype(np.float32)
    fitted = FittedAls(items, np.array([0.7, 4.0]), np.ones(12, dtype=bool))
    history = np.zeros(12)
    history[[2, 5, 9]] = [1, 3, 2]
    confidence = np.where(history > 0, 4.0 * np.log1p(history), 1.0)
    wide = items.astype(np.float64)
    matrix = wide.T @ np.diag(confidence) @ wide + 0.7 * np.eye(5)
    user = np.linalg.solve(matrix, wide.T @ (confidence * (history > 0)))
    found = fitted.score_users(sparse.csr_matrix(history[None]))[0]
    np.testing.assert_allclose(found, wide @ user, rtol=1e-4, atol=1e-6)


def test_nearest_is_by_cosine_not_by_length() -> None:
    vectors = np.array([[1, 0], [9, 9], [2, 0.1], [0, 1], [1, 0]], np.float32)
    known = np.array([True, True, True, True, False])
    hits = nearest(vectors, known, 0, 5, None)
    assert hits.rows.tolist() == [2, 1, 3]
    np.testing.assert_allclose(hits.scores, [2 / np.sqrt(4.01), np.sqrt(0.5), 0], atol=1e-6)


@pytest.mark.parametrize(
    ("name", "setting"), [("als", "alpha"), ("als", "factors"), ("bpr", "damping")]
)
def test_settings_out_of_range_are_named(name: str, setting: str) -> None:
    with pytest.raises(InvalidArgument, match=f"{setting} = 0; legal"):
        create(name, **{setting: 0})
