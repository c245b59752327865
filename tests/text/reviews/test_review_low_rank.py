import numpy as np
import pytest

from semrec.text.reviews.low_rank import LowRank

SHAPES = [(30, 20), (20, 50)]


def _matrices(rank: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [
        (rng.normal(size=(rows, rank)) @ rng.normal(size=(rank, columns))).astype(np.float32)
        for rows, columns in SHAPES
    ]


def test_matrices_of_low_rank_come_back_up_to_the_rounding() -> None:
    given = _matrices(rank=4)
    kept = LowRank.of(given, rank=4)
    for found, one in zip(kept.changes(SHAPES), given, strict=True):
        assert found.dtype == np.float32
        assert np.abs(found - one).max() < 0.05 * np.abs(one).max()


def test_the_largest_directions_are_kept() -> None:
    given = _matrices(rank=10)
    lost = [
        sum(
            float(((found - one) ** 2).sum())
            for found, one in zip(LowRank.of(given, rank).changes(SHAPES), given, strict=True)
        )
        for rank in (2, 5, 10)
    ]
    best = sum(float((np.linalg.svd(one)[1][5:] ** 2).sum()) for one in given)
    assert lost[0] > lost[1] > lost[2]
    assert lost[1] == pytest.approx(best, rel=0.02)


def test_arrays_give_the_same_changes() -> None:
    kept = LowRank.of(_matrices(rank=3), rank=3)
    again = LowRank.from_arrays(kept.arrays())
    for found, one in zip(again.changes(SHAPES), kept.changes(SHAPES), strict=True):
        np.testing.assert_array_equal(found, one)


@pytest.mark.parametrize("shapes", [SHAPES[:1], [(30, 20), (20, 51)], [(31, 20), (20, 50)]])
def test_other_shapes_are_refused(shapes: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="rank 3 of 2 matrices"):
        LowRank.of(_matrices(rank=3), rank=3).changes(shapes)
