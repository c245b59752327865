from __future__ import annotations

import numpy as np
import pytest

from semrec.text.spelling_judge import Example, Judge, learn_judge


def example(*rows: tuple[float, float], right: int | None) -> Example:
    said = np.arange(len(rows)) == (-1 if right is None else right)
    return Example(right is None, np.array(rows, dtype=np.float32), said)


def test_a_silent_judge_thinks_nothing_wrong() -> None:
    assert np.exp(Judge.silent(2).log_odds(np.ones((3, 2), dtype=np.float32))).tolist() == [0] * 3
    assert Judge.silent(2).log_odds(np.empty((0, 2), dtype=np.float32)).shape == (0,)


@pytest.fixture(scope="module")
def judge() -> Judge:
    # An edit is right where exactly one of two signs speaks for it: no weighted sum tells that.
    made = [
        example((1, 0), (0, 0), right=0),
        example((0, 1), (1, 1), right=0),
        example((1, 1), (0, 0), right=None),
        example((0, 0), (1, 1), right=None),
    ]
    return learn_judge(made * 1000)


def test_what_no_weighted_sum_tells_is_learned(judge: Judge) -> None:
    one, other, none, both = judge.log_odds(np.array([(1, 0), (0, 1), (0, 0), (1, 1)], "f4"))
    assert min(one, other) > 1
    assert max(none, both) < -1


def test_a_judge_comes_back(judge: Judge) -> None:
    again = Judge(**judge.arrays())
    evidence = np.random.default_rng(0).random((5, 2), dtype=np.float32)
    np.testing.assert_array_equal(again.log_odds(evidence), judge.log_odds(evidence))
    assert {array.dtype for array in judge.arrays().values()} == {np.dtype("float32")}


def test_made_up_slips_teach_what_a_slip_is_and_not_how_often_one_is_made() -> None:
    slip, right = example((1, 0), right=0), example((1, 0), right=None)
    real = [slip] * 20 + [right] * 180
    often = [example((1, 0), right=0)] * 190 + [example((1, 0), right=None)] * 10
    judge = learn_judge(real * 20, often * 20)
    odds = np.exp(judge.log_odds(np.array([(1, 0)], dtype=np.float32)))[0]
    assert odds == pytest.approx(1 / 9, rel=0.2)


def test_examples_without_a_right_edit_teach_nothing(judge: Judge) -> None:
    lost = Example(False, np.array([[9, 9]], dtype=np.float32), np.array([False]))
    made = [example((1, 0), right=0), example((0, 1), right=None)] * 20
    with_it, without = (learn_judge(each) for each in ([*made, lost], made))
    np.testing.assert_allclose(with_it.mean, without.mean)
