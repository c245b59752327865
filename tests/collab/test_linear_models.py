"""The closed forms against their formulas, written out densely."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from threadpoolctl import threadpool_limits

from semrec.collab import create
from semrec.collab.linear import power, product, scaled, strengths
from semrec.collab.protocol import FittedModel, Interactions
from semrec.collab.ridge_filter import CHOICES, RidgeFilter
from semrec.collab.spectrum import leading
from semrec.errors import InvalidArgument


def interactions(dense: np.ndarray) -> Interactions:
    users, items = np.nonzero(dense)
    return Interactions(
        users=users.astype(np.int64),
        items=items.astype(np.int64),
        weights=dense[users, items].astype(np.float32),
        times=np.zeros(len(users)),
        baskets=np.full(len(users), -1, dtype=np.int64),
        n_users=dense.shape[0],
        n_items=dense.shape[1],
    )


def random_log(shape: tuple[int, int], seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    dense = np.where(rng.random(shape) < 0.3, rng.integers(1, 6, shape), 0)
    dense[:, 0] += 1  # nobody and nothing without behaviour
    dense[0, :] += 1
    return dense.astype(float)


def filter_of(fitted: FittedModel, n_items: int) -> np.ndarray:
    """The items × items matrix of a linear model: the scores of single items."""
    single = sparse.csr_matrix(np.eye(n_items) * np.expm1(1.0))
    return fitted.score_users(single).astype(np.float64)


def adjacency(dense: np.ndarray, a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
    strong = np.log1p(dense)
    degrees = strong.sum(axis=0)
    return strong * strong.sum(axis=1)[:, None] ** -a * degrees**-b, degrees


def low_pass(x: np.ndarray, degrees: np.ndarray, rank: int) -> np.ndarray:
    vectors = np.linalg.svd(x)[2][:rank].T
    return np.diag(degrees**-0.5) @ vectors @ vectors.T @ np.diag(degrees**0.5)


@pytest.mark.parametrize("shape", [(40, 15), (12, 30)], ids=["items", "users"])
def test_ease_is_the_constrained_least_squares_solution(shape: tuple[int, int]) -> None:
    dense = random_log(shape)
    x, _ = adjacency(dense, 0.4, 0.3)
    penalty = 2.0 * (x**2).sum() / min(shape)
    inverse = np.linalg.inv(x.T @ x + penalty * np.eye(shape[1]))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    found = filter_of(create("ease").fit(interactions(dense)), shape[1])
    np.testing.assert_allclose(found, expected, atol=2e-6)


def test_ease_without_scaling_satisfies_the_normal_equations_of_each_item() -> None:
    dense = random_log((50, 9))
    strong = np.log1p(dense)
    fitted = create("ease", user_power=0.0, item_power=0.0).fit(interactions(dense))
    weights = filter_of(fitted, 9)
    penalty = 2.0 * (strong**2).sum() / 9
    for item in range(9):
        others = [j for j in range(9) if j != item]
        gram = strong[:, others].T @ strong[:, others] + penalty * np.eye(8)
        ridge = np.linalg.solve(gram, strong[:, others].T @ strong[:, item])
        np.testing.assert_allclose(weights[others, item], ridge, atol=1e-6)


def test_ease_refuses_what_it_cannot_hold_and_names_another_model() -> None:
    log = interactions(random_log((30, 20)))
    with pytest.raises(InvalidArgument, match=r"30 users and 20 items.*'ridge-filter' or 'bspm'"):
        create("ease", max_gigabytes=1e-6).fit(log)


def test_gf_cf_is_the_linear_filter_and_the_ideal_low_pass() -> None:
    dense = random_log((60, 45))
    x, degrees = adjacency(dense, 0.5, 0.5)
    expected = x.T @ x + 0.3 * low_pass(x, degrees, 5)
    fitted = create("gf-cf", rank=5).fit(interactions(dense))
    np.testing.assert_allclose(filter_of(fitted, 45), expected, atol=2e-3)


def runge_kutta(p: np.ndarray, time: float) -> np.ndarray:
    """One classical step of ``dB/dt = -B P`` from the identity, by its four slopes."""
    start = np.eye(len(p))
    one = -start @ p
    two = -(start + time / 2 * one) @ p
    three = -(start + time / 2 * two) @ p
    four = -(start + time * three) @ p
    return start + time / 6 * (one + 2 * two + 2 * three + four)


def test_bspm_with_the_whole_spectrum_is_the_process_itself() -> None:
    dense = random_log((60, 20))
    x, degrees = adjacency(dense, 0.5, 0.5)
    p = x.T @ x
    expected = (p + 0.2 * low_pass(x, degrees, 20)) @ runge_kutta(p, 2.5)
    fitted = create("bspm", rank=20).fit(interactions(dense))
    np.testing.assert_allclose(filter_of(fitted, 20), expected, atol=1e-5)


def test_bspm_passes_the_rest_of_the_spectrum_linearly() -> None:
    dense = random_log((60, 45))
    x, degrees = adjacency(dense, 0.5, 0.5)
    values, vectors = np.linalg.eigh(x.T @ x)
    values, vectors = values[::-1], vectors[:, ::-1]
    polynomial = [1, -2.5, 2.5**2 / 2, -(2.5**3) / 6, 2.5**4 / 24]
    gain = sum(c * np.minimum(values, 1) ** n for n, c in enumerate(polynomial))
    gain[6:] = gain[5]
    blurred = vectors @ np.diag(values * gain) @ vectors.T
    expected = blurred + 0.2 * low_pass(x, degrees, 6) @ runge_kutta(x.T @ x, 2.5)
    fitted = create("bspm", rank=6).fit(interactions(dense))
    np.testing.assert_allclose(filter_of(fitted, 45), expected, atol=5e-3)


def test_ridge_filter_with_the_whole_spectrum_is_ridge_over_what_an_item_lacks() -> None:
    dense = random_log((60, 20))
    x, _ = adjacency(dense, 0.4, 0.2)
    p = x.T @ x
    penalty = 15.0 * (x**2).sum() / 20
    ridge = p @ np.linalg.inv(p + penalty * np.eye(20))
    fitted = create("ridge-filter", regularisation=15.0).fit(interactions(dense))
    np.testing.assert_allclose(
        filter_of(fitted, 20), ridge / (1 - np.diag(ridge)), rtol=1e-4, atol=1e-6
    )


def test_ridge_filter_with_the_regularisation_it_chose_is_the_same_model() -> None:
    rng = np.random.default_rng(0)
    kinds = np.arange(60) % 3
    clear = (rng.random((90, 60)) < np.where(np.arange(90)[:, None] % 3 == kinds, 0.5, 0.0)) * 1.0
    noise = (rng.random((90, 60)) < 0.2) * 1.0
    chosen = []
    for dense in (clear, noise):
        model = RidgeFilter(rank=40)
        log = interactions(dense)
        best, _ = model._chosen(strengths(log.matrix()))
        chosen.append(best)
        fixed = RidgeFilter(regularisation=best, rank=40).fit(log).score_users(log.matrix())
        free = model.fit(log).score_users(log.matrix())
        np.testing.assert_allclose(free, fixed, rtol=0.02, atol=0.02 * np.abs(fixed).max())
    assert set(chosen) <= set(CHOICES)


def test_ridge_filter_without_a_long_history_takes_the_usual_regularisation() -> None:
    log = interactions(np.eye(6) + np.eye(6, k=1))
    free = create("ridge-filter").fit(log).score_users(log.matrix())
    fixed = create("ridge-filter", regularisation=15.0).fit(log).score_users(log.matrix())
    np.testing.assert_array_equal(free, fixed)


@pytest.mark.parametrize("name", ["ease", "gf-cf", "bspm", "ridge-filter"])
def test_scores_are_the_same_on_one_and_on_two_threads(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {} if name == "ease" else {"rank": 48}
    log = interactions(random_log((400, 150)))
    found = []
    for count in (1, 2):
        monkeypatch.setenv("OMP_NUM_THREADS", str(count))
        with threadpool_limits(count, "blas"):
            fitted = create(name, **settings).fit(log)
            hits = fitted.recommend(log.matrix(), 20, exclude_seen=True)
        found.append(np.concatenate([each.scores for each in hits]))
    np.testing.assert_array_equal(found[0], found[1])


def test_leading_finds_the_eigenvectors_and_is_the_same_twice() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(300, 8)), rng.normal(size=(8, 200))
    noise = 0.01 * rng.normal(size=(300, 200))
    matrix = sparse.csr_matrix((left @ right + noise).astype(np.float32))
    values, vectors = leading(matrix, 8, seed=1)
    truth = np.linalg.svd(matrix.toarray().astype(np.float64))
    np.testing.assert_allclose(values, truth[1][:8] ** 2, rtol=1e-3)
    overlap = truth[2][:8] @ vectors
    np.testing.assert_allclose(np.linalg.svd(overlap)[1], 1, atol=1e-4)
    again = leading(matrix, 8, seed=1)
    np.testing.assert_array_equal(again[1], vectors)


def test_leading_drops_what_is_not_there() -> None:
    matrix = sparse.csr_matrix(np.outer(np.ones(5), [1, 2, 0, 0]).astype(np.float32))
    values, vectors = leading(matrix, 4, seed=0)
    np.testing.assert_allclose(values, [25], rtol=1e-5)
    assert vectors.shape == (4, 1)
    nothing = leading(sparse.csr_matrix((5, 4), dtype=np.float32), 4, seed=0)
    assert nothing[1].shape == (4, 0)


def test_a_product_has_the_same_rows_in_every_batch() -> None:
    rng = np.random.default_rng(2)
    left = rng.normal(size=(75, 33)).astype(np.float32)
    right = rng.normal(size=(33, 501)).astype(np.float32)
    whole = product(left, right)
    np.testing.assert_allclose(whole, left @ right, rtol=1e-4, atol=1e-5)
    for row in (0, 31, 32, 74):
        np.testing.assert_array_equal(product(left[row : row + 1], right)[0], whole[row])


def test_scaling_leaves_empty_rows_empty_and_powers_of_zero_zero() -> None:
    matrix = sparse.csr_matrix(np.array([[4.0, 0, 0], [0, 0, 0], [4.0, 1.0, 0]], np.float32))
    found, degrees = scaled(matrix, 0.5, 0.5)
    expected = [[4 / np.sqrt(32), 0, 0], [0, 0, 0], [4 / np.sqrt(40), 1 / np.sqrt(5), 0]]
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-6)
    assert degrees.tolist() == [8, 1, 0]
    np.testing.assert_allclose(power(degrees, -0.5), [8**-0.5, 1, 0], rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        ("ease", "regularisation", 0.0),
        ("ease", "item_power", 1.5),
        ("gf-cf", "alpha", -1.0),
        ("gf-cf", "rank", 0),
        ("bspm", "sharpening", float("nan")),
        ("bspm", "rank", 0),
        ("ridge-filter", "regularisation", -2.0),
        ("ridge-filter", "user_power", 2.0),
        ("ridge-filter", "rank", 0),
    ],
)
def test_settings_out_of_range_are_named(name: str, setting: str, value: float) -> None:
    with pytest.raises(InvalidArgument, match=f"{setting} = {value}; legal"):
        create(name, **{setting: value})


@pytest.mark.data
@pytest.mark.parametrize(
    ("split", "published", "least"), [("ml-1m", 0.3275, 0.36), ("lastfm", 0.2624, 0.264)]
)
def test_ease_beats_the_published_graph_model(
    data_dir: Path, split: str, published: float, least: float
) -> None:
    # LightGCN++ on these splits (Lee et al. 2024, table 7).
    from semrec.evaluate.files import read_adjacency
    from semrec.evaluate.runs import evaluate_recommend

    folder = data_dir / f"cf-lightgcn-{split}"
    parts = [read_adjacency(folder / f"{part}.txt") for part in ("train", "test", "valid")]
    assert evaluate_recommend(*parts, model="ease", k=20)["ndcg@20"] > least > published
