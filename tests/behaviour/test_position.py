from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from semrec.behaviour.position import Propensities, estimate, impressions
from semrec.config import EventsConfig
from semrec.data.events import COLUMNS, Events, interactions
from semrec.data.ids import IdMap
from semrec.errors import DataError, InvalidArgument

EXAMINED = 1 / np.arange(1, 9) ** 0.8


def shown_lists(seed: int = 0, searches: int = 4000) -> pd.DataFrame:
    """Lists whose order follows the liking roughly, so that plain click rates mislead."""
    rng = np.random.default_rng(seed)
    liked = rng.beta(1, 3, (150, 8))
    query = rng.integers(150, size=searches)
    order = np.argsort(-(liked[query] + rng.normal(0, 0.3, (searches, 8))), axis=1)
    chance = EXAMINED * np.take_along_axis(liked[query], order, axis=1)
    return pd.DataFrame(
        {
            "query": np.repeat(query, 8).astype("str"),
            "item_id": order.ravel().astype("str"),
            "position": np.tile(np.arange(1, 9), searches),
            "clicked": (rng.random((searches, 8)) < chance).ravel(),
        }
    )


def test_the_planted_bias_is_found_where_click_rates_are_far_off() -> None:
    shown = shown_lists()
    rates = shown.groupby("position")["clicked"].mean().to_numpy()
    assert np.abs(rates / rates[0] - EXAMINED).max() > 0.1
    found = estimate(shown).examined
    assert found[0] == 1
    assert np.abs(found - EXAMINED).max() < 0.06


def test_clicks_further_down_count_more_up_to_the_floor() -> None:
    law = Propensities.power_law(1.0, positions=4)
    places = np.array([np.nan, 0, 1, 2, 4, 100])
    np.testing.assert_allclose(law.weights(places), [1, 1, 1, 2, 4, 4])
    np.testing.assert_allclose(law.weights(places, least=0.5), [1, 1, 1, 2, 2, 2])


def test_positions_beyond_the_last_are_taken_together() -> None:
    assert len(estimate(shown_lists(searches=300), positions=3).examined) == 3


def log(rows: list[tuple[str, str, str, str, float]]) -> Events:
    names = ["user_id", "query_id", "item_id", "event_type", "position"]
    frame = pd.DataFrame(rows, columns=names).astype({"position": "float64"})
    frame = frame.assign(query="耳机", session_id="", value=np.nan, timestamp=0.0)
    return Events(frame[list(COLUMNS)])


def test_an_impression_is_clicked_if_the_same_search_acts_on_it() -> None:
    found = impressions(
        log(
            [
                ("u", "q1", "a", "view", 1),
                ("u", "q1", "b", "view", 2),
                ("u", "q1", "b", "cart", np.nan),
                ("u", "q2", "a", "click", 1),
                ("v", "q1", "a", "buy", np.nan),
            ]
        )
    )
    assert found["item_id"].tolist() == ["a", "b"]
    assert found["clicked"].tolist() == [False, True]
    assert found["query"].tolist() == ["耳机", "耳机"]


def test_logs_that_tell_nothing_are_refused_by_name() -> None:
    with pytest.raises(DataError, match=r"no impression.*power_law"):
        impressions(log([("u", "q", "a", "click", 1)]))
    with pytest.raises(DataError, match="none of 1 impressions was clicked"):
        estimate(impressions(log([("u", "q", "a", "view", 1)])))
    with pytest.raises(InvalidArgument, match="least = 0"):
        Propensities.power_law().weights(np.ones(1), 0)
    with pytest.raises(InvalidArgument, match="steepness = -1"):
        Propensities.power_law(-1)


def test_position_weights_reach_the_interactions() -> None:
    rows = [("u", "q", "a", "click", 1.0), ("u", "q", "b", "click", 4), ("v", "", "a", "buy", 0)]
    events = log(rows)
    factors = Propensities.power_law(positions=4).weights(events.frame["position"].to_numpy())
    items, config = IdMap(["a", "b"]), EventsConfig()
    plain, _ = interactions(events, items, config)
    weighed, _ = interactions(events, items, config, factors=factors)
    np.testing.assert_allclose(plain.matrix().toarray(), [[1, 1], [5, 0]])
    np.testing.assert_allclose(weighed.matrix().toarray(), [[1, 4], [5, 0]])
