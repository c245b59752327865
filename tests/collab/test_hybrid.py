from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from semrec.collab.hybrid import FittedHybrid, Hybrid
from semrec.collab.logistic import logistic
from semrec.collab.protocol import FittedModel, Interactions

USERS, ITEMS, KINDS = 60, 80, 4


def log(misleading: bool = False) -> tuple[Interactions, np.ndarray]:
    """Users keep to items of one kind; the vectors tell the kind, or something else."""
    rng = np.random.default_rng(2)
    kinds = np.arange(ITEMS) % KINDS
    pairs = [
        (user, item)
        for user in range(USERS)
        for item in rng.choice(np.flatnonzero(kinds == user % KINDS), 9, replace=False)
        if item < ITEMS - KINDS  # the last of each kind is new
    ]
    users, items = np.array(sorted(pairs)).T
    vectors = np.eye(KINDS)[rng.permutation(kinds) if misleading else kinds]
    vectors = vectors + rng.normal(0, 0.05, vectors.shape)
    count = len(users)
    return (
        Interactions(
            users,
            items,
            np.ones(count, np.float32),
            np.zeros(count),
            np.full(count, -1),
            USERS,
            ITEMS,
        ),
        vectors.astype(np.float32),
    )


@pytest.fixture(scope="module")
def fitted() -> FittedHybrid:
    interactions, vectors = log()
    return Hybrid(vectors, neighbours=30).fit(interactions)


@pytest.fixture(scope="module")
def history() -> sparse.csr_matrix:
    return log()[0].matrix()


def test_it_keeps_the_contract_and_finds_new_items_too(
    fitted: FittedHybrid, history: sparse.csr_matrix
) -> None:
    assert isinstance(fitted, FittedModel)
    for user, hits in enumerate(fitted.recommend(history, 8, exclude_seen=True)):
        assert (hits.rows % KINDS == user % KINDS).all()
    found = fitted.score_users(history)[0]
    newcomers = found[ITEMS - KINDS :]
    assert int(newcomers.argmax()) == 0
    assert not np.isnan(found).any()


def test_vectors_that_mislead_are_hardly_listened_to() -> None:
    interactions, useful = log()
    _, misleading = log(misleading=True)
    warm = np.array([8])
    trusted = Hybrid(useful, neighbours=30).fit(interactions).gates.of(warm, 9)
    doubted = Hybrid(misleading, neighbours=30).fit(interactions).gates.of(warm, 9)
    assert doubted["content"] < 0.5 * trusted["content"]
    assert doubted["user"] > doubted["content"]


def test_batch_equals_single_and_explanations_add_up(
    fitted: FittedHybrid, history: sparse.csr_matrix
) -> None:
    scores = fitted.score_users(history)
    for user in (0, 7):
        np.testing.assert_array_equal(fitted.score_users(history[user])[0], scores[user])
        item = int(fitted.recommend(history[user], 1, exclude_seen=True)[0].rows[0])
        rows, parts = fitted.explain(history[user], item, ITEMS)
        assert set(rows.tolist()) <= set(history[user].indices.tolist())
        weight = fitted.gates.of(fitted.counts, history[user].nnz)["popularity"][item]
        popular = weight * fitted.signals(history[user])[2, 0, item]
        assert parts.sum() + popular == pytest.approx(scores[user, item], rel=1e-4)


def test_saved_and_loaded_is_equal(
    fitted: FittedHybrid, history: sparse.csr_matrix, tmp_path: Path
) -> None:
    for part, values in fitted.arrays().items():
        np.save(tmp_path / f"{part}.npy", values, allow_pickle=False)
    loaded = FittedHybrid.from_arrays(
        {f.name.removesuffix(".npy"): np.load(f, allow_pickle=False) for f in tmp_path.iterdir()}
    )
    np.testing.assert_array_equal(loaded.score_users(history), fitted.score_users(history))
    assert loaded.model == "item-knn"


def test_similar_items_are_of_the_kind(fitted: FittedHybrid) -> None:
    assert (fitted.similar_items(ITEMS - 1, 5).rows % KINDS == (ITEMS - 1) % KINDS).all()


def test_without_behaviour_content_speaks_alone() -> None:
    none = np.empty(0, dtype=np.int64)
    empty = Interactions(none, none, none.astype(np.float32), none.astype(float), none, 0, ITEMS)
    fitted = Hybrid(log()[1], neighbours=30).fit(empty)
    hits = fitted.similar_items(5, 10)
    assert (hits.rows % KINDS == 1).all()


def test_a_stranger_gets_what_is_popular(fitted: FittedHybrid) -> None:
    nobody = sparse.csr_matrix((1, ITEMS), dtype=np.float32)
    hits = fitted.recommend(nobody, 5, exclude_seen=True)[0]
    popular = fitted.popularity.scores
    assert popular[hits.rows].tolist() == sorted(popular, reverse=True)[:5]


def test_the_fit_is_the_same_from_run_to_run(fitted: FittedHybrid) -> None:
    interactions, vectors = log()
    again = Hybrid(vectors, neighbours=30).fit(interactions)
    np.testing.assert_array_equal(again.gates.table, fitted.gates.table)


def test_what_is_new_is_not_held_against_it(
    fitted: FittedHybrid, history: sparse.csr_matrix
) -> None:
    """A new item of the kind comes before all of other kinds, known as they are."""
    for user in range(USERS):
        unseen = ITEMS // KINDS - history[user].nnz
        hits = fitted.recommend(history[user], unseen, exclude_seen=True)[0]
        assert ITEMS - KINDS + user % KINDS in hits.rows


def test_logistic_regression_finds_planted_weights_and_heeds_the_counts() -> None:
    rng = np.random.default_rng(0)
    features = np.column_stack([rng.normal(size=(20_000, 2)) * [1, 10], np.ones(20_000)])
    planted = np.array([1.5, -0.2, 0.5])
    labels = (rng.random(20_000) < 1 / (1 + np.exp(-features @ planted))).astype(float)
    found = logistic(features, labels, np.ones(20_000))
    np.testing.assert_allclose(found, planted, atol=0.08)
    twice = logistic(np.repeat(features, 2, axis=0), np.repeat(labels, 2), np.ones(40_000))
    np.testing.assert_allclose(logistic(features, labels, np.full(20_000, 2.0)), twice, rtol=1e-6)
