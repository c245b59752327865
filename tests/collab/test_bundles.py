from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semrec.collab.bundles import Bundles, FittedBundles
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument

CAT_FOOD, LITTER, OTHER_FOOD, TISSUE, CASE, FILM, NEVER = range(7)
N_ITEMS = 7


def log(events: list[tuple[int, int, int]]) -> Interactions:
    """From (user, item, basket)."""
    users, items, baskets = np.array(events, dtype=np.int64).T
    return Interactions(
        users=users,
        items=items,
        weights=np.ones(len(events), dtype=np.float32),
        times=np.zeros(len(events)),
        baskets=baskets,
        n_users=int(users.max()) + 1,
        n_items=N_ITEMS,
    )


def shop() -> Interactions:
    """Food and litter share baskets; two foods share users; tissue is in every third basket."""
    events = []
    for user in range(60):
        basket = user * 10
        events += [(user, TISSUE, basket + 1)] if user % 3 == 0 else [(user, CASE, basket + 1)]
        if user < 20:
            events += [(user, CAT_FOOD, basket), (user, LITTER, basket)]
            events += [(user, OTHER_FOOD, -1)]
        if user % 6 == 0:
            events += [(user, TISSUE, basket)]
    return log(events)


@pytest.fixture
def fitted() -> FittedBundles:
    return Bundles(shrinkage=10.0).fit(shop())


def test_what_shares_baskets_comes_before_what_is_merely_alike(fitted: FittedBundles) -> None:
    hits = fitted.similar_items(CAT_FOOD, 10)
    assert hits.rows.tolist()[:2] == [LITTER, OTHER_FOOD]
    assert hits.scores[0] > 0.5 > hits.scores[1]


def test_the_score_of_a_pair_in_baskets_is_the_formula(fitted: FittedBundles) -> None:
    baskets = len(set(shop().baskets[shop().baskets >= 0].tolist()))
    chance = 20 * 20 / baskets
    share = (20 - chance) / (20 + 10)
    assert fitted.similar_items(CAT_FOOD, 1).scores[0] == pytest.approx((1 + share) / 2)


def test_the_score_of_a_pair_in_histories_is_the_formula(fitted: FittedBundles) -> None:
    share = (20 - 20 * 20 / 60) / (20 + 10)
    assert fitted.together[CAT_FOOD, OTHER_FOOD] == pytest.approx(share / 2)


def test_evidence_tells_baskets_from_histories(fitted: FittedBundles) -> None:
    found = fitted.evidence(CAT_FOOD, np.array([LITTER, OTHER_FOOD, NEVER]))
    assert found.support.tolist() == [20, 20, 0]
    assert found.from_baskets.tolist() == [True, False, False]
    np.testing.assert_allclose(found.confidence, [1, 1, 0])


def test_confidence_is_of_the_first_item_and_not_symmetric() -> None:
    events = [(b, TISSUE, b) for b in range(40)] + [(b, FILM, b) for b in range(10)]
    fitted = Bundles(shrinkage=1).fit(log(events + [(b, CASE, b) for b in range(40, 80)]))
    film, tissue = np.array([FILM]), np.array([TISSUE])
    assert fitted.evidence(FILM, tissue).confidence[0] == pytest.approx(1.0)
    assert fitted.evidence(TISSUE, film).confidence[0] == pytest.approx(0.25)


def test_a_pair_by_chance_is_no_bundle() -> None:
    # Half of all baskets hold 0, half hold 1, a quarter both: exactly chance.
    events = [(b, 0, b) for b in range(0, 80, 2)] + [(b, 1, b) for b in range(80) if b % 4 < 2]
    events += [(b, 2, b) for b in range(80)]
    assert len(Bundles(shrinkage=1).fit(log(events)).similar_items(0, 5)) == 0


def test_one_joint_basket_is_no_evidence_from_baskets() -> None:
    events = [(0, CASE, 0), (0, FILM, 0)] + [(u, TISSUE, u) for u in range(1, 30)]
    assert len(Bundles().fit(log(events)).similar_items(CASE, 5)) == 0
    assert Bundles(min_support=1).fit(log(events)).similar_items(CASE, 5).rows.tolist() == [FILM]


def test_without_any_basket_histories_speak() -> None:
    events = [(u, item, -1) for u in range(9) for item in (CASE, FILM)]
    events += [(u, TISSUE, -1) for u in range(9, 30)]
    fitted = Bundles().fit(log(events))
    assert fitted.similar_items(CASE, 5).rows.tolist() == [FILM]
    found = fitted.evidence(CASE, np.array([FILM]))
    assert (found.support[0], found.from_baskets[0]) == (9, False)


def test_substitutes_are_left_out_by_the_mask(fitted: FittedBundles) -> None:
    allowed = np.ones(N_ITEMS, dtype=bool)
    allowed[OTHER_FOOD] = False
    assert OTHER_FOOD in fitted.similar_items(CAT_FOOD, 10).rows
    kept = fitted.similar_items(CAT_FOOD, 10, allowed)
    assert OTHER_FOOD not in kept.rows
    assert kept.rows[0] == LITTER


def test_k_and_unknown_items(fitted: FittedBundles) -> None:
    assert len(fitted.similar_items(CAT_FOOD, 1)) == 1
    assert len(fitted.similar_items(NEVER, 5)) == 0
    with pytest.raises(InvalidArgument, match="item row 7"):
        fitted.similar_items(N_ITEMS, 5)
    with pytest.raises(InvalidArgument, match="item row -1"):
        fitted.evidence(-1, np.array([0]))
    with pytest.raises(InvalidArgument, match="k = -2"):
        fitted.similar_items(0, -2)


def test_saved_and_loaded_is_equal(fitted: FittedBundles, tmp_path: Path) -> None:
    for name, values in fitted.arrays().items():
        np.save(tmp_path / f"{name}.npy", values, allow_pickle=False)
    loaded = FittedBundles.from_arrays(
        {f.stem: np.load(f, mmap_mode="r", allow_pickle=False) for f in tmp_path.iterdir()}
    )
    everything = np.arange(N_ITEMS)
    for row in everything:
        before, after = fitted.similar_items(row, 9), loaded.similar_items(row, 9)
        assert after.rows.tolist() == before.rows.tolist()
        np.testing.assert_array_equal(after.scores, before.scores)
        first, second = fitted.evidence(row, everything), loaded.evidence(row, everything)
        np.testing.assert_array_equal(second.support, first.support)
        np.testing.assert_array_equal(second.confidence, first.confidence)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"shrinkage": -1}, "shrinkage = -1"),
        ({"partners": 0}, "partners = 0"),
        ({"min_support": 0}, "min_support = 0"),
    ],
)
def test_settings_out_of_range_are_named(settings: dict[str, int], named: str) -> None:
    with pytest.raises(InvalidArgument, match=named):
        Bundles(**settings)


def test_the_lower_bound_of_the_lift_grows_with_the_evidence(fitted: FittedBundles) -> None:
    baskets = len(set(shop().baskets[shop().baskets >= 0].tolist()))
    found = fitted.evidence(CAT_FOOD, np.array([LITTER, NEVER]))
    lift = (20 + 10) / (20 * 20 / baskets + 10)
    assert found.lift[0] == pytest.approx(lift, rel=1e-5)
    draws = np.random.default_rng(0).gamma(20 + 10, size=200_000) / (20 * 20 / baskets + 10)
    assert found.lift_low[0] == pytest.approx(np.quantile(draws, 0.05), rel=0.01)
    assert np.isnan([found.lift[1], found.lift_low[1]]).all()

    def bound(together: int) -> float:
        # Both items are in ``together`` baskets of ten times as many: the plain lift is 10.
        pairs = [(b, item, b) for b in range(together) for item in (0, 1)]
        rest = [(b, 2, b) for b in range(together, 10 * together)]
        evidence = Bundles(shrinkage=0.5).fit(log([*pairs, *rest])).evidence(0, np.array([1]))
        return float(evidence.lift_low[0])

    assert bound(2) < bound(5) < bound(50) < 10
    assert bound(50) > 7


def test_without_totals_no_lift_is_known(fitted: FittedBundles) -> None:
    arrays = {name: array for name, array in fitted.arrays().items() if name != "totals"}
    found = FittedBundles.from_arrays(arrays).evidence(CAT_FOOD, np.array([LITTER]))
    assert found.support.tolist() == [20]
    assert np.isnan(found.lift).all()
