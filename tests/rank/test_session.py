from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from semrec.rank.session import Session
from semrec.types import Rows, Vectors


def circle(*degrees: float) -> Vectors:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def shop(together: dict[tuple[int, int], float] | None = None) -> Any:
    """Items at 0°, 10°, 20°, 90°, 180°; the rest of the shop is 60° and more from the first."""
    vectors = circle(0, 10, 20, 90, 180)
    alike = np.zeros((5, 5), np.float32)
    for (i, j), value in (together or {}).items():
        alike[i, j] = value
    return SimpleNamespace(
        dense=SimpleNamespace(reconstruct=lambda rows: vectors[rows]),
        background=circle(*np.linspace(60, 300, 40)),
        neighbours=SimpleNamespace(alike=sparse.csr_matrix(alike)),
    )


ALL: Rows = np.arange(5)


def test_nearness_is_what_lies_beyond_the_rest_of_the_shop() -> None:
    said = Session(shop(), np.array([0])).score(ALL)
    assert np.isnan(said[0])  # nothing else speaks for the only item of the visit
    far = np.quantile(circle(*np.linspace(60, 300, 40)) @ circle(0)[0], 0.95)
    assert said[1] == pytest.approx((np.cos(np.radians(10)) - far) / (1 - far), abs=1e-5)
    assert said[1] > said[2] > 0.5
    assert said[3:].tolist() == [0, 0]


def test_behaviour_speaks_where_texts_do_not() -> None:
    session = Session(shop({(0, 3): 0.4, (0, 1): 0.5}), np.array([0]))
    alone = Session(shop(), np.array([0])).score(ALL)
    said = session.score(ALL)
    assert said[3] == pytest.approx(0.4)
    assert said[1] == pytest.approx(1 - 0.5 * (1 - alone[1]))
    assert session.cause(3) == 0
    assert session.cause(4) is None


def test_the_nearest_decides_and_the_latest_says_most() -> None:
    session = Session(shop(), np.array([3, 0]))
    alone = Session(shop(), np.array([0])).score(ALL)
    said = session.score(ALL)
    assert said[1] == pytest.approx(0.9 * alone[1])
    assert said[0] == said[3] == 0  # of the visit: each by the other
    assert session.cause(1) == 0


def test_without_its_items_nothing_is_said() -> None:
    session = Session(shop(), np.array([3, 0]))
    rest = session.without(0)
    assert rest is not None
    assert rest.rows.tolist() == [3]
    assert rest.score(ALL)[1] < session.score(ALL)[1]
    assert rest.without(3) is None
    source = session.source()
    assert (source.name, source.find) == ("session", None)
