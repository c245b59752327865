from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from semrec.collab.popularity import USUAL_HALF_LIFE, FittedPopularity, Popularity, best_half_life
from semrec.collab.protocol import Interactions
from semrec.errors import InvalidArgument

DAY = 86_400.0


def events(items: list[int], days: list[float], weights: list[float], n_items: int) -> Interactions:
    count = len(items)
    return Interactions(
        users=np.arange(count, dtype=np.int64),
        items=np.array(items, dtype=np.int64),
        weights=np.array(weights, dtype=np.float32),
        times=np.array(days, dtype=np.float64) * DAY,
        baskets=np.full(count, -1, dtype=np.int64),
        n_users=max(count, 1),
        n_items=n_items,
    )


def test_an_event_of_one_half_life_counts_half() -> None:
    log = events([0, 1, 2, 2], [20_000, 19_990, 19_980, 20_000], [1, 1, 4, 1], 4)
    scores = Popularity(half_life_days=10).fit(log).scores
    np.testing.assert_allclose(scores, [1, 0.5, 4 * 0.25 + 1, 0])
    assert scores.dtype == np.float32


def drawn(weights: np.ndarray, a_day: int = 40, days_apart: float = 1.0) -> Interactions:
    """A log that draws items each day by that day's row of weights, shape ``(days, items)``."""
    rng = np.random.default_rng(5)
    items = [rng.choice(len(day), a_day, p=day / day.sum()) for day in weights]
    days = 20_000 + days_apart * np.repeat(np.arange(len(weights)), a_day)
    count = a_day * len(weights)
    return events(np.concatenate(items).tolist(), days.tolist(), [1.0] * count, weights.shape[1])


def fashions(days: int = 60, items: int = 30) -> np.ndarray:
    """The favourite moves to the next item every other day."""
    day, item = np.indices((days, items))
    return np.exp2(-((item - day / 2) % items) / 3)


def test_fashions_that_pass_choose_a_short_half_life_and_lasting_tastes_a_long_one() -> None:
    lasting = np.tile(np.arange(1.0, 31.0), (60, 1))
    assert best_half_life(drawn(fashions())) <= 3
    assert best_half_life(drawn(lasting)) >= 90


def test_the_chosen_half_life_foretells_what_comes_next_better_than_the_usual_one() -> None:
    weights = fashions()
    log, tomorrow = drawn(weights[:50]), weights[50]
    fits = []
    for model in (Popularity(), Popularity(USUAL_HALF_LIFE)):
        scores = model.fit(log).scores
        fits.append(scores @ tomorrow / np.linalg.norm(scores))
    assert fits[0] > 1.1 * fits[1]


def test_the_chosen_half_life_is_that_of_the_scores() -> None:
    log = drawn(fashions())
    fitted = Popularity().fit(log)
    given = Popularity(fitted.half_life_days).fit(log)
    np.testing.assert_array_equal(fitted.scores, given.scores)
    assert fitted.half_life_days == best_half_life(log) != USUAL_HALF_LIFE


@pytest.mark.parametrize(
    ("days", "a_day", "days_apart"),
    [(4, 40, 1.0), (60, 40, 0.2), (60, 40, 0.0)],
    ids=["few events", "few days", "no times"],
)
def test_a_log_that_cannot_tell_gets_the_usual_half_life(
    days: int, a_day: int, days_apart: float
) -> None:
    log = drawn(fashions()[:days], a_day, days_apart)
    assert best_half_life(log) == USUAL_HALF_LIFE
    np.testing.assert_array_equal(
        Popularity().fit(log).scores, Popularity(USUAL_HALF_LIFE).fit(log).scores
    )


def test_the_half_life_is_saved_and_is_the_usual_one_where_it_was_not() -> None:
    saved = dict(Popularity(7).fit(drawn(fashions())).arrays())
    assert FittedPopularity.from_arrays(saved).half_life_days == 7
    del saved["half_life_days"]
    assert FittedPopularity.from_arrays(saved).half_life_days == USUAL_HALF_LIFE


@pytest.mark.parametrize("half_life", [6.0, float("inf")])
def test_more_events_count_as_if_all_had_been_fitted(half_life: float) -> None:
    before, later = [20_000.0, 20_005.0], [20_003.0, 20_009.0]  # one came too late
    first = Popularity(half_life).fit(events([0, 1], before, [8, 2], 2))
    found = first.and_then(
        events([1, 2], later, [3, 1], 3), since=20_005 * DAY, newest=20_009 * DAY
    )
    whole = Popularity(half_life).fit(events([0, 1, 1, 2], before + later, [8, 2, 3, 1], 3))
    np.testing.assert_allclose(found.scores, whole.scores, rtol=1e-6)
    assert found.half_life_days == half_life
    nothing = found.and_then(events([], [], [], 3), since=20_009 * DAY, newest=20_009 * DAY)
    np.testing.assert_array_equal(nothing.scores, found.scores)


def test_the_calendar_does_not_matter_only_ages_do() -> None:
    early, late = ([d + shift for d in (0, 3, 9)] for shift in (0, 15_000))
    first = Popularity(5).fit(events([0, 1, 2], early, [1, 2, 3], 3)).scores
    second = Popularity(5).fit(events([0, 1, 2], late, [1, 2, 3], 3)).scores
    np.testing.assert_allclose(first, second, rtol=1e-6)


def test_without_times_it_is_plain_popularity() -> None:
    scores = Popularity().fit(events([2, 0, 2], [0, 0, 0], [1, 3, 1], 3)).scores
    assert scores.tolist() == [3, 0, 2]


def test_without_any_event_everything_is_equally_unpopular() -> None:
    fitted = Popularity().fit(events([], [], [], 3))
    nobody = sparse.csr_matrix((1, 3), dtype=np.float32)
    hits = fitted.recommend(nobody, 2, exclude_seen=True)[0]
    assert hits.rows.tolist() == [0, 1]
    assert hits.scores.tolist() == [0, 0]


def test_a_user_without_history_gets_the_popular_items() -> None:
    fitted = Popularity().fit(events([2, 0, 2, 1], [0] * 4, [1, 1, 1, 1], 4))
    nobody = sparse.csr_matrix((1, 4), dtype=np.float32)
    assert fitted.recommend(nobody, 4, exclude_seen=True)[0].rows.tolist() == [2, 0, 1, 3]


@pytest.mark.parametrize("half_life", [0.0, -1.0, float("nan")])
def test_a_half_life_must_be_positive(half_life: float) -> None:
    with pytest.raises(InvalidArgument, match="half_life_days"):
        Popularity(half_life)
