from __future__ import annotations

import numpy as np
import pytest

from semrec.collab.next_basket import FittedNextBasket, NextBasket
from semrec.collab.protocol import FittedModel, Interactions
from semrec.errors import InvalidArgument

DAY = 86_400.0


def log(baskets: list[tuple[int, float, list[int]]], n_items: int = 8) -> Interactions:
    """``(user, day, items)`` a basket; an empty day number marks an event outside baskets."""
    rows = [
        (user, item, day * DAY, number)
        for number, (user, day, items) in enumerate(baskets)
        for item in items
    ]
    users, items, times, numbers = (np.array(column) for column in zip(*rows, strict=True))
    return Interactions(
        users=users.astype(np.int64),
        items=items.astype(np.int64),
        weights=np.ones(len(rows), dtype=np.float32),
        times=times.astype(float),
        baskets=numbers.astype(np.int64),
        n_users=int(users.max()) + 1,
        n_items=n_items,
    )


SHOP = [
    (0, 1, [0, 1]),
    (0, 8, [0, 1]),
    (0, 15, [0]),
    (1, 2, [0, 2]),
    (1, 9, [0, 2]),
    (2, 2, [5, 6]),
    (2, 3, [5, 6]),
]


@pytest.fixture
def fitted() -> FittedNextBasket:
    return NextBasket(fading=0.5, shrinkage=0).fit(log(SHOP))


def test_habits_fade_by_basket(fitted: FittedNextBasket) -> None:
    habits = fitted.habits.toarray()
    np.testing.assert_allclose(habits[0, :3], [1 + 0.5 + 0.25, 0.5 + 0.25, 0])
    np.testing.assert_allclose(habits[2, 5:7], [1.5, 1.5])


def test_a_basket_that_came_late_in_the_log_is_not_the_newest() -> None:
    fitted = NextBasket(fading=0.5).fit(log([(0, 9, [1]), (0, 2, [0])]))
    np.testing.assert_allclose(fitted.habits.toarray()[0, :2], [0.5, 1])


def test_habit_first_then_what_goes_with_it(fitted: FittedNextBasket) -> None:
    assert isinstance(fitted, FittedModel)
    found = fitted.recommend(fitted.habits, 8)
    assert found[0].rows.tolist()[:2] == [0, 1]
    assert set(found[0].rows.tolist()) == {0, 1, 2}
    assert found[2].rows.tolist() == [5, 6]
    new = fitted.recommend(fitted.habits, 8, exclude_seen=True)
    assert new[0].rows.tolist() == [2]


def test_explanations_add_up_and_files_bring_it_back(fitted: FittedNextBasket) -> None:
    scores = fitted.score_users(fitted.habits)
    for item in (0, 2):
        rows, parts = fitted.explain(fitted.habits[0], item, 8)
        assert parts.sum() == pytest.approx(scores[0, item], rel=1e-5)
        assert set(rows.tolist()) <= {0, 1}
    again = FittedNextBasket.from_arrays(fitted.arrays())
    np.testing.assert_array_equal(again.score_users(again.habits), scores)
    assert np.isnan(scores[:, 7]).all()


def test_without_baskets_nothing_is_known() -> None:
    shop = log(SHOP)
    alone = Interactions(
        shop.users, shop.items, shop.weights, shop.times, np.full(len(shop.users), -1), 3, 8
    )
    fitted = NextBasket().fit(alone)
    assert [len(hits) for hits in fitted.recommend(fitted.habits, 3)] == [0, 0, 0]
    with pytest.raises(InvalidArgument, match=r"fading = 1\.5"):
        NextBasket(fading=1.5)
