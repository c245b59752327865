import numpy as np
import pytest

from semrec.rank.additive import sigmoid
from semrec.rank.scale import GENERAL, Scale, fit


def drawn(scale: Scale, lists: int = 400) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Lists of ten whose items are right as often as the scale says."""
    rng = np.random.default_rng(2)
    said = [rng.uniform(-1, 1, 10).astype(np.float32) for _ in range(lists)]
    right = [
        (rng.random(10) < sigmoid(scale.base + scale.swing * one)).astype(np.float64)
        for one in said
    ]
    return said, right


def test_the_scale_that_drew_the_clicks_is_found_again() -> None:
    found = fit(*drawn(Scale(-2.0, 3.0)))
    assert found.base == pytest.approx(-2.0, abs=0.2)
    assert found.swing == pytest.approx(3.0, abs=0.3)


def test_clicks_that_have_nothing_to_do_with_the_signals_leave_the_general_scale() -> None:
    said, right = drawn(Scale(-2.0, 0.0))
    assert fit(said, right) == GENERAL
    assert fit(said, [np.zeros(10) for _ in said]) == GENERAL


def test_arrays_hold_everything() -> None:
    assert Scale.from_arrays(Scale(-1.25, 2.5).arrays()) == Scale(-1.25, 2.5)
