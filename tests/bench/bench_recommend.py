"""What ``recommend`` finds, beside behaviour, content and popularity alone, newcomers apart.

    python tests/bench/bench_recommend.py DATA [sample amazon douban newcomers]

Hidden are all events of a tenth of the items (new items), all but the first 0 to 5 items of a fifth
of the users (new users), and of everybody else the last fifth of their items, at least one. Asked
for is all of it but the first events with new items. Recall@20 is the mean over 1,200 users that
have something in the slice; the intervals are of a paired bootstrap. The student encodes.

``newcomers``: in the sample shop, strangers who begin with a search. What else of the first visit
is found by popularity, and by what is known of their coming.

Recorded:

amazon       users popularity  behaviour    content     hybrid  hybrid-content     hybrid-behaviour
all           1200     0.3346     0.3091     0.2460     0.3390 [+0.0672, +0.1176] [+0.0075, +0.0518]
new user       335     0.0615     0.0000     0.0000     0.0615 [+0.0424, +0.0832] [+0.0424, +0.0832]
1-5 events     725     0.4337     0.4481     0.3419     0.4425 [+0.0602, +0.1391] [-0.0382, +0.0272]
known user     140     0.4751     0.3293     0.3383     0.4669 [+0.0618, +0.1973] [+0.0702, +0.2058]
new item       210     0.0000     0.0000     0.2488     0.0802 [-0.2199, -0.1222] [+0.0476, +0.1175]
1-2 users        0
known item    1092     0.3825     0.3509     0.2412     0.3747 [+0.1064, +0.1607] [-0.0006, +0.0481]
sample       users popularity  behaviour    content     hybrid  hybrid-content     hybrid-behaviour
all           1160     0.0230     0.4052     0.4070     0.4752 [+0.0541, +0.0824] [+0.0549, +0.0852]
new user        42     0.0346     0.0000     0.0000     0.0346 [+0.0189, +0.0522] [+0.0189, +0.0522]
1-5 events     327     0.0199     0.4477     0.4759     0.5351 [+0.0306, +0.0881] [+0.0575, +0.1187]
known user     791     0.0236     0.4092     0.4002     0.4738 [+0.0578, +0.0902] [+0.0465, +0.0835]
new item       468     0.0000     0.0000     0.3523     0.3149 [-0.0562, -0.0207] [+0.2752, +0.3556]
1-2 users      358     0.0000     0.1550     0.3536     0.3162 [-0.0663, -0.0093] [+0.1235, +0.1997]
known item    1112     0.0277     0.4756     0.3907     0.4888 [+0.0823, +0.1140] [-0.0005, +0.0266]
douban       users popularity  behaviour    content     hybrid  hybrid-content     hybrid-behaviour
all            239     0.0094     0.0334     0.1010     0.1082 [+0.0007, +0.0143] [+0.0500, +0.1022]
new user        18     0.0047     0.0000     0.0000     0.0047 [+0.0007, +0.0097] [+0.0007, +0.0097]
1-5 events      55     0.0194     0.0472     0.1214     0.1183 [-0.0144, +0.0055] [+0.0231, +0.1329]
known user     166     0.0066     0.0325     0.1052     0.1161 [+0.0028, +0.0208] [+0.0520, +0.1174]
new item       231     0.0000     0.0000     0.0968     0.1005 [-0.0009, +0.0098] [+0.0708, +0.1298]
1-2 users      166     0.0000     0.1033     0.0718     0.0683 [-0.0272, +0.0204] [-0.0666, -0.0051]
known item      90     0.1182     0.1054     0.0259     0.1167 [+0.0259, +0.1609] [-0.0176, +0.0443]
newcomers: 123; recall@20 by what is known of their coming
  nothing   0.0190 [+0.0000, +0.0000]
  hour      0.0122 [-0.0271, +0.0081]
  category  0.1558 [+0.0860, +0.1911]
  query     0.7749 [+0.6873, +0.8211]
  all       0.8034 [+0.7187, +0.8469]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from bench_hybrid import interval, read

from semrec import Engine
from semrec.answer import without
from semrec.collab.slices import ITEM_SLICES, USER_SLICES
from semrec.datasets import load_sample
from semrec.rank import sources
from semrec.rank.blend import blend
from semrec.rank.retrieve import Source, gather
from semrec.types import Rows

K = 20
USERS = 1_200
SEED = 11
CONFIG = {"embed": {"sides": "student"}}
Found = dict[str, dict[str, list[float]]]
"""Recall of each user of a slice, by slice and system."""


def sample(_: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    shop = load_sample()
    return shop.catalog, shop.events


def amazon(data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    folder = data / "amazon-cn-ratings"
    goods = pd.read_csv(folder / "products.tsv", sep="\t", dtype=str)
    rated = pd.read_csv(folder / "ratings.csv", dtype={"user_id": str, "product_id": str})
    kinds = goods["categories"].fillna("").str.split("|").str[0]
    catalog = pd.DataFrame(
        {"item_id": goods["product_id"], "title": goods["name"], "category": kinds}
    )
    events = rated.rename(columns={"product_id": "item_id", "rating": "value"})
    return catalog, events.assign(event_type="rating")


def douban(data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    books, lists = read(data / "douban-books")
    ids = books["id"].astype(str)
    catalog = pd.DataFrame(
        {
            "item_id": ids,
            "title": books["title"].astype(str),
            "brand": books["author"].fillna("").astype(str),
            "category": [" ".join(tags[:1]) for tags in books["tags"]],
        }
    )
    users, items = lists.nonzero()
    names = [f"l{user}" for user in users]
    events = pd.DataFrame({"user_id": names, "item_id": ids.to_numpy()[items]})
    return catalog, events.assign(event_type="fav", timestamp=1_500_000_000)


LOGS: Mapping[str, Callable[[Path], tuple[pd.DataFrame, pd.DataFrame]]] = {
    "sample": sample,
    "amazon": amazon,
    "douban": douban,
}


def split(events: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, set[str]]]:
    """The events that are left, and what is asked for by user."""
    rng = np.random.default_rng(SEED)
    items = np.array(sorted(events["item_id"].unique()))
    new = set(items[rng.random(len(items)) < 0.1])
    users = np.array(sorted(events["user_id"].unique()))
    few = np.where(rng.random(len(users)) < 0.2, rng.integers(0, 6, len(users)), 10**6)
    pairs = events.assign(order=rng.random(len(events))).sort_values(["timestamp", "order"])
    pairs = pairs.drop_duplicates(["user_id", "item_id"])
    groups = pairs.groupby("user_id")["item_id"]
    place, count = groups.cumcount(), groups.transform("size")
    limit = np.minimum(np.ceil(count * 0.8), count - 1)
    early = (place < limit) & (place < pairs["user_id"].map(dict(zip(users, few, strict=True))))
    kept = pairs[early & ~pairs["item_id"].isin(new)]
    there = pd.MultiIndex.from_frame(events[["user_id", "item_id"]])
    left = events[there.isin(pd.MultiIndex.from_frame(kept[["user_id", "item_id"]]))]
    return left, pairs[~early].groupby("user_id")["item_id"].agg(set).to_dict()


def lists(engine: Engine, user: str) -> dict[str, Rows]:
    """The best 20 of each system for one user."""
    shop = engine.shop
    history = shop.history_of(user)
    popular = sources.popularity(shop, finds=True)
    if history is None:
        best = _alone(popular, None)
        return {"popularity": best, "behaviour": best[:0], "content": best[:0], "hybrid": best}
    allowed = without(None, history.indices, len(shop.catalog))
    voices = [sources.user(shop, history, finds=True), sources.taste(shop, history), popular]
    weights = sources.gated(shop, history.nnz, shop.config.blend.recommend)
    together = blend(gather(voices, shop.config.blend.candidates, allowed), weights)
    return {
        "popularity": _alone(popular, allowed),
        "behaviour": _alone(voices[0], allowed),
        "content": _alone(voices[1], allowed),
        "hybrid": together.rows[:K],
    }


def _alone(source: Source, allowed: np.ndarray | None) -> Rows:
    found = gather([source], 200, allowed)
    return found.rows[np.argsort(-found.signals[source.name], kind="stable")[:K]]


def measure(engine: Engine, wanted: Mapping[str, set[str]]) -> Found:
    shop = engine.shop
    users = sorted(wanted)
    chosen = np.sort(np.random.default_rng(1).permutation(len(users))[:USERS])
    found: Found = {name: {} for name in ("all", *USER_SLICES, *ITEM_SLICES)}
    for user in (users[at] for at in chosen):
        history = shop.history_of(user)
        known = 0 if history is None else history.nnz
        rows = shop.catalog.items.rows(list(wanted[user]))
        parts = {"all": rows, _slice(USER_SLICES, known): rows}
        for name in ITEM_SLICES:
            parts[name] = rows[[_slice(ITEM_SLICES, n) == name for n in shop.item_users[rows]]]
        for system, best in lists(engine, user).items():
            for name, part in parts.items():
                if len(part):
                    hits = float(np.isin(part, best).mean())
                    found[name].setdefault(system, []).append(hits)
    return found


def _slice(slices: Mapping[str, tuple[int, int | None]], count: int) -> str:
    return next(name for name, (_, most) in slices.items() if most is None or count <= most)


def show(name: str, found: Found) -> None:
    systems = list(found["all"])
    print(f"{name:12}{'users':>6}{''.join(f'{system:>11}' for system in systems)}", end="")
    print("  hybrid - content    hybrid - behaviour")
    for label, by_system in found.items():
        if not by_system:
            print(f"{label:12}{0:6d}")
            continue
        each = {system: np.array(values) for system, values in by_system.items()}
        figures = "".join(f"{values.mean():11.4f}" for values in each.values())
        for other in ("content", "behaviour"):
            low, high = interval(each["hybrid"] - each[other])
            figures += f"  [{low:+.4f}, {high:+.4f}]"
        print(f"{label:12}{len(each['hybrid']):6d}{figures}", flush=True)


def newcomers() -> None:
    """Strangers who begin with a search, a third of those of the sample shop."""
    shop = load_sample()
    log = shop.events.sort_values("timestamp", kind="stable")
    times = pd.to_datetime(log["timestamp"], unit="s") + pd.Timedelta(hours=8)
    visit = log.groupby("user_id")["session_id"].transform("first")
    first = log.assign(hour=times.dt.hour)[log["session_id"] == visit]
    users = np.array(sorted(log["user_id"].unique()))
    held = users[np.random.default_rng(SEED).random(len(users)) < 1 / 3]
    engine = Engine.build(shop.catalog, log[~log["user_id"].isin(held)], config=CONFIG)
    category = dict(zip(shop.catalog["item_id"], shop.catalog["category"], strict=True))
    rates: dict[str, list[float]] = {}
    for _, visited in first[first["user_id"].isin(held)].groupby("user_id"):
        start, wanted = visited.iloc[0], set(visited["item_id"].iloc[1:])
        wanted -= {start["item_id"]}
        if not isinstance(start["query"], str) or not start["query"] or not wanted:
            continue
        came = {
            "hour": int(start["hour"]),
            "category": category[start["item_id"]],
            "query": start["query"],
        }
        contexts = {"nothing": {}, **{name: {name: came[name]} for name in came}, "all": came}
        for name, context in contexts.items():
            best = set(engine.recommend(k=K, context=context).item_ids)
            rates.setdefault(name, []).append(len(wanted & best) / len(wanted))
    print(f"newcomers: {len(rates['nothing'])}; recall@{K} by what is known of their coming")
    for name, values in rates.items():
        low, high = interval(np.array(values) - np.array(rates["nothing"]))
        print(f"  {name:9} {np.mean(values):.4f}  [{low:+.4f}, {high:+.4f}]", flush=True)


def main() -> None:
    data, *names = sys.argv[1:]
    for name in names or [*LOGS, "newcomers"]:
        if name == "newcomers":
            newcomers()
            continue
        catalog, events = LOGS[name](Path(data))
        left, wanted = split(events)
        show(name, measure(Engine.build(catalog, left, config=CONFIG), wanted))


if __name__ == "__main__":
    main()
