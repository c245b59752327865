"""What variety costs: relevance against diversity and coverage, on the sample shop.

    python tests/bench/bench_diversity.py [--users 400] [--plot FILE.png]

The last fifth of the events is held out in time. Each person with held-out purchases, carts or
favourites gets ten recommendations from the events before, plain and diversified; nDCG@10 is
that of the held-out items, diversity the mean of 1 - cosine in a list (Ziegler et al. 2005),
coverage the share of the catalog in anyone's list, mix the KL divergence of the list's categories
from the person's (Steck 2018).
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from semrec import Engine, datasets
from semrec.rank import sources
from semrec.rank.blend import blend
from semrec.rank.diversify import Diversity, Facets, diversify, intra_list_diversity
from semrec.rank.retrieve import gather
from semrec.types import Hits

K, DEPTH = 10, 100
WISHES: dict[str, Diversity] = {
    "plain": Diversity(),
    **{f"novelty {n}": Diversity(novelty=n) for n in (0.2, 0.4, 0.6, 0.7)},
    **{
        f"novelty {n}, first {keep} kept": Diversity(novelty=n, keep=keep)
        for keep in (3, 4, 5)
        for n in (0.6, 0.7, 0.75, 0.8, 0.9)
    },
    **{f"mix {m}": Diversity(mix=m) for m in (0.3, 0.6, 0.9)},
    "3 a brand": Diversity(per_brand=3),
    "2 a brand": Diversity(per_brand=2),
    "exploration 0.1": Diversity(exploration=0.1),
    "exploration 0.2": Diversity(exploration=0.2),
    "novelty 0.3, 3 a brand": Diversity(novelty=0.3, per_brand=3),
    "novelty 0.3, mix 0.3": Diversity(novelty=0.3, mix=0.3),
    "novelty 0.3, exploration 0.1": Diversity(novelty=0.3, exploration=0.1),
}


@dataclass
class Person:
    """One person's candidates and what they went for later."""

    hits: Hits
    facets: Facets
    later: set[int]


def people(limit: int) -> tuple[list[Person], Any]:
    """Candidates of persons with held-out events, and the shop."""
    sample = datasets.load_sample()
    events = sample.events.sort_values("timestamp", kind="stable")
    cut = int(len(events) * 0.8)
    before, after = events.iloc[:cut], events.iloc[cut:]
    shop = Engine.build(sample.catalog, before, sample.reviews).shop
    wanted = after[after["event_type"].isin(["buy", "cart", "fav"])]
    frame = shop.catalog.frame
    categories, brands = frame["category"].astype(str), frame["brand"].astype(str)
    found: list[Person] = []
    for user, rows in wanted.groupby("user_id")["item_id"]:
        history = shop.history_of(str(user))
        if history is None or not history.nnz:
            continue
        allowed = np.ones(len(shop.catalog), np.bool_)
        allowed[history.indices] = False
        voices = [
            sources.popularity(shop, finds=True),
            sources.user(shop, history, finds=True),
            sources.taste(shop, history),
        ]
        pool = blend(gather(voices, DEPTH, allowed), shop.config.blend.recommend)
        hits = pool.take(np.arange(min(len(pool), 2 * DEPTH)))
        taste: Counter[str] = Counter()
        for row, weight in zip(history.indices, history.data, strict=True):
            taste[categories.iat[int(row)]] += float(weight)
        facets = Facets(
            shop.dense.reconstruct(hits.rows),
            [categories.iat[int(row)] for row in hits.rows],
            [brands.iat[int(row)] for row in hits.rows],
            {name: weight / sum(taste.values()) for name, weight in taste.items()},
            shop.popularity.scores[hits.rows] < np.median(shop.popularity.scores),
        )
        later = {shop.catalog.items.row(str(item)) for item in rows} - set(history.indices.tolist())
        if later:
            found.append(Person(hits, facets, later))
        if len(found) == limit:
            break
    return found, shop


def measure(persons: list[Person], shop: Any, wish: Diversity) -> dict[str, float]:
    """Means over the persons, and milliseconds a list."""
    gains, variety, mixes, shown = [], [], [], set()
    start = time.perf_counter()
    lists = []
    for i, person in enumerate(persons):
        own = replace(wish, seed=i)
        lists.append(diversify(person.hits, K, own, person.facets).rows[:K])
    took = (time.perf_counter() - start) / len(persons)
    names = shop.catalog.frame["category"].astype(str)
    for person, rows in zip(persons, lists, strict=True):
        hit = np.array([int(row) in person.later for row in rows], dtype=np.float64)
        ideal = np.sum(1 / np.log2(np.arange(2, 2 + min(K, len(person.later)))))
        gains.append(float(np.sum(hit / np.log2(np.arange(2, 2 + len(hit)))) / ideal))
        variety.append(intra_list_diversity(shop.dense.reconstruct(rows)))
        shares = Counter(names.iat[int(row)] for row in rows)
        mixes.append(
            sum(
                share * np.log(share / (0.99 * shares[name] / len(rows) + 0.01 * share))
                for name, share in (person.facets.taste or {}).items()
                if share > 0
            )
        )
        shown |= set(rows.tolist())
    return {
        "nDCG@10": float(np.mean(gains)),
        "diversity": float(np.mean(variety)),
        "coverage@10": len(shown) / len(shop.catalog),
        "mix KL": float(np.mean(mixes)),
        "ms": 1000 * took,
    }


def draw(results: dict[str, dict[str, float]], path: Path) -> None:
    """The trade-off: relevance kept against diversity gained."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    plain = results["plain"]
    figure, axes = plt.subplots(1, 2, figsize=(11, 4.5))
    for axis, key in zip(axes, ("diversity", "coverage@10"), strict=True):
        for name, found in results.items():
            x, y = found[key] / plain[key] - 1, found["nDCG@10"] / plain["nDCG@10"] - 1
            axis.plot(100 * x, 100 * y, "o")
            axis.annotate(name, (100 * x, 100 * y), fontsize=7)
        axis.axhline(-2, linestyle=":", color="grey")
        axis.set_xlabel(f"{key}, % more than plain")
        axis.set_ylabel("nDCG@10, % of plain")
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main() -> None:
    """Print the table, and draw it if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=400)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    persons, shop = people(options.users)
    results = {name: measure(persons, shop, wish) for name, wish in WISHES.items()}
    table = Table(title=f"{len(persons)} persons, {len(shop.catalog)} items")
    table.add_column("wish")
    for name in results["plain"]:
        table.add_column(name, justify="right")
    table.add_column("nDCG kept", justify="right")
    table.add_column("diversity gained", justify="right")
    for wish, found in results.items():
        plain = results["plain"]
        table.add_row(
            wish,
            *(f"{value:.3f}" for value in found.values()),
            f"{found['nDCG@10'] / plain['nDCG@10'] - 1:+.1%}",
            f"{found['diversity'] / plain['diversity'] - 1:+.1%}",
        )
    Console(width=120).print(table)
    if options.plot:
        draw(results, options.plot)


if __name__ == "__main__":
    main()
