import numpy as np
import pytest

from semrec.rank.blend import blend, contributions, reciprocal_ranks, share, stretch
from semrec.rank.retrieve import Source, best_of, gather
from semrec.types import Hits, Mask, Rows, Scores

NAN = np.float32(np.nan)


def hits(**signals: list[float]) -> Hits:
    count = len(next(iter(signals.values())))
    arrays = {name: np.array(values, dtype=np.float32) for name, values in signals.items()}
    return Hits(np.arange(count), np.zeros(count, np.float32), arrays)


def test_stretch_ends_and_constants() -> None:
    assert stretch(np.array([2, 4, 3], dtype=np.float32)).tolist() == [0, 1, 0.5]
    assert stretch(np.array([5, 5], dtype=np.float32)).tolist() == [1, 1]
    assert stretch(np.array([0, 0], dtype=np.float32)).tolist() == [0, 0]
    assert np.isnan(stretch(np.array([NAN, 1, 3], dtype=np.float32))[0])


def test_share_of_nothing_is_nothing() -> None:
    assert share(np.array([1, 2], dtype=np.float32), 0.0).tolist() == [0, 0]
    assert share(np.array([1, 2], dtype=np.float32), 2.0).tolist() == [0.5, 1]


def test_weighted_mean() -> None:
    ranked = blend(hits(lexical=[0, 10, 5], dense=[0.9, 0.8, 0.7]), {"lexical": 3, "dense": 1})
    assert ranked.rows.tolist() == [1, 2, 0]
    np.testing.assert_allclose(ranked.scores, [0.875, 0.375, 0.25], atol=1e-6)


def test_contributions_sum_to_the_score() -> None:
    weights = {"lexical": 1.0, "user": 0.5, "unheard": 9.0}
    ranked = blend(hits(lexical=[1, 2, 3], user=[0.2, NAN, 1.0]), weights)
    total = sum(contributions(ranked, weights).values())
    np.testing.assert_allclose(total, ranked.scores, atol=1e-6)


def test_a_missing_leg_is_no_zero_and_no_reward() -> None:
    weights = {"lexical": 1.0, "user": 1.0}
    scores = contributions(hits(lexical=[1, 1, 1], user=[0.2, NAN, 0.8]), weights)["user"]
    assert scores[0] < scores[1] < scores[2]
    assert scores[1] == pytest.approx((scores[0] + scores[2]) / 2)


def test_a_silent_source_has_no_say() -> None:
    with_silent = blend(hits(lexical=[1, 2], user=[NAN, NAN]), {"lexical": 1.0, "user": 5.0})
    assert (
        with_silent.scores.tolist() == blend(hits(lexical=[1, 2]), {"lexical": 1.0}).scores.tolist()
    )


def test_nothing_at_all() -> None:
    assert len(blend(Hits.empty(), {"lexical": 1.0})) == 0
    assert blend(hits(user=[NAN, NAN]), {"user": 1.0}).scores.tolist() == [0, 0]


def source(name: str, scores: list[float], finds: bool = True) -> Source:
    values = np.array(scores, dtype=np.float32)

    def find(k: int, allowed: Mask | None) -> Hits:
        rows = np.arange(len(values))
        kept = rows if allowed is None else rows[allowed]
        return Hits(kept, values[kept]).top(k)

    def score(rows: Rows) -> Scores:
        return values[rows]

    return Source(name, score, find if finds else None)


def test_candidates_get_their_true_score_from_every_source() -> None:
    found = gather(
        [source("a", [9, 1, 2]), source("b", [1, 8, 2]), source("c", [5, 6, 7], False)], 1
    )
    assert found.rows.tolist() == [0, 1]
    assert found.signals["a"].tolist() == [9, 1]
    assert found.signals["b"].tolist() == [1, 8]
    assert found.signals["c"].tolist() == [5, 6]


def test_sources_see_the_mask() -> None:
    found = gather([source("a", [9, 1, 2])], 1, np.array([False, True, True]))
    assert found.rows.tolist() == [2]


def test_a_source_alone_is_not_asked_twice() -> None:
    alone = source("a", [2, 9, 1])
    asked = Source("a", lambda rows: np.full(len(rows), NAN, dtype=np.float32), alone.find)
    found = gather([asked], 2)
    assert found.rows.tolist() == [0, 1]
    assert found.signals["a"].tolist() == [2, 9]


def test_no_source_finds_nothing() -> None:
    assert len(gather([source("c", [1, 2], False)], 5)) == 0


def test_an_item_is_as_good_as_the_wording_that_it_fits_best() -> None:
    both = best_of([source("a", [9, 1, NAN, 2]), source("a", [3, 4, 5, 1])])
    assert both.name == "a" and both.find is not None
    assert both.score(np.arange(4)).tolist() == [9, 4, 5, 2]
    found = both.find(2, np.array([False, True, True, True]))
    assert (found.rows.tolist(), found.scores.tolist()) == ([2, 1], [5, 4])


def test_wordings_on_one_level() -> None:
    both = best_of([source("a", [0, 2, 1]), source("a", [8, 0, 4])], level=True)
    np.testing.assert_allclose(both.score(np.arange(3)), [1.9, 2, 1], atol=1e-6)
    unknown = best_of([source("a", [0, 0]), source("a", [8, 4])], level=True)
    np.testing.assert_allclose(unknown.score(np.arange(2)), [8, 4], atol=1e-6)
    nothing = best_of([source("a", [0, 0]), source("a", [0, 0])], level=True)
    assert nothing.score(np.arange(2)).tolist() == [0, 0]


def test_reciprocal_ranks_by_hand() -> None:
    ranked = reciprocal_ranks(
        hits(lexical=[1, 3, 2], dense=[9, NAN, 8]), {"lexical": 1, "dense": 2}
    )
    by_row = dict(zip(ranked.rows.tolist(), ranked.scores.tolist(), strict=True))
    assert by_row == pytest.approx({0: 1 / 63 + 2 / 61, 1: 1 / 61, 2: 1 / 62 + 2 / 62})
    assert ranked.rows.tolist() == [0, 2, 1]


def test_reciprocal_ranks_of_equal_signals_keep_the_rows_order() -> None:
    assert reciprocal_ranks(hits(lexical=[5, 5, 5]), {"lexical": 1}).rows.tolist() == [0, 1, 2]
    assert not reciprocal_ranks(hits(lexical=[5, 6]), {"dense": 1}).scores.any()
