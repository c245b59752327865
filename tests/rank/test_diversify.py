from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.errors import InvalidArgument
from semrec.rank import diversify as div
from semrec.types import Hits


def _hits(n: int = 30, dim: int = 8, seed: int = 0) -> tuple[Hits, np.ndarray]:
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((n, dim)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = np.sort(rng.random(n).astype(np.float32))[::-1]
    return Hits(np.arange(n), scores.copy(), {"lexical": scores.copy()}), vectors


def test_without_wishes_nothing_moves() -> None:
    hits, vectors = _hits()
    same = div.diversify(hits, 10, div.Diversity(), div.Facets(vectors))
    assert np.array_equal(same.rows, hits.rows)


def test_mmr_takes_the_one_that_differs_by_hand() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    order = div.mmr(np.array([1.0, 0.9, 0.5], np.float32), vectors, 2, 0.5)
    assert order.tolist() == [0, 2, 1]


def test_more_novelty_never_less_diversity() -> None:
    hits, vectors = _hits(60)
    lists = [div.mmr(hits.scores, vectors, 10, n)[:10] for n in (0.0, 0.3, 0.8)]
    diversity = [div.intra_list_diversity(vectors[rows]) for rows in lists]
    assert diversity[0] < diversity[1] < diversity[2]


def test_the_first_places_go_by_score_alone() -> None:
    hits, vectors = _hits(60)
    order = div.mmr(hits.scores, vectors, 10, 1.0, keep=3)
    assert order[:3].tolist() == [0, 1, 2]
    assert order[3:10].tolist() != list(range(3, 10))


def test_the_tail_takes_what_few_know_by_hand() -> None:
    scores = np.array([1.0, 0.81, 0.64, 0.0], np.float32)
    known = div.Facets(popularity=np.array([0.9, 1.0, 0.2, 0.1], np.float32))
    half = div.worth(scores, div.Diversity(tail=0.5), known)
    assert half == pytest.approx([0.05, -0.05, 0.3, -0.05])  # (√s − popularity) / 2
    assert div.mmr(half, None, 2, 0.0).tolist() == [0, 2, 1, 3]
    whole = div.worth(scores, div.Diversity(tail=1.0), known)
    assert div.mmr(whole, None, 3, 0.0).tolist() == [0, 3, 2, 1]
    blind = div.worth(scores, div.Diversity(tail=1.0), div.Facets())
    assert blind == pytest.approx([1, 0.9, 0.8, 0])


def test_a_lift_counts_if_it_is_no_larger_than_what_is_paid() -> None:
    hits = Hits(np.arange(4), np.array([1.0, 0.81, 0.64, 0.0], np.float32), {})
    known = div.Facets(lifts=np.array([0, 0, 0.2, 0.95], np.float32))
    shown = {
        paid: div.diversify(hits, 2, div.Diversity(coverage=paid), known).rows[:2].tolist()
        for paid in (0.0, 0.1, 0.2, 1.0)
    }
    # Worth .9 stands before .8 + .2 only until the lift is paid; then 0 + .95 does not beat it.
    assert shown == {0.0: [0, 1], 0.1: [0, 1], 0.2: [0, 2], 1.0: [0, 2]}


def test_worth_to_a_list_by_hand() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 0], [-0.6, 0.8]], np.float32)
    worth = np.array([1.0, 0.9, 0.8, 0.1], np.float32)
    # The list is 0 and 1, which have nothing in common; 2 is half like it, and 3 a tenth.
    assert div.to_list(worth, vectors, 2, 0.5) == pytest.approx([1.0, 0.9, 0.3, 0.0], abs=1e-6)
    assert div.to_list(worth, vectors, 2, 0.0) is worth
    assert div.to_list(worth, None, 2, 0.5) is worth


def test_more_tail_never_more_popularity() -> None:
    hits, vectors = _hits(100)
    popular = np.random.default_rng(1).random(100).astype(np.float32)
    shown = []
    for tail in (0.0, 0.2, 0.4, 0.6, 1.0):
        wish = div.Diversity(tail=tail, novelty=0.1)
        moved = div.diversify(hits, 10, wish, div.Facets(vectors, popularity=popular))
        shown.append(float(popular[moved.rows[:10]].mean()))
        assert np.array_equal(moved.scores, hits.scores[moved.rows])
    assert shown == sorted(shown, reverse=True)
    assert shown[-1] < shown[0] / 2


def test_scores_stay_with_their_items() -> None:
    hits, vectors = _hits()
    moved = div.diversify(hits, 10, div.Diversity(novelty=0.6), div.Facets(vectors))
    assert not np.array_equal(moved.rows, hits.rows)
    assert np.array_equal(moved.scores, hits.scores[moved.rows])
    assert np.array_equal(moved.signals["lexical"], hits.signals["lexical"][moved.rows])


def test_what_was_chosen_stands_in_the_order_of_the_ranking() -> None:
    hits, vectors = _hits(60)
    moved = div.diversify(hits, 10, div.Diversity(novelty=0.6), div.Facets(vectors))
    assert moved.rows[:10].tolist() == sorted(moved.rows[:10].tolist())
    worth = div.worth(hits.scores, div.Diversity(), div.Facets())
    chosen = div.mmr(worth, vectors, 10, 0.6)[:10]
    assert set(moved.rows[:10].tolist()) == set(chosen.tolist()) != set(range(10))


def test_what_ranks_below_the_pool_is_never_chosen() -> None:
    hits, vectors = _hits(div.POOL + 50)
    moved = div.diversify(hits, 10, div.Diversity(novelty=1.0), div.Facets(vectors[: div.POOL]))
    assert moved.rows[:10].max() < div.POOL
    assert moved.rows[div.POOL :].tolist() == list(range(div.POOL, div.POOL + 50))


def test_what_is_usual_holds_where_nothing_was_said() -> None:
    usual = div.Diversity(novelty=0.4, coverage=0.1)
    assert div.diversity_of(None) is None
    assert div.diversity_of(None, div.Diversity()) is None
    assert div.diversity_of(None, usual) == usual
    assert div.diversity_of({}, usual) == div.Diversity()
    assert div.diversity_of({"per_brand": 2}, usual) == div.Diversity(per_brand=2)


def test_caps_hold_as_long_as_others_are_there() -> None:
    order = div.capped(["甲", "甲", "甲", "乙", "", "甲"], 4, 2)
    assert order.tolist() == [0, 1, 3, 4, 2, 5]
    assert div.capped(["甲"] * 4, 3, 1).tolist() == [0, 1, 2, 3]


def test_the_mix_follows_the_person() -> None:
    categories = ["手机"] * 20 + ["图书"] * 10
    scores = np.linspace(1, 0.2, 30).astype(np.float32)
    order = div.calibrated(scores, categories, {"手机": 0.5, "图书": 0.5}, 10, 0.99)
    assert [categories[i] for i in order[:10]].count("图书") == 5
    plain = div.calibrated(scores, categories, {"手机": 0.5, "图书": 0.5}, 10, 0.0)
    assert plain[:10].tolist() == list(range(10))


def test_a_taste_that_no_candidate_meets_changes_nothing() -> None:
    scores = np.array([3, 2, 1], np.float32)
    assert div.calibrated(scores, ["甲"] * 3, {"乙": 1.0}, 2, 0.9).tolist() == [0, 1, 2]


def test_new_items_get_their_share_and_the_seed_decides_where() -> None:
    new = np.zeros(100, np.bool_)
    new[50:60] = True
    lists = [div.explored(new, 20, 0.3, seed)[:20] for seed in range(200)]
    assert all(order[0] == 0 for order in lists)
    mean = np.mean([new[order].sum() for order in lists])
    assert 4.5 < mean < 6.5  # 19 places at 0.3
    assert np.array_equal(lists[3], div.explored(new, 20, 0.3, 3)[:20])
    assert len({tuple(order) for order in lists}) > 50


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 25),
    st.integers(0, 12),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.one_of(st.none(), st.integers(1, 4)),
    st.integers(0, 99),
)
def test_every_candidate_stays_once(
    n: int, k: int, novelty: float, mix: float, share: float, most: int | None, seed: int
) -> None:
    hits, vectors = _hits(n, seed=seed)
    rng = np.random.default_rng(seed)
    facets = div.Facets(
        vectors,
        [str(c) for c in rng.choice(["甲", "乙", ""], n)],
        [str(c) for c in rng.choice(["a", "b"], n)],
        {"甲": 0.7, "丙": 0.3},
        rng.random(n) < 0.3,
    )
    wish = div.Diversity(novelty, most, most, mix, share, seed)
    moved = div.diversify(hits, k, wish, facets)
    assert sorted(moved.rows.tolist()) == list(range(n))
    again = div.diversify(hits, k, wish, facets)
    assert np.array_equal(moved.rows, again.rows)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("novelty", 1.5),
        ("mix", -0.1),
        ("tail", 1.1),
        ("coverage", -1),
        ("per_brand", 0),
        ("exploration", 2),
    ],
)
def test_settings_out_of_range_are_refused(name: str, value: float) -> None:
    with pytest.raises(InvalidArgument, match=name):
        div.Diversity(**{name: value})
