"""One absurd signal moves a score only within its documented bound, and is heard no further."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.rank import sources
from semrec.rank.blend import STRETCHED, blend, bound, complete, popularity_shares
from semrec.types import Hits, Scores

WEIGHTS = {"lexical": 1.0, "dense": 1.0, "popularity": 0.1, "quality": 0.05, "stock": 0.1}
ABSURD = st.floats(-1e30, 1e30, allow_nan=False)


def hits(n: int, seed: int) -> Hits:
    rng = np.random.default_rng(seed)
    signals = {name: rng.random(n).astype(np.float32) for name in WEIGHTS}
    return Hits(np.arange(n), np.zeros(n, np.float32), signals)


def scores(some: Hits) -> Scores:
    """In the order of the rows."""
    ranked = blend(some, WEIGHTS)
    return ranked.scores[np.argsort(ranked.rows)]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(WEIGHTS)), ABSURD, st.integers(2, 40), st.integers(0, 99), st.data())
def test_one_absurd_value_moves_no_score_beyond_the_bound(
    name: str, value: float, n: int, seed: int, data: Any
) -> None:
    some = hits(n, seed)
    values = some.signals[name].copy()
    values[data.draw(st.integers(0, n - 1))] = value
    moved = scores(some.with_signal(name, values)) - scores(some)
    assert np.abs(moved).max() <= bound(name, WEIGHTS) + 1e-5


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(WEIGHTS)), st.lists(ABSURD, min_size=2, max_size=20))
def test_every_signal_lies_between_0_and_1_once_it_is_heard(name: str, said: list[float]) -> None:
    heard = complete(name, np.array(said, np.float32))
    assert heard.min() >= 0
    assert heard.max() <= 1
    assert name in STRETCHED or heard.tolist() == np.clip(said, 0, 1).astype(np.float32).tolist()


def test_a_million_fake_clicks_move_no_score_beyond_the_share_of_popularity() -> None:
    honest = np.array([30, 20, 10, 5, 1, 1], dtype=np.float32)
    faked = honest.copy()
    faked[4] = 1e6
    some = hits(6, 3)
    told = []
    for popular in (honest, faked):
        shop: Any = SimpleNamespace(popularity_shares=popularity_shares(popular))
        source = sources.popularity(shop, finds=False)
        told.append(scores(some.with_signal("popularity", source.score(some.rows))))
    moved = np.abs(told[1] - told[0])
    assert 0.02 < moved[4] <= bound("popularity", WEIGHTS) + 1e-6
    assert moved.max() <= bound("popularity", WEIGHTS) + 1e-6
    assert bound("popularity", WEIGHTS) < 0.05
