import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.index.topk import top_k


@given(
    st.integers(0, 10**6),
    st.integers(0, 3000),
    st.integers(1, 20),
    st.sampled_from([0.0, 0.5, 0.99, 1.0]),
    st.sampled_from([None, 0.0, 2.0]),
    st.booleans(),
)
@settings(deadline=None, max_examples=200)
def test_equals_sorting_everything(
    seed: int, count: int, k: int, silent: float, above: float | None, named: bool
) -> None:
    rng = np.random.default_rng(seed)
    # Small integers, so that most scores tie with others.
    scores = rng.integers(-3, 12, count).astype(np.float32)
    scores[rng.random(count) < silent] = np.nan if above is None else 0
    rows = rng.permutation(count + 100)[:count] if named else np.arange(count)
    admitted = ~np.isnan(scores) if above is None else scores > above
    order = sorted(np.flatnonzero(admitted).tolist(), key=lambda i: (-scores[i], rows[i]))[:k]
    hits = top_k(scores, k, rows if named else None, above)
    assert hits.rows.tolist() == rows[order].tolist()
    assert hits.scores.tolist() == scores[order].tolist()


def test_the_last_scores_are_looked_at_too() -> None:
    # 997 is prime: no group size divides it.
    scores = np.zeros(997, dtype=np.float32)
    scores[[996, 995, 3]] = 2, 1, 3
    assert top_k(scores, 2).rows.tolist() == [3, 996]
    assert top_k(scores, 5, above=0).rows.tolist() == [3, 996, 995]


def test_infinities_are_ranked_as_numbers() -> None:
    scores = np.full(1000, -np.inf, dtype=np.float32)
    scores[[7, 500]] = 1, np.inf
    assert top_k(scores, 3).rows.tolist() == [500, 7, 0]


def test_nothing_wanted_or_nothing_there() -> None:
    assert len(top_k(np.ones(100, np.float32), 0)) == 0
    assert len(top_k(np.empty(0, np.float32), 3)) == 0
    assert len(top_k(np.full(1000, np.nan, np.float32), 3)) == 0
