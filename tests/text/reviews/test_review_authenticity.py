import numpy as np
import pandas as pd

from semrec.text.reviews.authenticity import review_weights

DAY = 86_400.0


def _frame(texts: list[str], users: list[str] | None = None, days: list[float] | None = None):  # type: ignore[no-untyped-def]
    n = len(texts)
    times = np.full(n, np.nan) if days is None else np.array(days) * DAY
    return pd.DataFrame({"text": texts, "user_id": users or [""] * n, "timestamp": times})


def test_near_duplicates_of_one_item_are_one_voice() -> None:
    same = "这款手机真的非常好用强烈推荐大家购买"
    frame = _frame([same, same + "！", same + "啊", "拿到手觉得一般般没有那么惊艳", same])
    weights = review_weights(np.array([0, 0, 0, 0, 1]), frame, n_items=2)
    np.testing.assert_allclose(weights, [1 / 3, 1 / 3, 1 / 3, 1, 1])


def test_short_texts_are_alike_by_chance() -> None:
    weights = review_weights(np.zeros(4, dtype=np.int64), _frame(["很好"] * 4), n_items=1)
    assert weights.tolist() == [1, 1, 1, 1]


def test_one_user_is_one_voice_and_strangers_are_many() -> None:
    frame = _frame(["甲", "乙", "丙", "丁"], users=["u", "u", "", ""])
    weights = review_weights(np.zeros(4, dtype=np.int64), frame, n_items=1)
    assert weights.tolist() == [0.5, 0.5, 1, 1]


def test_a_burst_counts_as_what_was_expected() -> None:
    quiet = [(item, float(day)) for item in (0, 1) for day in range(40)]
    rows = [*quiet, *[(0, 20.0)] * 60]
    items = np.array([item for item, _ in rows])
    frame = _frame([f"第{i}" for i in range(len(rows))], days=[day for _, day in rows])
    weights = review_weights(items, frame, n_items=2)
    burst = (items == 0) & (frame["timestamp"].to_numpy() == 20 * DAY)
    assert burst.sum() == 61
    assert weights[burst].sum() < 5
    assert (weights[~burst] == 1).all()


def test_a_day_that_is_busy_for_the_whole_shop_is_no_burst() -> None:
    rows = [(item, float(day)) for item in range(20) for day in [*range(10), *[5] * 20]]
    frame = _frame([f"第{i}" for i in range(len(rows))], days=[day for _, day in rows])
    weights = review_weights(np.array([item for item, _ in rows]), frame, n_items=20)
    assert (weights == 1).all()


def test_no_reviews() -> None:
    assert review_weights(np.empty(0, dtype=np.int64), _frame([]), n_items=3).shape == (0,)
