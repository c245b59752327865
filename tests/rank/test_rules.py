"""Each rule's parts sum to its total, whichever signals there are."""

import numpy as np
import pytest

from semrec.rank import lambdamart, log_odds
from semrec.rank.additive import sigmoid
from semrec.rank.rules import (
    BASE,
    Fitted,
    LogOdds,
    Probable,
    Ranks,
    Rule,
    Trees,
    WeightedMean,
    with_settings,
)
from semrec.rank.scale import Scale
from semrec.types import Hits

WEIGHTS = {"lexical": 1.0, "dense": 0.5, "brand": 0.2, "order": 0.4}


def question(rng: np.random.Generator, *names: str) -> tuple[Hits, np.ndarray]:
    """Thirty candidates; the right one is high in each signal, one candidate is unknown to all."""
    right = np.zeros(30)
    right[rng.integers(29)] = 1
    signals = {}
    for name in names:
        values = (rng.random(30) + right).astype(np.float32) / 2
        values[29] = np.nan
        signals[name] = values
    return Hits(np.arange(30), np.zeros(30, np.float32), signals), right


RNG = np.random.default_rng(6)
SAMPLES = [question(RNG, "lexical", "dense", "brand") for _ in range(60)]


def rules() -> dict[str, Rule]:
    pytest.importorskip("lightgbm")
    return {
        "mean": WeightedMean(WEIGHTS),
        "log-odds": LogOdds(WEIGHTS, Scale(-3.0, 2.0)),
        "fitted": Fitted(with_settings(log_odds.fit(SAMPLES), WEIGHTS), {"dense": 0.5}),
        "trees": Trees(lambdamart.fit(SAMPLES, trees=20)),
        "ranks": Ranks(WEIGHTS),
    }


@pytest.mark.parametrize("name", ["mean", "log-odds", "fitted", "trees", "ranks"])
@pytest.mark.parametrize("signals", [("lexical", "dense"), ("lexical", "order"), ("dense",)])
def test_parts_sum_to_the_total_and_the_total_to_the_score(
    name: str, signals: tuple[str, ...]
) -> None:
    rule = rules()[name]
    ranked = rule.blend(question(RNG, *signals)[0])
    parts, total = rule.contributions(ranked), rule.total(ranked)
    assert set(parts) - {BASE} <= set(signals)
    assert sum(parts.values()) == pytest.approx(total, abs=1e-5)
    scores = sigmoid(total.astype(np.float64)) if isinstance(rule, Probable) else total
    assert ranked.scores == pytest.approx(scores, abs=1e-5)
    assert (np.diff(ranked.scores) <= 1e-6).all()


@pytest.mark.parametrize("name", ["mean", "log-odds", "fitted", "trees", "ranks"])
def test_shares_sum_to_the_score_and_point_where_the_evidence_does(name: str) -> None:
    rule = rules()[name]
    ranked = rule.blend(question(RNG, "lexical", "dense", "order")[0])
    shares, parts = rule.shares(ranked), rule.contributions(ranked)
    assert sum(shares.values()) == pytest.approx(ranked.scores, abs=1e-5)
    assert all((values[parts[n] == 0] == 0).all() for n, values in shares.items() if n != BASE)
    assert all((shares[n] * parts[n] >= 0).all() for n in shares if n != BASE)


def test_log_odds_order_as_the_mean_does() -> None:
    hits = question(RNG, "lexical", "dense", "order")[0]
    mean, odds = WeightedMean(WEIGHTS).blend(hits), LogOdds(WEIGHTS).blend(hits)
    assert odds.rows.tolist() == mean.rows.tolist()


def test_a_silent_candidate_is_told_nothing_and_a_common_good_is_no_evidence() -> None:
    hits = question(RNG, "lexical", "order")[0]
    parts = LogOdds(WEIGHTS).contributions(hits)
    assert parts["order"][29] == pytest.approx(0, abs=1e-6)
    assert parts["order"].mean() == pytest.approx(0, abs=1e-5)
    alike = hits.with_signal("order", np.full(30, 0.9, np.float32))
    assert not np.abs(LogOdds(WEIGHTS).contributions(alike)["order"]).max() > 1e-6


def test_no_signal_moves_log_odds_beyond_its_bound() -> None:
    hits, scale = question(RNG, "lexical", "order")[0], Scale(-3.0, 2.0)
    absurd = hits.with_signal("order", np.array([1e9] + [0.1] * 29, np.float32))
    part = LogOdds(WEIGHTS, scale).contributions(absurd)["order"]
    assert 0.5 < part.max() <= scale.swing * WEIGHTS["order"] + 1e-6
