from __future__ import annotations

import numpy as np
import pytest

from semrec.errors import InvalidArgument
from semrec.rank import lambdamart
from semrec.types import Hits

pytest.importorskip("lightgbm")


def _question(rng: np.random.Generator, n: int = 30) -> tuple[Hits, np.ndarray]:
    right = np.zeros(n)
    right[rng.integers(n)] = 1
    signals = {
        "lexical": (rng.normal(size=n) + 2 * right).astype(np.float32),
        "user": (rng.random(n) + 0.6 * right).astype(np.float32),
        "popularity": rng.random(n).astype(np.float32),
    }
    signals["user"][rng.random(n) < 0.3] = np.nan
    return Hits(np.arange(n), np.zeros(n, np.float32), signals), right


@pytest.fixture(scope="module")
def fitted() -> lambdamart.LambdaMart:
    rng = np.random.default_rng(0)
    return lambdamart.fit([_question(rng) for _ in range(120)], trees=40)


def test_it_ranks_other_questions_better_than_one_signal(fitted: lambdamart.LambdaMart) -> None:
    rng = np.random.default_rng(1)
    ours, words = [], []
    for hits, right in (_question(rng) for _ in range(120)):
        row = int(np.argmax(right))
        ours.append(1 / (1 + int(np.flatnonzero(fitted.blend(hits).rows == row)[0])))
        order = np.argsort(-hits.signals["lexical"])
        words.append(1 / (1 + int(np.flatnonzero(order == row)[0])))
    assert np.mean(ours) > np.mean(words) + 0.03


def test_more_of_a_signal_never_lowers_the_score(fitted: lambdamart.LambdaMart) -> None:
    steps = np.linspace(0, 1, 40).astype(np.float32)
    for name in ("user", "popularity"):
        signals = {each: np.full(40, 0.5, np.float32) for each in ("user", "popularity")}
        signals["lexical"] = np.full(40, 1.0, np.float32)
        signals[name] = steps
        hits = Hits(np.arange(40), np.zeros(40, np.float32), signals)
        ranked = fitted.blend(hits)
        assert (np.diff(ranked.scores[np.argsort(ranked.rows)]) >= -1e-6).all()


def test_contributions_sum_to_the_score_and_arrays_hold_everything(
    fitted: lambdamart.LambdaMart,
) -> None:
    hits, _ = _question(np.random.default_rng(2))
    ranked = fitted.blend(hits)
    parts = fitted.contributions(ranked)
    assert sum(parts.values()) == pytest.approx(ranked.scores, abs=1e-4)
    again = lambdamart.LambdaMart.from_arrays(fitted.arrays())
    assert np.array_equal(again.blend(hits).rows, ranked.rows)


def test_clicks_that_weigh_nothing_teach_nothing() -> None:
    """Weights matter: half of the questions click on the popular item, with weight 0."""
    rng = np.random.default_rng(3)
    samples, counts = [], []
    for i in range(160):
        hits, right = _question(rng)
        if i % 2:
            right = np.zeros(len(hits))
            right[int(np.argmax(hits.signals["popularity"]))] = 1
        samples.append((hits, right))
        counts.append(np.full(len(hits), float(i % 2 == 0)))

    def trust(fitted: lambdamart.LambdaMart) -> float:
        hits, _ = _question(np.random.default_rng(9), 200)
        return float(np.ptp(fitted.contributions(hits)["popularity"]))

    weighted = trust(lambdamart.fit(samples, counts, trees=30))
    plain = trust(lambdamart.fit(samples, trees=30))
    assert weighted < 0.5 * plain


def test_no_samples_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="samples"):
        lambdamart.fit([])
