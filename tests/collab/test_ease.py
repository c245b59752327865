"""EASE beside its published formula; the other closed forms are in ``test_linear_models``."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from semrec.collab.ease import Ease
from semrec.collab.protocol import Interactions


def interactions(strong: np.ndarray) -> Interactions:
    """A log whose strengths ``log(1 + w)`` are these, shape ``(users, items)``."""
    users, items = np.nonzero(strong)
    return Interactions(
        users=users.astype(np.int64),
        items=items.astype(np.int64),
        weights=np.expm1(strong[users, items]).astype(np.float32),
        times=np.zeros(len(users)),
        baskets=np.full(len(users), -1, dtype=np.int64),
        n_users=strong.shape[0],
        n_items=strong.shape[1],
    )


def steck(x: np.ndarray, penalty: float) -> np.ndarray:
    """``B = I - P diag(1 / diag P)`` of the paper, on weights as they are."""
    inverse = np.linalg.inv(x.T @ x + penalty * np.eye(x.shape[1]))
    return np.eye(x.shape[1]) - inverse @ np.diag(1 / np.diag(inverse))


@pytest.mark.parametrize("shape", [(60, 25), (20, 45)], ids=["items", "users"])
@pytest.mark.parametrize("weights", [1, 5], ids=["alike", "ratings"])
@pytest.mark.parametrize("penalty", [3.0, 500.0])
def test_unscaled_it_is_the_model_of_the_paper(
    shape: tuple[int, int], weights: int, penalty: float
) -> None:
    rng = np.random.default_rng(8)
    x = np.where(rng.random(shape) < 0.3, rng.integers(1, weights + 1, shape), 0).astype(float)
    x[:, 0] += 1  # nobody and nothing without behaviour
    x[0, :] += 1
    mean_eigenvalue = (x**2).sum() / min(shape)
    model = Ease(regularisation=penalty / mean_eigenvalue, user_power=0, item_power=0)
    history = x[:7]
    found = model.fit(interactions(x)).score_users(sparse.csr_matrix(np.expm1(history)))
    expected = history @ steck(x, penalty)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=2e-5)
