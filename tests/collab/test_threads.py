"""Lists do not depend on the number of threads; the other models' tests say so of theirs."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from semrec.collab import create
from semrec.collab.protocol import Interactions


def random_log(shape: tuple[int, int] = (900, 1300)) -> Interactions:
    """A log of several blocks of users."""
    dense = np.random.default_rng(2).random(shape) < 0.02
    users, items = np.nonzero(dense)
    return Interactions(
        users=users.astype(np.int64),
        items=items.astype(np.int64),
        weights=(1 + users % 3).astype(np.float32),
        times=np.zeros(len(users)),
        baskets=np.full(len(users), -1, dtype=np.int64),
        n_users=shape[0],
        n_items=shape[1],
    )


@pytest.mark.parametrize(
    ("name", "settings"),
    [("als", {"factors": 16, "iterations": 3}), ("user-knn", {"neighbours": 30})],
)
def test_lists_are_the_same_on_one_and_on_two_threads(
    name: str, settings: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = random_log()
    found = []
    for count in (1, 2):
        monkeypatch.setenv("OMP_NUM_THREADS", str(count))
        with threadpool_limits(count):  # BLAS, and the threads of implicit
            fitted = create(name, **settings).fit(log)
            found.append(fitted.recommend(log.matrix(), 20, exclude_seen=True))
    assert sum(map(len, found[0])) > 15 * log.n_users
    for one, two in zip(*found, strict=True):
        np.testing.assert_array_equal(one.rows, two.rows)
        np.testing.assert_array_equal(one.scores, two.scores)
