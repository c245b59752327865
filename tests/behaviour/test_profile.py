from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from semrec.behaviour.profile import Profile, profile
from semrec.config import EventsConfig
from semrec.data import catalog as catalogs
from semrec.data.catalog import Catalog
from semrec.data.events import COLUMNS, Events

DAY, HOUR = 86_400.0, 3600.0
START = 20_514 * DAY  # 2026-03-02, a Monday


@pytest.fixture
def shop() -> Catalog:
    rows = [
        ("food", "全价猫粮 鸡肉味 5斤装 成猫幼猫通用粮食", "宠物", "尾巴邮局", 60.0),
        ("toy", "逗猫棒", "宠物", "兽语", 20.0),
        ("phone", "手机", "数码", "", np.nan),
        ("cable", "数据线", "数码", "线云", 10.0),
        ("case", "手机壳", "数码", "线云", 30.0),
        ("pad", "平板电脑", "数码", "线云", 2000.0),
    ]
    frame = pd.DataFrame(rows, columns=["item_id", "title", "category", "brand", "price"])
    return catalogs.load(frame)[0]


def log(rows: list[tuple[str, str, str, float]]) -> Events:
    names = ["user_id", "item_id", "event_type", "timestamp"]
    frame = pd.DataFrame(rows, columns=names).astype({"timestamp": "float64"})
    frame = frame.assign(query="", query_id="", session_id="", value=np.nan, position=np.nan)
    return Events(frame[list(COLUMNS)])


def at(day: float, hour: float) -> float:
    """Local time in China."""
    return START + day * DAY + (hour - 8) * HOUR


def test_tastes_are_shares_of_weighted_faded_events(shop: Catalog) -> None:
    events = log([("u", "food", "buy", at(30, 9)), ("u", "pad", "view", at(0, 9))])
    config = EventsConfig(half_life_days=30.0)
    found = profile("u", events, shop, config)
    assert found.categories == pytest.approx({"宠物": 5 / 5.5, "数码": 0.5 / 5.5})
    assert found.brands == pytest.approx({"尾巴邮局": 5 / 5.5, "线云": 0.5 / 5.5})
    assert found.events == {"buy": 1, "view": 1}


def test_the_price_band_is_seen_within_the_category(shop: Catalog) -> None:
    events = log([("u", item, "buy", at(0, 9)) for item in ("pad", "phone")])
    price = profile("u", events, shop).price
    assert price is not None
    assert (price.low, price.usual, price.high) == (2000, 2000, 2000)
    assert price.place == pytest.approx(2.5 / 3)
    assert price.tier == "高端"
    assert profile("u", log([("u", "phone", "buy", 0.0)]), shop).price is None


def test_hours_and_days_are_local_and_the_peak_goes_over_midnight(shop: Catalog) -> None:
    times = [at(5, 23.5), at(6, 0.5), at(6, 23.5), at(7, 0.5), at(9, 12)]
    found = profile("u", log([("u", "toy", "view", time) for time in times]), shop)
    assert found.rhythm is not None
    assert found.rhythm.peak == (23, 0)
    assert found.rhythm.hours[23] == pytest.approx(0.4)
    assert found.rhythm.weekend == pytest.approx(3 / 5)
    assert found.rhythm.sessions == 5
    assert found.rhythm.buying_sessions == 0
    utc = profile("u", log([("u", "toy", "view", times[4])]), shop, utc_offset_hours=0).rhythm
    assert utc is not None
    assert utc.hours[4] == 1


def test_what_a_user_buys_again_is_due_after_the_median_break(shop: Catalog) -> None:
    days = [0, 10, 22, 34]
    events = log([("u", "food", "buy", at(day, 9)) for day in days])
    cycle = profile("u", events, shop).cycles["food"]
    assert (cycle.days, cycle.purchases) == (12, 4)
    assert cycle.due == at(46, 9)


def test_what_others_use_up_is_due_for_who_bought_it_once(shop: Catalog) -> None:
    rows = [("u", "food", "buy", at(3, 9)), ("u", "toy", "buy", at(3, 9))]
    for other in range(12):
        rows += [(f"o{other}", "food", "buy", at(day, 10)) for day in (0, 20)]
        rows.append((f"o{other}", "toy", "buy", at(1, 10)))
    found = profile("u", log(rows), shop).cycles
    assert list(found) == ["food"]
    assert (found["food"].days, found["food"].purchases) == (20, 1)


def test_the_same_day_is_one_purchase(shop: Catalog) -> None:
    events = log([("u", "food", "buy", at(0, hour)) for hour in (9, 10, 11)])
    assert profile("u", events, shop).cycles == {}


def test_it_reads_in_chinese_and_goes_into_json(shop: Catalog) -> None:
    rows = [("u", "food", "buy", at(day, 20)) for day in (0, 10, 20)]
    found = profile("u", log(rows), shop)
    text = "\n".join(found.describe())
    assert "用户 u：2026-03-02 至 2026-03-22，购买 3" in text
    assert "偏好类目：宠物 100%" in text
    assert "活跃时段：晚上 20 点前后" in text
    assert "约每 10.0 天一次" in text
    assert "约 10 天一次（买过 3 次），上次 2026-03-22，预计 2026-04-01" in text
    plain = json.loads(json.dumps(found.to_dict(), ensure_ascii=False, allow_nan=False))
    assert plain["cycles"]["food"]["title"].startswith("全价猫粮")
    assert plain["price"]["tier"] == "高端"


def test_a_stranger_has_an_empty_profile(shop: Catalog) -> None:
    for events in (log([]), log([("u", "food", "buy", 0.0)])):
        found = profile("nobody", events, shop)
        assert isinstance(found, Profile)
        assert found.describe() == ["用户 nobody：没有行为记录。"]
        assert found.to_dict()["first"] is None
        assert found.to_dict()["rhythm"] is None


def test_events_come_back_from_their_file_unchanged(tmp_path: Path) -> None:
    events = log([("u", "food", "buy", 5.5), ("二", "toy", "view", 6.0)])
    events.to_parquet(tmp_path / "events.parquet")
    back = Events.from_parquet(tmp_path / "events.parquet")
    pd.testing.assert_frame_equal(back.frame, events.frame.astype(back.frame.dtypes.to_dict()))
    assert list(back.frame.columns) == list(COLUMNS)
