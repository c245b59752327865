from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from semrec.collab.neighbours import ItemNeighbours
from semrec.collab.protocol import Interactions
from semrec.collab.user_neighbours import UserNeighbours
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


def random_log(seed: int = 11, shape: tuple[int, int] = (25, 9)) -> np.ndarray:
    rng = np.random.default_rng(seed)
    dense = np.where(rng.random(shape) < 0.35, rng.integers(1, 9, shape), 0).astype(float)
    dense[:, 0] += 1
    return dense


def profile(history: np.ndarray, dense: np.ndarray, weighting: str) -> np.ndarray:
    counts, n_users = (dense > 0).sum(axis=0), len(dense)
    idf = np.log(1 + (n_users - counts + 0.5) / (counts + 0.5))
    return {
        "log": np.log1p(history),
        "tfidf": np.log1p(history) * idf,
        "bm25": 2.2 * history / (history + 1.2) * idf,
    }[weighting]


@pytest.mark.parametrize("weighting", ["log", "tfidf", "bm25"])
def test_scores_sum_the_histories_of_the_most_alike(weighting: str) -> None:
    dense, asked = random_log(), random_log(seed=4, shape=(3, 9))
    fitted = UserNeighbours(neighbours=4, shrinkage=2.0, weighting=weighting).fit(
        interactions(dense)
    )
    found = fitted.score_users(sparse.csr_matrix(asked))
    for user, history in enumerate(asked):
        mine = profile(history, dense, weighting)
        likeness = []
        for row in dense:
            other = profile(row, dense, weighting)
            shared = np.sum((history > 0) & (row > 0))
            cosine = mine @ other / (np.linalg.norm(mine) * np.linalg.norm(other))
            likeness.append(cosine * shared / (shared + 2.0))
        best = np.argsort(-np.array(likeness), kind="stable")[:4]
        expected = sum(likeness[v] * np.log1p(dense[v]) for v in best)
        np.testing.assert_allclose(found[user], expected, rtol=1e-4)


def test_jaccard_of_users() -> None:
    dense = np.array([[1, 1, 1, 0], [1, 0, 0, 1], [0, 0, 1, 0]], float)
    fitted = UserNeighbours(similarity="jaccard", shrinkage=0).fit(interactions(dense))
    scores = fitted.score_users(sparse.csr_matrix([[5.0, 2.0, 0, 0]]))[0]
    # |A ∩ B| / |A ∪ B|: 2/3 with the first, 1/3 with the second, 0 with the third.
    np.testing.assert_allclose(scores, np.log(2) * np.array([1, 2 / 3, 2 / 3, 1 / 3]), rtol=1e-5)


def test_jaccard_of_items() -> None:
    dense = np.array([[1, 1, 0], [1, 1, 1], [1, 0, 0]], float)
    alike = ItemNeighbours(similarity="jaccard", shrinkage=0).fit(interactions(dense)).alike
    expected = [[0, 2 / 3, 1 / 3], [2 / 3, 0, 1 / 2], [1 / 3, 1 / 2, 0]]
    np.testing.assert_allclose(alike.toarray(), expected, rtol=1e-6)


@pytest.mark.parametrize("model", [UserNeighbours, ItemNeighbours])
@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"similarity": "cosin"}, "similarity = 'cosin'; legal: cosine, jaccard"),
        ({"weighting": "idf"}, "weighting = 'idf'; legal: tfidf"),
        ({"neighbours": 0}, "neighbours = 0"),
        ({"shrinkage": -1}, "shrinkage = -1"),
    ],
)
def test_settings_out_of_range_are_named(
    model: type[UserNeighbours], settings: dict[str, str], named: str
) -> None:
    with pytest.raises(InvalidArgument, match=named):
        model(**settings)
