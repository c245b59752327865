"""What variety costs: relevance against diversity and coverage, on the sample shop.

    python tests/bench/bench_diversity.py [--lists 800] [--seed 7] [--plot FILE.png]

An engine of the first 80 % of the events in time answers for the last fifth: recommendations for
persons who went for something new, and searches that ended in a click. nDCG@10 is that of what they
went for; diversity the mean of 1 - cosine in a list (Ziegler et al. 2005), ``kinds`` the share of
its pairs that are of two categories; coverage the share of the catalog in anyone's list; mix the
KL divergence of the list's categories from the person's (Steck 2018). The settings of
``[diversity]`` were chosen on the shops of seeds 11 and 12.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from semrec import Engine
from semrec.answer import Request
from semrec.data.sample.sample import make_sample
from semrec.rank.context import Context
from semrec.rank.diversify import POOL, Diversity, Facets, diversify, intra_list_diversity
from semrec.requests import person_request, search_request
from semrec.shop import Shop
from semrec.state import State
from semrec.types import Hits

K = 10
WISHES: dict[str, Diversity] = {
    "plain": Diversity(),
    **{f"novelty {n}": Diversity(novelty=n) for n in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)},
    "novelty 0.5, 4 kept": Diversity(novelty=0.5, keep=4),
    **{f"mix {m}": Diversity(mix=m) for m in (0.3, 0.6, 0.9)},
    "novelty 0.4, mix 0.3": Diversity(novelty=0.4, mix=0.3),
    "3 a brand": Diversity(per_brand=3),
    "2 a brand": Diversity(per_brand=2),
    "4 a category": Diversity(per_category=4),
    **{f"tail {n}": Diversity(tail=n) for n in (0.1, 0.2)},
    "exploration 0.1": Diversity(exploration=0.1),
    "novelty 0.4, exploration 0.1": Diversity(novelty=0.4, exploration=0.1),
}
Figures = dict[str, float]


@dataclass
class Question:
    """One question's ranked candidates, and what the person went for later."""

    hits: Hits
    facets: Facets
    later: set[int]


def recommendations(state: State, later: pd.DataFrame, limit: int) -> list[Question]:
    """Persons of the log with what they went for and had not dealt with before."""
    found: list[Question] = []
    for user, items in later.groupby("user_id")["item_id"]:
        request = person_request(state, str(user), None, True, Context())
        if request.history is None or len(found) == limit:
            continue
        rows = set(state.shop.catalog.items.rows(items).tolist())
        new = rows - set(request.history.indices.tolist())
        if new:
            found.append(_question(state, request, new))
    return found


def searches(state: State, later: pd.DataFrame, limit: int) -> list[Question]:
    """Searches with a click."""
    clicks = later[(later["event_type"] == "click") & later["query"].notna()]
    found = []
    for row in clicks.sample(min(limit, len(clicks)), random_state=0).itertuples():
        request = search_request(
            state, str(row.query), str(row.user_id), None, "blend", True, Context()
        )
        if request is not None:
            right = state.shop.catalog.items.row(str(row.item_id))
            found.append(_question(state, request, {right}))
    return found


def _question(state: State, request: Request, later: set[int]) -> Question:
    ranked = state.answerer.ranked(request, K)
    every = Diversity(novelty=1, mix=1, per_brand=1, tail=1)
    facets = state.answerer.facets(ranked.rows[:POOL], request, every)
    # New is what the fewest have touched: the sample's newest items have no later events.
    counts = state.shop.item_users[ranked.rows[:POOL]]
    return Question(ranked, replace(facets, new=counts <= np.quantile(counts, 0.1)), later)


def measure(questions: list[Question], shop: Shop, wish: Diversity) -> Figures:
    """Means over the questions, and milliseconds a list."""
    start = time.perf_counter()
    lists = [
        diversify(question.hits, K, replace(wish, seed=i), question.facets).rows[:K]
        for i, question in enumerate(questions)
    ]
    took = (time.perf_counter() - start) / len(questions)
    names = shop.catalog.frame["category"].astype(str).to_numpy()
    gains, variety, kinds, mixes = [], [], [], []
    for question, rows in zip(questions, lists, strict=True):
        hit = np.array([int(row) in question.later for row in rows], dtype=np.float64)
        ideal = np.sum(1 / np.log2(np.arange(2, 2 + min(K, len(question.later)))))
        gains.append(float(np.sum(hit / np.log2(np.arange(2, 2 + len(hit)))) / ideal))
        variety.append(intra_list_diversity(shop.dense.reconstruct(rows)))
        other = names[rows][:, None] != names[rows][None]
        kinds.append(other.sum() / max(len(rows) * (len(rows) - 1), 1))
        mixes.append(_divergence(Counter(names[rows].tolist()), question.facets.taste or {}))
    shown = np.unique(np.concatenate(lists))
    return {
        "nDCG@10": float(np.mean(gains)),
        "diversity": float(np.mean(variety)),
        "kinds": float(np.mean(kinds)),
        "coverage@10": len(shown) / len(shop.catalog),
        "mix KL": float(np.mean(mixes)),
        "ms": 1000 * took,
    }


def _divergence(shares: Counter[str], taste: Mapping[str, float]) -> float:
    whole = sum(shares.values())
    return sum(
        share * float(np.log(share / (0.99 * shares[name] / whole + 0.01 * share)))
        for name, share in taste.items()
        if share > 0
    )


def table(title: str, results: Mapping[str, Figures]) -> Table:
    """All figures, and what was paid and gained against the plain ranking."""
    plain = results["plain"]
    shown = Table("wish", title=title)
    for name in (*plain, "nDCG", "diversity", "kinds", "coverage"):
        shown.add_column(name, justify="right")
    for wish, found in results.items():
        changes = [
            f"{found[name] / plain[name] - 1:+.1%}"
            for name in ("nDCG@10", "diversity", "kinds", "coverage@10")
        ]
        shown.add_row(wish, *(f"{value:.3f}" for value in found.values()), *changes)
    return shown


def draw(results: Mapping[str, Mapping[str, Figures]], path: Path) -> None:
    """The trade-off: relevance kept against diversity gained, a panel a question."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, len(results), figsize=(6 * len(results), 4.5))
    for axis, (title, found) in zip(axes, results.items(), strict=True):
        plain = found["plain"]
        curve = [name for name in found if name.startswith("novelty") and "," not in name]
        for name in found:
            x = 100 * (found[name]["diversity"] / plain["diversity"] - 1)
            y = 100 * (found[name]["nDCG@10"] / plain["nDCG@10"] - 1)
            axis.plot(x, y, "o", color="C0" if name in curve else "C1")
            axis.annotate(name, (x, y), fontsize=7)
        axis.axhline(-2, linestyle=":", color="grey")
        axis.axvline(25, linestyle=":", color="grey")
        axis.set(xlabel="diversity, % more than plain", ylabel="nDCG@10, % of plain", title=title)
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main() -> None:
    """Print the tables, and draw them if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lists", type=int, default=800)
    parser.add_argument("--seed", type=int, default=7, help="of the sample shop")
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    sample = make_sample(options.seed)
    events = sample.events.sort_values("timestamp", kind="stable")
    cut = int(len(events) * 0.8)
    engine = Engine.build(sample.catalog, events.iloc[:cut], sample.reviews)
    state, later = State.of(engine.shop, engine.encoders), events.iloc[cut:]
    asked = {
        "recommend": recommendations(state, later, options.lists),
        "search": searches(state, later, options.lists),
    }
    results = {
        name: {wish: measure(questions, state.shop, how) for wish, how in WISHES.items()}
        for name, questions in asked.items()
    }
    for name, found in results.items():
        title = f"{name}: {len(asked[name])} lists, {len(state.shop.catalog)} items"
        Console(width=140).print(table(title, found))
    if options.plot:
        draw(results, options.plot)


if __name__ == "__main__":
    main()
