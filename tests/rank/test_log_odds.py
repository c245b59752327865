from __future__ import annotations

import numpy as np
import pytest

from semrec.errors import InvalidArgument
from semrec.rank import log_odds
from semrec.rank.additive import sigmoid
from semrec.rank.log_odds import LogOddsBlend
from semrec.rank.rules import Fitted
from semrec.types import Hits


def ranked_by(blend: LogOddsBlend, hits: Hits) -> Hits:
    return Fitted(blend, {}).blend(hits)


def _question(rng: np.random.Generator, n: int = 60) -> tuple[Hits, np.ndarray]:
    """One right candidate; ``lexical`` and ``user`` know it, ``popularity`` is noise."""
    right = np.zeros(n)
    right[rng.integers(n)] = 1
    signals = {
        "lexical": (rng.normal(size=n) + 2.5 * right + 7).astype(np.float32),
        "user": np.clip(rng.random(n) * 0.6 + 0.4 * right, 0, 1).astype(np.float32),
        "popularity": rng.random(n).astype(np.float32),
    }
    signals["user"][rng.random(n) < 0.2] = np.nan
    return Hits(np.arange(n), np.zeros(n, np.float32), signals), right


@pytest.fixture(scope="module")
def fitted() -> LogOddsBlend:
    rng = np.random.default_rng(1)
    return log_odds.fit([_question(rng) for _ in range(150)])


@pytest.fixture(scope="module")
def held_out() -> list[tuple[Hits, np.ndarray]]:
    rng = np.random.default_rng(2)
    return [_question(rng) for _ in range(150)]


def test_parts_and_base_sum_to_the_score(fitted: LogOddsBlend, held_out: list) -> None:
    ranked = ranked_by(fitted, held_out[0][0])
    total = fitted.base + sum(fitted.contributions(ranked).values())
    assert sigmoid(total.astype(np.float64)) == pytest.approx(ranked.scores, abs=1e-6)
    assert (np.diff(ranked.scores) <= 0).all()


def test_scores_are_probabilities_on_other_questions(fitted: LogOddsBlend, held_out: list) -> None:
    scores, labels = [], []
    for hits, right in held_out:
        ranked = ranked_by(fitted, hits)
        scores.append(ranked.scores)
        labels.append(right[ranked.rows])
    said, true = np.concatenate(scores), np.concatenate(labels)
    edges = np.clip((said * 10).astype(int), 0, 9)
    gaps = [abs(said[edges == b].sum() - true[edges == b].sum()) for b in range(10)]
    assert sum(gaps) / len(said) < 0.01


def test_the_blend_beats_each_signal(fitted: LogOddsBlend, held_out: list) -> None:
    def reciprocal(order: np.ndarray, right: np.ndarray) -> float:
        return 1 / (1 + int(np.flatnonzero(right[order])[0]))

    ours = np.mean([reciprocal(ranked_by(fitted, h).rows, r) for h, r in held_out])
    lexical = np.mean([reciprocal(np.argsort(-h.signals["lexical"]), r) for h, r in held_out])
    assert ours > lexical + 0.03
    assert fitted.voices["popularity"].weight < 0.3 * fitted.voices["lexical"].weight


def test_a_signal_missing_for_all_drops_out_and_the_rest_ranks_as_before(
    fitted: LogOddsBlend, held_out: list
) -> None:
    hits, _ = held_out[3]
    silent = hits.with_signal("user", np.full(len(hits), np.nan, np.float32))
    without = Hits(hits.rows, hits.scores, {k: v for k, v in hits.signals.items() if k != "user"})
    assert np.array_equal(ranked_by(fitted, silent).scores, ranked_by(fitted, without).scores)
    assert "user" not in fitted.contributions(silent)


def test_an_absurd_signal_stays_within_its_bound(fitted: LogOddsBlend, held_out: list) -> None:
    hits, _ = held_out[4]
    values = hits.signals["user"].copy()
    values[7] = 1e30
    before = fitted.contributions(hits.with_signal("user", np.full(len(hits), np.nan, np.float32)))
    after = fitted.contributions(hits.with_signal("user", values))
    assert abs(after["user"][7]) <= fitted.bound("user") + 1e-6
    assert np.array_equal(after["lexical"], before["lexical"])


def test_less_strength_moves_less(fitted: LogOddsBlend, held_out: list) -> None:
    hits, _ = held_out[5]
    full = fitted.contributions(hits)["user"]
    half = fitted.contributions(hits, {"user": 0.5})["user"]
    none = fitted.contributions(hits, {"user": 0.0})["user"]
    assert half == pytest.approx(full / 2)
    assert not none.any()


def test_equal_scores_come_by_row(fitted: LogOddsBlend) -> None:
    same = {"lexical": np.ones(4, np.float32), "popularity": np.full(4, 0.5, np.float32)}
    ranked = ranked_by(fitted, Hits(np.array([9, 2, 5, 1]), np.zeros(4, np.float32), same))
    assert ranked.rows.tolist() == [1, 2, 5, 9]


def test_arrays_hold_everything(fitted: LogOddsBlend, held_out: list) -> None:
    again = LogOddsBlend.from_arrays(fitted.arrays())
    hits, _ = held_out[0]
    assert np.array_equal(ranked_by(again, hits).scores, ranked_by(fitted, hits).scores)


def test_no_samples_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="samples"):
        log_odds.fit([])


def test_voices_of_behaviour_fill_what_was_not_fitted(fitted: LogOddsBlend) -> None:
    more = fitted.with_voices(log_odds.BEHAVIOUR)
    assert set(more.voices) == {"lexical", "user", "popularity", "content", "session"}
    assert more.voices["user"] == fitted.voices["user"]
    signals = {"popularity": np.array([0.1, 0.9], np.float32)}
    alone = LogOddsBlend({}, -2.0).with_voices(log_odds.BEHAVIOUR)
    ranked = ranked_by(alone, Hits(np.array([3, 4]), np.zeros(2, np.float32), signals))
    assert ranked.rows.tolist() == [4, 3]
    assert 0 < ranked.scores[1] < ranked.scores[0] < 0.5


def test_a_signal_that_no_right_candidate_has_is_left_out() -> None:
    rng = np.random.default_rng(4)
    samples = []
    for hits, right in (_question(rng) for _ in range(40)):
        rare = np.where(right == 1, np.nan, hits.signals["popularity"]).astype(np.float32)
        samples.append((Hits(hits.rows, hits.scores, {**hits.signals, "rare": rare}), right))
    assert set(log_odds.fit(samples).voices) == {"lexical", "user", "popularity"}
    with pytest.raises(InvalidArgument, match="0 right of 60 candidates"):
        log_odds.fit([(samples[0][0], np.zeros(60))])


def test_what_was_just_looked_at_is_evidence_for_an_item_and_never_against_it() -> None:
    said = log_odds.BEHAVIOUR["session"].evidence(np.array([np.nan, 0, 0.5, 1], np.float32))
    assert said.tolist() == pytest.approx([0, 0, 1.6, 3.2])
