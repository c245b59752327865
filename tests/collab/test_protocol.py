from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from semrec.collab import create
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument

LOG = Interactions(
    users=np.array([0, 0, 1]),
    items=np.array([2, 2, 0]),
    weights=np.array([1, 2, 5], dtype=np.float32),
    times=np.array([0.0, 86_400.0, 172_800.0]),
    baskets=np.array([-1, -1, 0]),
    n_users=2,
    n_items=3,
)


def test_duplicate_events_add_up_and_old_ones_fade() -> None:
    assert LOG.matrix().toarray().tolist() == [[0, 0, 3], [5, 0, 0]]
    np.testing.assert_allclose(LOG.faded(1.0).weights, [0.25, 1, 5])


@pytest.mark.parametrize("count", [30, 2000])
@pytest.mark.parametrize("model", ["popularity", "trending"])
def test_a_clock_that_runs_ahead_does_not_make_all_else_old(model: str, count: int) -> None:
    rng = np.random.default_rng(0)
    day = 86_400.0
    log = Interactions(
        users=rng.integers(0, 50, count),
        items=rng.integers(0, 5, count),
        weights=np.ones(count, dtype=np.float32),
        times=20_000 * day + rng.random(count) * 20 * day,
        baskets=np.full(count, -1),
        n_users=50,
        n_items=6,
    )
    astray = replace(log, items=log.items.copy(), times=log.times.copy())
    astray.items[0], astray.times[0] = 5, 70_000 * day
    assert log.newest(30) == log.times.max()
    assert astray.newest(30) == pytest.approx(astray.times[1:].max() + 30 * day, abs=day)
    clean, found = (
        create(model).fit(each).score_users(log.matrix())[0, :5] for each in (log, astray)
    )
    assert np.corrcoef(clean, found)[0, 1] > 0.5, "not all zero, and much the same"
    assert np.isfinite(astray.faded(30.0).weights).all()
    assert astray.faded(30.0).weights[1:].min() > 0.25


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": np.array([1, -2, 5])}, "weight -2; legal: 0 or more"),
        ({"weights": np.array([1, np.nan, 5])}, "weight nan; legal"),
        ({"weights": np.array([1, np.inf, 5])}, "weight inf; legal"),
        ({"times": np.array([0, np.nan, 0])}, "without time; legal: seconds since 1970"),
        ({"items": np.array([0, 3, 0])}, "item rows 0 to 3; legal: 0 to 2"),
        ({"users": np.array([0, -1, 0])}, "user rows -1 to 0; legal: 0 to 1"),
        ({"users": np.array([0, 1])}, r"interactions of \[2, 3, 3, 3, 3\] values"),
    ],
)
def test_what_is_no_event_is_named(change: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        replace(LOG, **change)
