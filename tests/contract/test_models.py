"""One suite over every model of behaviour, on a planted checkerboard.

Users and items of the same parity belong together. Each user has all items of its own parity but
one, so the right answer is known: the item that was left out. The last item has no behaviour.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from semrec import collab
from semrec.collab import FITTED, MODELS, restore
from semrec.collab.protocol import FittedModel, Interactions, Model
from semrec.collab.registry import WITH_VECTORS
from semrec.errors import InvalidArgument

USERS, ITEMS = 24, 12
COLD = ITEMS
N_ITEMS = ITEMS + 1
PERSONAL = sorted(set(MODELS) - {"popularity", "trending"})
STRANGERS = sorted(set(PERSONAL) - {"hybrid"})
"""Models that know nothing but the user's history; the hybrid hears popularity too."""
HALVES = np.eye(2, dtype=np.float32)[np.arange(N_ITEMS) % 2]
HALVES[COLD] = 0
RANDOM = {"als", "bpr"}
"""Models that learn from a random start, so that the numbering changes the last digits."""


def create(name: str, **settings: int) -> Model:
    """The model of that name; items of one half are of one vector, nothing is known of the last."""
    given = {"vectors": HALVES} if name in WITH_VECTORS else {}
    return collab.create(name, **given, **settings)


def left_out(user: int) -> int:
    own = [item for item in range(ITEMS) if item % 2 == user % 2]
    return own[(user // 2) % len(own)]


def checkerboard() -> Interactions:
    pairs = [
        (user, item)
        for user in range(USERS)
        for item in range(ITEMS)
        if item % 2 == user % 2 and item != left_out(user)
    ]
    # One bridge, so that the two halves are not wholly apart.
    users, items = np.array([*pairs, (0, 1)], dtype=np.int64).T
    count = len(users)
    return Interactions(
        users=users,
        items=items,
        weights=np.where(np.arange(count) % 3 == 0, 2.0, 1.0).astype(np.float32),
        times=np.zeros(count),
        baskets=users,
        n_users=USERS,
        n_items=N_ITEMS,
    )


@pytest.fixture
def board() -> Interactions:
    return checkerboard()


@pytest.fixture
def history(board: Interactions) -> sparse.csr_matrix:
    return board.matrix()


@pytest.fixture(params=sorted(MODELS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fitted(name: str, board: Interactions) -> FittedModel:
    return create(name).fit(board)


def test_every_model_can_be_restored_and_keeps_the_contract(fitted: FittedModel) -> None:
    assert isinstance(fitted, FittedModel)
    assert set(FITTED) == set(MODELS)


@pytest.mark.parametrize("name", PERSONAL)
def test_the_item_left_out_is_recommended_first(
    name: str, board: Interactions, history: sparse.csr_matrix
) -> None:
    found = create(name).fit(board).recommend(history, 3, exclude_seen=True)
    assert [int(hits.rows[0]) for hits in found] == [left_out(user) for user in range(USERS)]


@pytest.mark.parametrize("name", PERSONAL)
def test_a_user_never_seen_gets_the_answer_of_its_history(name: str, board: Interactions) -> None:
    newcomer = sparse.csr_matrix(([1.0, 1.0], ([0, 0], [3, 7])), shape=(1, N_ITEMS))
    hits = create(name).fit(board).recommend(newcomer, 4, exclude_seen=True)[0]
    assert set(hits.rows.tolist()) == {1, 5, 9, 11}


@pytest.mark.parametrize("name", PERSONAL)
def test_similar_items_are_of_the_same_half(name: str, board: Interactions) -> None:
    fitted = create(name).fit(board)
    for row in range(ITEMS):
        found = fitted.similar_items(row, 5).rows.tolist()
        assert sorted(found) == [i for i in range(ITEMS) if i % 2 == row % 2 and i != row]
    assert len(fitted.similar_items(COLD, 5)) == 0


def test_similar_items_keeps_to_the_mask(fitted: FittedModel) -> None:
    allowed = np.zeros(N_ITEMS, dtype=bool)
    allowed[[4, 8, 9]] = True
    assert set(fitted.similar_items(2, 10, allowed).rows.tolist()) <= {4, 8, 9}


@pytest.mark.parametrize("name", STRANGERS)
def test_explanations_add_up_to_the_score(
    name: str, board: Interactions, history: sparse.csr_matrix
) -> None:
    fitted = create(name).fit(board)
    for user in range(USERS):
        item = left_out(user)
        rows, parts = fitted.explain(history[user], item, N_ITEMS)
        assert set(rows.tolist()) <= set(history[user].indices.tolist())
        assert (np.diff(parts) <= 0).all()
        assert parts.sum() == pytest.approx(fitted.score_users(history[user])[0, item], rel=1e-5)
        assert fitted.explain(history[user], item, 2)[0].tolist() == rows[:2].tolist()


def test_saved_and_loaded_is_equal(
    name: str, fitted: FittedModel, history: sparse.csr_matrix, tmp_path: Path
) -> None:
    for part, values in fitted.arrays().items():
        np.save(tmp_path / f"{part}.npy", values, allow_pickle=False)
    loaded = restore(
        name, {f.stem: np.load(f, mmap_mode="r", allow_pickle=False) for f in tmp_path.iterdir()}
    )
    np.testing.assert_array_equal(loaded.score_users(history), fitted.score_users(history))
    before = fitted.recommend(history, 5, exclude_seen=True)
    after = loaded.recommend(history, 5, exclude_seen=True)
    assert [h.rows.tolist() for h in after] == [h.rows.tolist() for h in before]
    assert loaded.similar_items(3, 5).rows.tolist() == fitted.similar_items(3, 5).rows.tolist()
    assert (
        loaded.explain(history[1], 3, 5)[0].tolist() == fitted.explain(history[1], 3, 5)[0].tolist()
    )


def test_batch_equals_single(fitted: FittedModel, history: sparse.csr_matrix) -> None:
    scores = fitted.score_users(history)
    batch = fitted.recommend(history, 4, exclude_seen=True)
    assert scores.dtype == np.float32
    assert len(batch) == USERS
    for user in range(USERS):
        np.testing.assert_array_equal(fitted.score_users(history[user])[0], scores[user])
        single = fitted.recommend(history[user], 4, exclude_seen=True)[0]
        assert single.rows.tolist() == batch[user].rows.tolist()
        np.testing.assert_array_equal(single.scores, batch[user].scores)


def test_recommended_scores_are_those_of_score_users(
    fitted: FittedModel, history: sparse.csr_matrix
) -> None:
    scores = fitted.score_users(history)
    for user, hits in enumerate(fitted.recommend(history, 5, exclude_seen=False)):
        assert len(hits) == 5
        np.testing.assert_array_equal(hits.scores, scores[user, hits.rows])


def test_best_first_and_ties_by_row(fitted: FittedModel, history: sparse.csr_matrix) -> None:
    for hits in fitted.recommend(history, N_ITEMS, exclude_seen=False):
        order = np.lexsort((hits.rows, -hits.scores))
        assert order.tolist() == list(range(len(hits)))


def test_seen_items_are_left_out_only_on_demand(
    fitted: FittedModel, history: sparse.csr_matrix
) -> None:
    without = fitted.recommend(history, N_ITEMS, exclude_seen=True)
    with_seen = fitted.recommend(history, N_ITEMS, exclude_seen=False)
    for user in range(USERS):
        seen = set(history[user].indices.tolist())
        assert not seen & set(without[user].rows.tolist())
        # By content nothing speaks for the bridge but itself.
        assert seen - {1 - user % 2} <= set(with_seen[user].rows.tolist())


def test_only_allowed_items_come(fitted: FittedModel, history: sparse.csr_matrix) -> None:
    allowed = np.arange(N_ITEMS) % 3 == 0
    found = fitted.recommend(history, N_ITEMS, exclude_seen=False, allowed=allowed)
    everything = fitted.recommend(history, N_ITEMS, exclude_seen=False)
    for hits, unfiltered in zip(found, everything, strict=True):
        assert hits.rows.tolist() == [row for row in unfiltered.rows.tolist() if row % 3 == 0]
        assert len(hits) > 0


def test_k_beyond_the_catalog_and_k_of_zero(
    fitted: FittedModel, history: sparse.csr_matrix
) -> None:
    longest = fitted.recommend(history, N_ITEMS, exclude_seen=False)
    for user, hits in enumerate(fitted.recommend(history, 1000, exclude_seen=False)):
        assert hits.rows.tolist() == longest[user].rows.tolist()
        assert len(set(hits.rows.tolist())) == len(hits) <= N_ITEMS
        assert set(hits.rows.tolist()) >= {i for i in range(ITEMS) if i % 2 == user % 2}
    assert [len(h) for h in fitted.recommend(history, 0, exclude_seen=False)] == [0] * USERS
    assert len(fitted.similar_items(0, 1000)) < N_ITEMS
    assert len(fitted.similar_items(0, 0)) == 0


@pytest.mark.parametrize("name", STRANGERS)
def test_without_history_nothing_is_known(name: str, board: Interactions) -> None:
    nobody = sparse.csr_matrix((1, N_ITEMS), dtype=np.float32)
    fitted = create(name).fit(board)
    assert np.isnan(fitted.score_users(nobody)).all()
    assert len(fitted.recommend(nobody, 5, exclude_seen=True)[0]) == 0
    assert len(fitted.explain(nobody, 0, 5)[0]) == 0


@pytest.mark.parametrize("name", PERSONAL)
def test_an_item_without_behaviour_is_unknown_not_zero(
    name: str, board: Interactions, history: sparse.csr_matrix
) -> None:
    scores = create(name).fit(board).score_users(history)
    assert np.isnan(scores[:, COLD]).all()
    assert not np.isnan(scores[:, :COLD]).any()


def test_fit_leaves_the_model_and_its_input_unchanged(name: str, board: Interactions) -> None:
    model, before = create(name), create(name)
    first = model.fit(board).score_users(board.matrix())
    assert model == before or name in WITH_VECTORS  # whose arrays have no one truth value
    untouched = checkerboard()
    for part in ("users", "items", "weights", "times", "baskets"):
        np.testing.assert_array_equal(getattr(board, part), getattr(untouched, part))
    np.testing.assert_array_equal(model.fit(board).score_users(board.matrix()), first)


@pytest.mark.parametrize("name", sorted(set(MODELS) - RANDOM - set(WITH_VECTORS)))
def test_scores_move_with_the_numbering_of_items(name: str, board: Interactions) -> None:
    moved = np.random.default_rng(5).permutation(N_ITEMS)
    other = replace(board, items=moved[board.items])
    scores = create(name).fit(board).score_users(board.matrix())
    renumbered = create(name).fit(other).score_users(other.matrix())
    np.testing.assert_allclose(renumbered[:, moved], scores, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", sorted(RANDOM))
def test_another_numbering_or_seed_gives_the_same_first_item(
    name: str, board: Interactions
) -> None:
    moved = np.random.default_rng(5).permutation(N_ITEMS)
    other = replace(board, items=moved[board.items])
    for log, numbering in ((other, moved), (board, np.arange(N_ITEMS))):
        found = create(name, seed=7).fit(log).recommend(log.matrix(), 1, exclude_seen=True)
        expected = [numbering[left_out(user)] for user in range(USERS)]
        assert [int(hits.rows[0]) for hits in found] == expected


def test_answering_leaves_the_history_unchanged(
    fitted: FittedModel, history: sparse.csr_matrix
) -> None:
    before = history.copy()
    fitted.recommend(history, 3, exclude_seen=True, allowed=np.ones(N_ITEMS, dtype=bool))
    fitted.explain(history[0], 2, 3)
    np.testing.assert_array_equal(history.toarray(), before.toarray())


def test_bad_arguments_are_named(fitted: FittedModel, history: sparse.csr_matrix) -> None:
    narrow = history[:, :3]
    with pytest.raises(InvalidArgument, match="k = -1"):
        fitted.recommend(history, -1, exclude_seen=True)
    with pytest.raises(InvalidArgument, match=r"\(2,\).*legal: \(13,\)"):
        fitted.recommend(history, 3, exclude_seen=True, allowed=np.ones(2, dtype=bool))
    with pytest.raises(InvalidArgument, match="3 columns; legal: 13"):
        fitted.score_users(narrow)
    with pytest.raises(InvalidArgument, match="3 columns"):
        fitted.recommend(narrow, 3, exclude_seen=True)
    with pytest.raises(InvalidArgument, match=r"item row 13 .*legal: 0 to 12"):
        fitted.similar_items(13, 3)
    with pytest.raises(InvalidArgument, match="item row -1"):
        fitted.explain(history[0], -1, 3)
