from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from semrec.behaviour.bots import BotRules, suspects, without
from semrec.data.events import COLUMNS, Events
from semrec.errors import InvalidArgument

HOUR = 3600.0


def log(**users: tuple[str, np.ndarray, object]) -> Events:
    """Per user: event type, times, and an item or one for each time."""
    frames = [
        pd.DataFrame({"user_id": user, "event_type": kind, "timestamp": times, "item_id": items})
        for user, (kind, times, items) in users.items()
    ]
    frame = pd.concat(frames, ignore_index=True)
    frame = frame.assign(query="", query_id="", session_id="", value=np.nan, position=np.nan)
    return Events(frame[list(COLUMNS)])


def human(count: int, seed: int = 0) -> np.ndarray:
    return np.sort(np.random.default_rng(seed).uniform(0, 30 * 24 * HOUR, count))


def many(count: int) -> list[str]:
    return [str(item) for item in range(count)]


def test_each_rule_finds_its_machine_and_people_stay() -> None:
    rng = np.random.default_rng(1)
    burst = np.sort(rng.uniform(0, HOUR, 400))
    events = log(
        person=("view", human(250), many(250)),
        crawler=("view", burst, many(400)),
        booster=("click", burst[:80], "7"),
        reseller=("buy", burst[:90], many(90)),
        sleepless=("view", np.arange(24) * HOUR + rng.uniform(0, 600, 24), many(24)),
        clock=("view", np.arange(120) * 700.0, many(120)),
    )
    assert {suspect.user_id: suspect.rule for suspect in suspects(events)} == {
        "crawler": "events_per_hour",
        "booster": "item_events_per_hour",
        "reseller": "buys_per_hour",
        "sleepless": "hours_a_day",
        "clock": "hours_a_day",
    }
    rules = BotRules(hours_a_day=0, events_per_hour=0)
    found = {suspect.user_id: suspect for suspect in suspects(events, rules)}
    assert sorted(found) == ["booster", "clock", "reseller"]
    assert found["clock"].rule == "steady_events"
    assert found["booster"].value == 80
    assert found["booster"].limit == 60


def test_the_hour_glides() -> None:
    # 200 events before and 200 after the full hour: no clock hour has more than 200.
    times = np.linspace(HOUR - 1500, HOUR + 1500, 400) + np.random.default_rng(0).normal(0, 5, 400)
    found = suspects(log(x=("view", np.sort(times), many(400))))
    assert [suspect.rule for suspect in found] == ["events_per_hour"]
    assert found[0].value == 400


def test_events_of_suspects_are_set_aside_with_the_reason() -> None:
    times = np.sort(np.random.default_rng(1).uniform(0, HOUR, 400))
    events = log(person=("view", human(30), many(30)), crawler=("view", times, many(400)))
    kept, rejects = without(events, suspects(events), "events.csv")
    assert set(kept.frame["user_id"]) == {"person"}
    assert len(kept) == 30
    assert rejects.set_aside == 400
    assert "events_per_hour = 400; legal: at most 300" in rejects.summary()[0]


def test_an_empty_log_has_no_suspect_and_bad_rules_are_named() -> None:
    assert suspects(log(a=("view", human(0), []))) == []
    with pytest.raises(InvalidArgument, match="hours_a_day = -1; legal: 0"):
        BotRules(hours_a_day=-1)


@pytest.mark.data
def test_real_people_are_no_suspects(data_dir: Path) -> None:
    frame = pd.read_csv(data_dir / "taobao-userbehavior" / "UserBehavior_815users.csv").dropna()
    kinds = frame["behavior"].replace({"pv": "view"})
    frame = frame.astype({"user_id": "str", "item_id": "str"}).assign(event_type=kinds)
    frame = frame.assign(query="", query_id="", session_id="", value=np.nan, position=np.nan)
    assert suspects(Events(frame[list(COLUMNS)])) == []
