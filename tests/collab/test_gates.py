from __future__ import annotations

import numpy as np
import pytest

from semrec.collab.gates import DEFAULT, SIGNALS, Candidates, Gates, measured


def proposals(telling: int) -> list[Candidates]:
    """Users who took what one of the signals spoke for; the others are noise."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(200):
        signals = rng.random((3, 60)).astype(np.float32)
        taken = signals[telling] > 0.9
        found.append(Candidates(signals, rng.integers(0, 50, 60), 8, taken))
    return found


@pytest.mark.parametrize("telling", range(3))
def test_the_signal_that_tells_what_is_taken_weighs_most(telling: int) -> None:
    weights = measured(proposals(telling)).of(np.array([5, 20]), 8)
    heaviest = max(SIGNALS, key=lambda name: float(weights[name].mean()))
    assert heaviest == SIGNALS[telling]
    assert all((each > 0).all() for each in weights.values())


def test_without_evidence_the_default_stays() -> None:
    assert measured([]) is DEFAULT
    nothing = [Candidates(e.signals, e.item_users, 8, e.taken & False) for e in proposals(0)]
    assert measured(nothing) is DEFAULT


def test_by_default_behaviour_counts_more_where_there_is_more_of_it() -> None:
    weights = DEFAULT.of(np.array([1, 100]), 10)
    assert weights["user"][1] > weights["user"][0]
    assert weights["content"][1] < weights["content"][0]


def test_silence_on_a_new_item_weighs_as_on_the_average_one() -> None:
    weights = DEFAULT.of(np.array([0, 3, 3, 3, 200]), 10)
    for name in ("user", "popularity"):
        usual = weights[name][1:].mean()
        assert weights[name][0] == pytest.approx(usual, rel=1e-6)
    assert weights["content"][0] > weights["content"][1:].max()
    assert (DEFAULT.of(np.array([0, 0]), 10)["user"] > 0).all()


def test_saved_and_loaded_is_equal() -> None:
    gates = measured(proposals(1))
    np.testing.assert_array_equal(Gates.from_arrays(gates.arrays()).table, gates.table)
