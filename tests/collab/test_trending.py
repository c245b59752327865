from __future__ import annotations

import numpy as np
import pytest

from semrec.collab.protocol import Interactions
from semrec.collab.trending import Trending
from semrec.errors import InvalidArgument


def events(items: list[int], days: list[float], n_items: int) -> Interactions:
    count = len(items)
    return Interactions(
        users=np.arange(count, dtype=np.int64),
        items=np.array(items, dtype=np.int64),
        weights=np.ones(count, dtype=np.float32),
        times=np.array(days, dtype=np.float64) * 86_400,
        baskets=np.full(count, -1, dtype=np.int64),
        n_users=count,
        n_items=n_items,
    )


def test_what_rises_leads_and_what_was_always_popular_does_not() -> None:
    always = ([0] * 40, [80.0] * 30 + [99.0] * 10)
    rising = ([1] * 12, [80.0] * 2 + [99.0] * 10)
    falling = ([2] * 10, [80.0] * 10)
    log = events(*(a + b + c for a, b, c in zip(always, rising, falling, strict=True)), 4)
    scores = Trending(recent_days=7, baseline_days=28, prior=5).fit(log).scores
    # 20 recent events; of 42 before, 30, 2 and 10 were of the three items.
    expected = 20 * np.array([30, 2, 10, 0]) / 42
    recent = np.array([10, 10, 0, 0])
    np.testing.assert_allclose(scores, (recent - expected) / np.sqrt(expected + 5), rtol=1e-6)
    assert scores.argmax() == 1


def test_what_is_older_than_both_windows_does_not_count() -> None:
    log = events([0, 0, 0, 1, 1], [1, 2, 3, 98.5, 99], 2)
    scores = Trending(recent_days=7, baseline_days=28, prior=1).fit(log).scores
    assert scores[0] == 0
    assert scores[1] > 0


def test_without_events_or_times_it_is_recent_popularity() -> None:
    assert Trending().fit(events([], [], 3)).scores.tolist() == [0, 0, 0]
    scores = Trending(prior=4).fit(events([2, 0, 2], [0, 0, 0], 3)).scores
    assert scores.tolist() == [0.5, 0, 1]


@pytest.mark.parametrize("setting", ["recent_days", "baseline_days", "prior"])
def test_settings_must_be_positive(setting: str) -> None:
    with pytest.raises(InvalidArgument, match=f"{setting} = 0"):
        Trending(**{setting: 0})
