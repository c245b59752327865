import numpy as np
import pandas as pd
import pytest

from semrec.text.reviews.profile import COLUMNS, AspectProfile, prior_strength
from semrec.text.reviews.wishes import aspect_wishes, review_reason, review_signal

GOOD = ["续航很好用了两天", "电池耐用待机长", "续航给力非常满意", "电池很耐用喜欢"]
BAD = ["续航太差一天三充", "电池掉电快很失望", "续航不行后悔买了", "耗电太快差评"]
LIFE = COLUMNS.index("续航")


@pytest.fixture(scope="module")
def profile() -> AspectProfile:
    """Items: 0 praised, 1 blamed, 2 praised once, 3 without reviews."""
    rows = [*[(0, text) for text in GOOD], *[(1, text) for text in BAD], (2, GOOD[0])]
    texts = [text for _, text in rows]
    frame = pd.DataFrame({"text": texts, "user_id": "", "timestamp": np.nan})
    return AspectProfile.build(np.array([item for item, _ in rows]), frame, n_items=4)


def test_counts_and_order(profile: AspectProfile) -> None:
    rows = np.arange(4)
    assert profile.counts[:, LIFE].tolist() == [4, 4, 1, 0]
    share = profile.share(rows, LIFE)
    assert share[0] > share[2] > share[1]  # one voice moves less than four
    assert np.isnan(share[3])
    assert np.isnan(profile.lower(rows, LIFE)[3])
    assert (profile.lower(rows[:3], LIFE) < share[:3]).all()


def test_the_share_is_the_documented_formula(profile: AspectProfile) -> None:
    mean, strength = profile.prior[LIFE]
    praise, mentions = profile.praise[0, LIFE], profile.mentions[0, LIFE]
    expected = (praise + mean * strength) / (mentions + strength)
    assert profile.share(np.array([0]), LIFE)[0] == pytest.approx(expected, rel=1e-5)


def test_a_wish_lifts_what_is_praised_for_it(profile: AspectProfile) -> None:
    wishes = aspect_wishes("续航好的手机")
    signal = review_signal(profile, wishes, np.arange(4))
    assert signal.dtype == np.float32
    assert signal[0] > signal[2] > signal[1]
    assert np.isnan(signal[3])
    reason = review_reason(profile, wishes, 0)
    assert reason is not None
    assert reason.startswith("续航好评 ")
    assert reason.endswith("%（4 条）")
    assert review_reason(profile, wishes, 1) is None
    assert review_reason(profile, wishes, 3) is None


def test_without_a_wish_the_whole_review_counts(profile: AspectProfile) -> None:
    signal = review_signal(profile, [], np.arange(4))
    assert signal[0] > signal[1]
    assert np.isnan(signal[3])
    assert (review_reason(profile, [], 0) or "").startswith("好评 ")


def test_reviews_in_doubt_are_read_again_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Model:
        def probability(self, texts: list[str], read_again: int) -> np.ndarray:
            asked.append(read_again)
            return np.full(len(texts), 0.5, dtype=np.float32)

    monkeypatch.setattr("semrec.text.reviews.profile.load_sentiment", Model)
    frame = pd.DataFrame({"text": GOOD, "user_id": "", "timestamp": np.nan})
    for again in (0, 7):
        AspectProfile.build(np.zeros(4, dtype=np.int64), frame, 1, again)
    assert asked == [0, 7]


def test_saved_and_read(profile: AspectProfile) -> None:
    again = AspectProfile.from_arrays(profile.arrays())
    np.testing.assert_array_equal(
        again.lower(np.arange(4), LIFE), profile.lower(np.arange(4), LIFE)
    )
    assert again.describe(0) == profile.describe(0)
    assert ("续航", 4) in [(name, count) for name, _, count in profile.describe(0)]


def test_no_reviews_at_all() -> None:
    frame = pd.DataFrame({"text": [], "user_id": [], "timestamp": np.array([], dtype=float)})
    empty = AspectProfile.build(np.empty(0, dtype=np.int64), frame, n_items=2)
    assert np.isnan(review_signal(empty, [], np.arange(2))).all()
    assert empty.describe(0) == []


def test_prior_strength_is_found_again() -> None:
    rng = np.random.default_rng(0)
    shares = rng.beta(0.7 * 10, 0.3 * 10, size=3000)
    mentions = rng.integers(5, 60, size=3000)
    praise = rng.binomial(mentions, shares)
    assert prior_strength(praise.astype(float), mentions.astype(float)) == pytest.approx(
        10, rel=0.1
    )
    alike = rng.binomial(mentions, 0.7)
    assert prior_strength(alike.astype(float), mentions.astype(float)) == 50
    assert prior_strength(np.ones(3), np.ones(3)) == 8
