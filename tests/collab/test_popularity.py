from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from semrec.collab.popularity import Popularity
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument

DAY = 86_400.0


def events(items: list[int], days: list[float], weights: list[float], n_items: int) -> Interactions:
    count = len(items)
    return Interactions(
        users=np.arange(count, dtype=np.int64),
        items=np.array(items, dtype=np.int64),
        weights=np.array(weights, dtype=np.float32),
        times=np.array(days, dtype=np.float64) * DAY,
        baskets=np.full(count, -1, dtype=np.int64),
        n_users=max(count, 1),
        n_items=n_items,
    )


def test_an_event_of_one_half_life_counts_half() -> None:
    log = events([0, 1, 2, 2], [20_000, 19_990, 19_980, 20_000], [1, 1, 4, 1], 4)
    scores = Popularity(half_life_days=10).fit(log).scores
    np.testing.assert_allclose(scores, [1, 0.5, 4 * 0.25 + 1, 0])
    assert scores.dtype == np.float32


def test_the_calendar_does_not_matter_only_ages_do() -> None:
    early, late = ([d + shift for d in (0, 3, 9)] for shift in (0, 15_000))
    first = Popularity(5).fit(events([0, 1, 2], early, [1, 2, 3], 3)).scores
    second = Popularity(5).fit(events([0, 1, 2], late, [1, 2, 3], 3)).scores
    np.testing.assert_allclose(first, second, rtol=1e-6)


def test_without_times_it_is_plain_popularity() -> None:
    scores = Popularity().fit(events([2, 0, 2], [0, 0, 0], [1, 3, 1], 3)).scores
    assert scores.tolist() == [3, 0, 2]


def test_without_any_event_everything_is_equally_unpopular() -> None:
    fitted = Popularity().fit(events([], [], [], 3))
    nobody = sparse.csr_matrix((1, 3), dtype=np.float32)
    hits = fitted.recommend(nobody, 2, exclude_seen=True)[0]
    assert hits.rows.tolist() == [0, 1]
    assert hits.scores.tolist() == [0, 0]


def test_a_user_without_history_gets_the_popular_items() -> None:
    fitted = Popularity().fit(events([2, 0, 2, 1], [0] * 4, [1, 1, 1, 1], 4))
    nobody = sparse.csr_matrix((1, 4), dtype=np.float32)
    assert fitted.recommend(nobody, 4, exclude_seen=True)[0].rows.tolist() == [2, 0, 1, 3]


@pytest.mark.parametrize("half_life", [0.0, -1.0, float("nan")])
def test_a_half_life_must_be_positive(half_life: float) -> None:
    with pytest.raises(InvalidArgument, match="half_life_days"):
        Popularity(half_life)
