from __future__ import annotations

import pytest

from semrec.rank import personal

WEIGHTS = {"lexical": 1.0, "user": 0.8, "content": 0.4, "popularity": 0.1}


def test_strength_grows_with_evidence() -> None:
    shares = [personal.known(n) for n in (0, 0.5, 1, 100)]
    assert shares[0] == 0
    assert shares[2] == pytest.approx(0.5)
    assert shares == sorted(shares)
    assert shares[3] < 1
    assert personal.known(0, half=0) == 0
    assert personal.known(0.1, half=0) == 1


def test_an_exact_query_leaves_no_room_for_taste() -> None:
    assert personal.exactness("佳能80d相机") == 1
    assert personal.exactness("佳能相机", branded=True) == pytest.approx(0.5)
    assert personal.exactness("佳能相机500ml", branded=True) == pytest.approx(0.65)
    assert personal.exactness("保温杯500ml") == pytest.approx(0.3)
    assert personal.exactness("相机") == 0


def test_strength_is_what_is_known_times_the_room() -> None:
    assert personal.strength(20) == personal.known(20)
    assert personal.strength(20, 0.5) == pytest.approx(personal.known(20) / 2)
    assert personal.strength(1e9, 1.0) == 0
    assert personal.shares(0.3, 0.5) == {"user": 0.3, "content": 0.3, "session": 0.5}


def test_a_stranger_and_an_exact_query_get_the_weights_without_taste() -> None:
    plain = personal.weighed(WEIGHTS, 0.0, popularity=0.2)
    assert plain == {**WEIGHTS, "user": 0.0, "content": 0.0}
    half = personal.weighed(WEIGHTS, 0.5, popularity=0.2)
    assert half == pytest.approx({"lexical": 1.0, "user": 0.4, "content": 0.2, "popularity": 0.2})


def test_a_visit_needs_no_evidence_and_leaves_an_exact_query_alone() -> None:
    weights = {**WEIGHTS, "session": 1.5}
    assert personal.weighed(weights, 0.0)["session"] == 1.5
    assert personal.weighed(weights, 0.0, exact=0.5)["session"] == 0.75
    assert personal.weighed(weights, 0.0, exact=1.0)["session"] == 0
