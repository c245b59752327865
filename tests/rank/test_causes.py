from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from semrec.collab.neighbours import ItemNeighbours
from semrec.collab.protocol import Interactions
from semrec.rank import causes, sources
from semrec.rank.calibrate import Platt
from semrec.rank.explain import quoted
from semrec.rank.log_odds import LogOddsBlend, Voice
from semrec.rank.rules import Fitted
from semrec.types import Hits

_NAMES = {"lexical": "搜索词", "user": "你的喜好", "popularity": "近期热度"}


def _blend() -> Fitted:
    voices = {
        "lexical": Voice(Platt(6.0, -3.0), 0.0, 1.0),
        "user": Voice(Platt(8.0, -4.0), 0.0, 0.8),
        "popularity": Voice(Platt(3.0, -1.5), 0.0, 0.5),
    }
    return Fitted(LogOddsBlend(voices, -1.0), {})


def _hits(seed: int, n: int = 40) -> Hits:
    rng = np.random.default_rng(seed)
    signals = {name: rng.random(n).astype(np.float32) for name in _NAMES}
    return Hits(np.arange(n) * 3, np.zeros(n, np.float32), signals)


@pytest.mark.parametrize("seed", range(5))
def test_removing_the_strongest_reason_of_an_item_never_lifts_it(seed: int) -> None:
    """Faithfulness: what is named as the cause carries the item."""
    blend, hits = _blend(), _hits(seed)
    ranked = blend.blend(hits)
    parts = blend.contributions(ranked)
    lowered = 0
    for place in range(10):
        row = int(ranked.rows[place])
        name = max(parts, key=lambda each: float(parts[each][place]))
        assert parts[name][place] > 0
        values = hits.signals[name].copy()
        values[hits.rows == row] = 0.0 if name == "lexical" else np.nan
        after = blend.blend(hits.with_signal(name, values))
        new = int(np.flatnonzero(after.rows == row)[0])
        assert new >= place
        lowered += new > place
    assert lowered >= 8


def test_a_counterfactual_tells_the_places_by_hand() -> None:
    signals = {"user": np.array([0.9, 0.5, 0.4], np.float32)}
    hits = Hits(np.array([4, 5, 6]), np.zeros(3, np.float32), signals)

    without = {"user": np.array([0.1, 0.5, 0.4], np.float32)}
    found = causes.counterfactuals(_by_user, hits, 4, {"你加购的「甲」": without, "别的": signals})
    assert [(each.cause, each.rank, each.without) for each in found] == [
        ("你加购的「甲」", 1, 3),
        ("别的", 1, 1),
    ]
    assert str(found[0]) == "没有你加购的「甲」，它会排在第 3 位"
    assert str(found[1]) == "没有别的，它仍排在第 1 位"
    assert found[0].matters and not found[1].matters


def test_a_signal_that_is_silent_for_all_is_no_evidence() -> None:
    blend, hits = _blend(), _hits(9)
    changed = causes.signal_causes(hits, _NAMES)
    assert set(changed) == set(_NAMES.values())
    alone = Hits(hits.rows, hits.scores, {"lexical": hits.signals["lexical"]})
    rest = {**changed["你的喜好"], **changed["近期热度"]}
    row = int(blend.blend(hits).rows[0])
    found = causes.counterfactuals(lambda some: blend.blend(some), hits, row, {"其余": rest})[0]
    assert found.without == int(np.flatnonzero(blend.blend(alone).rows == row)[0]) + 1


def test_only_the_person_s_own_history_is_named() -> None:
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(40), 6)
    items = np.concatenate([rng.choice(12, 6, False) + 12 * (u % 2) for u in range(40)])
    n = len(items)
    ones, none = np.ones(n, np.float32), np.zeros(n)
    log = Interactions(users, items, ones, none, none.astype(np.int64), 40, 24)
    shop = SimpleNamespace(neighbours=ItemNeighbours(24, 1.0).fit(log))
    history = log.matrix()[0]
    rows = np.arange(24)
    hits = Hits(
        rows,
        np.zeros(24, np.float32),
        {"user": sources.user(shop, history, finds=True).score(rows)},
    )
    found = causes.event_causes(shop, history, hits, lambda row: quoted(f"商品{row}"))
    assert set(found) == {f"你关注过的「商品{row}」" for row in history.indices}
    unseen = [row for row in rows if row not in set(history.indices)]
    best = max(unseen, key=lambda row: float(hits.signals["user"][row]))
    told = causes.counterfactuals(_by_user, hits, int(best), found)
    assert told[0].matters


def test_a_cause_says_the_strongest_thing_that_was_done() -> None:
    types = ["view", "cart", "view", "click", "buy"]
    log = pd.DataFrame({"event_type": types})
    assert causes.deeds_of(log, np.array([3, 3, 4, 4, -1])) == {3: "加购", 4: "点击"}
    shop = SimpleNamespace()
    nobody = Hits(np.arange(2), np.zeros(2, np.float32), {})
    history = sparse.csr_matrix(np.array([[0, 0, 0, 2, 1]], np.float32))
    found = causes.event_causes(shop, history, nobody, lambda row: f"「{row}」", deeds={3: "加购"})
    assert set(found) == {"你加购过的「3」", "你关注过的「4」"}


def _by_user(some: Hits) -> Hits:
    return Hits(some.rows, np.nan_to_num(some.signals["user"]), some.signals).ranked()
