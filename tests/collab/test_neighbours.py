from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from semrec.collab.neighbours import ItemNeighbours
from semrec.collab.protocol import Interactions
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


def random_log(seed: int = 11, shape: tuple[int, int] = (30, 9)) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.where(rng.random(shape) < 0.35, rng.integers(1, 9, shape), 0).astype(float)


def reference(dense: np.ndarray, shrinkage: float) -> np.ndarray:
    """The formula of the docstring, written out pair by pair."""
    n_items = dense.shape[1]
    scaled = np.log1p(dense)
    for user in range(len(dense)):
        length = np.linalg.norm(scaled[user])
        if length > 0:
            scaled[user] /= np.sqrt(length)
    mean_square = np.mean(scaled[scaled > 0] ** 2)
    alike = np.zeros((n_items, n_items))
    for i in range(n_items):
        for j in range(n_items):
            together = scaled[:, i] @ scaled[:, j]
            if i != j and together:
                cosine = together / (np.linalg.norm(scaled[:, i]) * np.linalg.norm(scaled[:, j]))
                shared = together / mean_square
                alike[i, j] = cosine * shared / (shared + shrinkage)
    return alike


@pytest.mark.parametrize("shrinkage", [0.0, 10.0])
def test_likeness_is_the_formula(shrinkage: float) -> None:
    dense = random_log()
    fitted = ItemNeighbours(neighbours=9, shrinkage=shrinkage).fit(interactions(dense))
    np.testing.assert_allclose(fitted.alike.toarray(), reference(dense, shrinkage), rtol=1e-5)


def test_a_score_sums_the_neighbours_of_the_item_that_is_scored() -> None:
    dense = random_log()
    alike = reference(dense, 10)
    for row in alike:
        row[np.argsort(-row)[3:]] = 0
    fitted = ItemNeighbours(neighbours=3, shrinkage=10.0).fit(interactions(dense))
    history = sparse.csr_matrix(dense[:4], dtype=np.float32)
    expected = np.log1p(dense[:4]) @ alike.T
    np.testing.assert_allclose(fitted.score_users(history), expected, rtol=1e-5)


def test_shrinkage_prefers_many_shared_users_to_a_perfect_accident() -> None:
    dense = np.zeros((40, 4))
    dense[:20, [0, 1]] = 1  # twenty users share 0 and 1,
    dense[20:30, 1] = 1  # some have 1 alone,
    dense[30, [2, 3]] = 1  # and one user makes 2 and 3 look the same
    plain = ItemNeighbours(shrinkage=0).fit(interactions(dense)).alike
    shrunk = ItemNeighbours(shrinkage=10).fit(interactions(dense)).alike
    assert plain[2, 3] > plain[0, 1]
    assert shrunk[2, 3] < shrunk[0, 1]


def test_a_user_of_everything_says_little_about_likeness() -> None:
    dense = np.zeros((6, 20))
    dense[0, :] = 1
    dense[1:3, [0, 1]] = 1
    dense[3:5, [2]] = 1
    alike = ItemNeighbours(shrinkage=0, user_power=0.5).fit(interactions(dense)).alike
    assert alike[0, 1] > 0.99
    assert alike[0, 2] < 0.1


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"neighbours": 0}, "neighbours = 0"),
        ({"shrinkage": -0.1}, "shrinkage = -0.1"),
        ({"user_power": 1.5}, "user_power = 1.5"),
    ],
)
def test_settings_out_of_range_are_named(settings: dict[str, float], named: str) -> None:
    with pytest.raises(InvalidArgument, match=named):
        ItemNeighbours(**settings)


@pytest.mark.data
def test_it_beats_the_published_graph_model_on_movielens_1m(data_dir: Path) -> None:
    # LightGCN .3010, LightGCN++ .3275 on this split (Lee et al. 2024, table 7).
    from semrec.evaluate.files import read_adjacency
    from semrec.evaluate.runs import evaluate_recommend

    folder = data_dir / "cf-lightgcn-ml-1m"
    parts = [read_adjacency(folder / f"{part}.txt") for part in ("train", "test", "valid")]
    report = evaluate_recommend(*parts, model="item-knn", k=20)
    assert report["users"] == 6038
    assert report["items"] == 3628
    assert report["ndcg@20"] > 0.335
    assert report["recall@20"] > 0.24


@pytest.mark.parametrize("kept", [6, 200], ids=["sparse", "dense"])
def test_answers_are_the_same_on_one_and_two_threads_whatever_the_form(
    kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = interactions(random_log(shape=(900, 1300)))
    fitted = ItemNeighbours(neighbours=kept).fit(log)
    assert bool(fitted._dense) == (kept == 200)
    history = log.matrix()
    expected = np.log1p(history[:50].toarray()) @ fitted.alike.toarray().T
    np.testing.assert_allclose(fitted.score_users(history[:50]), expected, rtol=1e-4, atol=1e-5)
    found = []
    for count in ("1", "2"):
        monkeypatch.setenv("OMP_NUM_THREADS", count)
        again = ItemNeighbours(neighbours=kept).fit(log)
        found.append(again.recommend(history, 10, exclude_seen=True))
    for one, two in zip(*found, strict=True):
        np.testing.assert_array_equal(one.rows, two.rows)
        np.testing.assert_array_equal(one.scores, two.scores)


def test_kept_by_history_each_seen_item_speaks_for_as_many() -> None:
    dense = random_log(shape=(60, 12))
    whole = ItemNeighbours(neighbours=12, shrinkage=0).fit(interactions(dense)).alike.toarray()
    fitted = ItemNeighbours(neighbours=3, shrinkage=0, kept="history").fit(interactions(dense))
    for seen in range(12):
        history = sparse.csr_matrix(np.eye(12)[[seen]])
        scores = fitted.score_users(history)[0]
        assert set(np.flatnonzero(scores > 0)) == set(np.argsort(-whole[seen])[:3])
    with pytest.raises(InvalidArgument, match=r"kept = 'both'; legal: candidate, history"):
        ItemNeighbours(kept="both")
