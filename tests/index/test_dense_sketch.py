import numpy as np
import pytest

from semrec.index.dense_sketch import Sketch, sketch_bytes

N = 2000


def texts(dim: int) -> np.ndarray:
    """Vectors that share a mean and vary along few axes, as those of texts do."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(N, dim)) / np.arange(1, dim + 1) ** 0.5 + 0.3
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def coded(sketch: Sketch, rows: np.ndarray) -> np.ndarray:
    """Each pair of columns replaced by the nearest of its sixteen values."""
    pairs = rows.reshape(len(rows), -1, 1, 2)
    nearest = np.square(pairs - sketch.values).sum(axis=-1).argmin(axis=-1)
    return sketch.values[np.arange(nearest.shape[1]), nearest].reshape(rows.shape)


@pytest.mark.parametrize("dim", [16, 33, 300])
def test_sketches_are_near_in_inner_product(dim: int) -> None:
    vectors = texts(dim)
    sketch = Sketch.fit(vectors, seed=0)
    rows = coded(sketch, sketch.rows(vectors))
    true, said = vectors @ vectors[:50].T, rows @ (vectors[:50] @ sketch.turn).T
    for query in range(50):
        assert np.corrcoef(true[:, query], said[:, query])[0, 1] > 0.9


def test_the_last_half_byte_says_what_was_lost_along_the_mean() -> None:
    vectors = texts(300)
    mean = vectors.mean(axis=0) / np.linalg.norm(vectors.mean(axis=0))
    sketch = Sketch.fit(vectors, seed=0)
    rows = coded(sketch, sketch.rows(vectors))
    asked = mean @ sketch.turn
    with_it, without = rows @ asked, rows[:, :-2] @ asked[:-2]
    true = vectors @ mean
    assert np.abs(with_it - true).mean() < 0.25 * np.abs(without - true).mean()


def test_a_pair_is_of_a_strong_and_a_weak_axis() -> None:
    sketch = Sketch.fit(texts(300), seed=0)
    spread = sketch.rows(texts(300))[:, :-2].std(axis=0).reshape(-1, 2)
    assert (spread[:, 0] > spread[:, 1]).all()
    assert (np.diff(spread[:, 0]) < 0).all()
    assert (np.diff(spread[:, 1]) > 0).all()


def test_what_was_learnt_is_all_there_is() -> None:
    vectors = texts(33)
    sketch = Sketch.fit(vectors, seed=0)
    again = Sketch(sketch.turn, sketch.values)
    np.testing.assert_array_equal(again.rows(vectors), sketch.rows(vectors))
    assert sketch.turn.shape == (33, 36)
    assert sketch.values.shape == (18, 16, 2)


def test_a_single_vector_and_zeros_are_coded() -> None:
    for vectors in (texts(16)[:1], np.zeros((1, 16), dtype=np.float32)):
        sketch = Sketch.fit(vectors, seed=0)
        rows = coded(sketch, sketch.rows(vectors))
        assert rows @ (vectors[0] @ sketch.turn) == pytest.approx(vectors[0] @ vectors[0], abs=1e-3)


def test_half_a_byte_a_pair() -> None:
    assert [sketch_bytes(dim) for dim in (2, 16, 33, 254, 384)] == [1, 5, 9, 64, 64]
