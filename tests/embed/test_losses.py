from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from semrec.embed.losses import Loss, listwise, regression, relational, softmax
from semrec.types import Vectors


def vectors(count: int, seed: int) -> Vectors:
    return np.random.default_rng(seed).standard_normal((count, 6)).astype(np.float32)


def numeric(value: Callable[[Vectors], float], at: Vectors) -> Vectors:
    """The gradient by central differences."""
    slopes = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[place] = 1e-2
        slopes[place] = (value(at + step) - value(at - step)) / 2e-2
    return slopes


def test_gradients_of_the_relational_loss() -> None:
    left, right = vectors(3, 1), vectors(4, 2)
    targets = softmax(np.random.default_rng(3).random((3, 4)).astype(np.float32), 3.0)

    def loss(a: Vectors, b: Vectors) -> Loss:
        return relational(a, b, targets, 0.5)

    found = loss(left, right)
    np.testing.assert_allclose(found.left, numeric(lambda v: loss(v, right).value, left), atol=2e-3)
    np.testing.assert_allclose(
        found.right, numeric(lambda v: loss(left, v).value, right), atol=2e-3
    )


def test_gradients_of_the_regression() -> None:
    ours, wanted = vectors(3, 1), vectors(3, 2)
    found = regression(ours, wanted)
    expected = numeric(lambda v: regression(v, wanted).value, ours)
    np.testing.assert_allclose(found.left, expected, atol=2e-3)


def test_relational_loss_is_zero_where_both_sides_agree() -> None:
    left, right = vectors(3, 1), vectors(5, 2)
    targets = softmax(left @ right.T, 2.0)
    found = relational(left, right, targets, 0.5)
    assert found.value == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(found.left, 0, atol=1e-6)


def test_one_hot_targets_make_it_cross_entropy() -> None:
    left, right = vectors(2, 1), vectors(2, 2)
    logits = left @ right.T
    expected = np.mean([np.log(np.exp(logits[i]).sum()) - logits[i, i] for i in range(2)])
    found = relational(left, right, np.eye(2, dtype=np.float32), 1.0)
    assert found.value == pytest.approx(expected, abs=1e-5)


def test_gradient_of_the_listwise_loss_and_candidates_that_are_none() -> None:
    left, lists = vectors(2, 1), np.stack([vectors(4, 2), vectors(4, 3)])
    scores = np.random.default_rng(3).random((2, 4)).astype(np.float32)
    scores[1, 3] = -np.inf
    targets = softmax(scores, 3.0)

    def value(at: Vectors) -> float:
        return listwise(at, lists, targets, 0.5).value

    found = listwise(left, lists, targets, 0.5)
    np.testing.assert_allclose(found.left, numeric(value, left), atol=2e-3)
    other = lists.copy()
    other[1, 3] = 100.0
    np.testing.assert_array_equal(listwise(left, other, targets, 0.5).left, found.left)


def test_lists_that_are_alike_make_it_the_relational_loss() -> None:
    left, right = vectors(3, 1), vectors(4, 2)
    targets = softmax(np.random.default_rng(3).random((3, 4)).astype(np.float32), 3.0)
    listed = listwise(left, np.stack([right] * 3), targets, 0.5)
    shared = relational(left, right, targets, 0.5)
    assert listed.value == pytest.approx(shared.value, abs=1e-6)
    np.testing.assert_allclose(listed.left, shared.left, atol=1e-5)
