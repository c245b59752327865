"""What a reason names: the item of the history that the neighbours' own account names."""

from __future__ import annotations

import numpy as np
import pytest

import semrec
from semrec.rank.phrases import _Seen


@pytest.fixture(scope="module")
def engine() -> semrec.Engine:
    shop = semrec.datasets.load_sample()
    return semrec.Engine.build(shop.catalog, shop.events)


def test_the_cause_is_what_the_neighbours_explain(engine: semrec.Engine) -> None:
    shop = engine.shop
    history = shop.history_of("u0002")
    assert history is not None
    seen = _Seen(shop, history)
    named = 0
    for row in range(0, len(shop.catalog), 17):
        rows, parts = shop.neighbours.explain(history, row, len(shop.catalog))
        cause = seen.cause(row)
        assert (cause is None) == (not len(rows))
        if cause is not None:
            named += 1
            assert parts[rows == cause][0] == pytest.approx(parts[0])
    assert named > 20


def test_the_nearest_is_the_one_of_the_highest_cosine(engine: semrec.Engine) -> None:
    shop = engine.shop
    history = shop.history_of("u0002")
    assert history is not None
    vectors = shop.dense.reconstruct(np.arange(len(shop.catalog)))
    seen = _Seen(shop, history)
    for row in range(0, 200, 9):
        mine = history.indices.astype(np.int64)
        cosines = vectors[mine] @ vectors[row]
        assert cosines[mine == seen.nearest(row)][0] == pytest.approx(cosines.max(), abs=1e-6)


def test_a_stranger_s_history_speaks_for_nothing(engine: semrec.Engine) -> None:
    assert not {"user", "content"} & set(engine._state.answerer.phrases.for_person(None))
