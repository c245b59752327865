from __future__ import annotations

import pytest

from semrec.rank import personal
from semrec.rank.reading import Reader


def test_strength_grows_with_evidence() -> None:
    shares = [personal.known(n) for n in (0, 1, 5, 100)]
    assert shares[0] == 0
    assert shares[2] == pytest.approx(0.5)
    assert shares == sorted(shares)
    assert shares[3] < 1


def test_an_exact_query_leaves_no_room_for_taste() -> None:
    reader = Reader()
    rooms = [
        personal.strength(20, reader.query(text))["user"]
        for text in ("佳能80d相机", "佳能相机500ml", "佳能相机", "相机")
    ]
    assert rooms[0] == 0
    assert rooms == sorted(rooms)
    assert rooms[3] == pytest.approx(personal.known(20))
    assert personal.strength(0)["content"] == 0
