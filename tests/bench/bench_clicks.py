"""Held-out search clicks of the sample shop: what does taste bring, and are scores probabilities?

    python tests/bench/bench_clicks.py [--clicks 800] [--seed 7]

First the engine as it is, built on the first 80 % of the events in time and asked what people
searched in the last 20 %, with and without telling it who asks and what this person has looked at
in this visit before the click; ``exact`` are queries that leave taste little room
(``rank.personal.exactness`` of one half and more). The settings of ``[personal]`` were chosen on
the shops of seeds 1 to 4, whose clicks and tastes are other ones. A visit of the sample shop holds
one search, so what was looked at before are results of the same query.

Then blends that are fitted to clicks: an engine of the first 60 %, fitted to search clicks of the
next 20 %, measured on the last 20 %.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from semrec import Engine
from semrec.data.sample.sample import Sample, make_sample
from semrec.evaluate.probability import calibration_error
from semrec.rank import lambdamart, log_odds, positions, sources
from semrec.rank.blend import blend
from semrec.rank.personal import PERSONAL, exactness, shares, strength
from semrec.rank.retrieve import gather
from semrec.rank.rules import Fitted
from semrec.semantic import Semantic
from semrec.text.normalise import normalise
from semrec.text.segment import Segmenter
from semrec.types import Hits

K, DEPTH = 10, 100


class Visits:
    """What was looked at in each session of a log, by time."""

    def __init__(self, events: pd.DataFrame) -> None:
        self._by_name = dict(tuple(events.groupby("session_id")))

    def before(self, row: Any) -> list[str]:
        """Items of the session of an event before it, oldest first."""
        visit = self._by_name[row.session_id]
        return [str(item) for item in visit["item_id"][visit["timestamp"] < row.timestamp]]


@dataclass
class Click:
    """One search with a click: candidates, what was clicked, and how much taste may count."""

    hits: Hits
    right: int
    place: int
    room: dict[str, float]
    exact: bool


def gain(place: int) -> float:
    """nDCG@10 of one right item at a place from 0; -1 where it is not in the list."""
    return float(1 / np.log2(place + 2)) if 0 <= place < K else 0.0


def searches(events: pd.DataFrame, known: set[str], limit: int, seed: int) -> pd.DataFrame:
    """Search clicks of persons who are known, at most so many, drawn by the seed."""
    rows = events[(events["event_type"] == "click") & events["query"].notna()]
    rows = rows[rows["user_id"].isin(known)]
    return rows.sample(min(limit, len(rows)), random_state=seed)


def personal(engine: Engine, rows: pd.DataFrame, visits: Visits) -> Table:
    """The engine with and without the person and the visit, over all and over exact queries."""
    ways: dict[str, tuple[bool, bool]] = {
        "nobody": (False, False),
        "the person": (True, False),
        "the visit": (False, True),
        "the person in the visit": (True, True),
    }
    exact = np.array([exactness(normalise(str(query))) >= 0.5 for query in rows["query"]])
    before = [visits.before(row) for row in rows.itertuples()]
    inside = np.array([bool(items) for items in before])
    table = Table("who asks", "nDCG@10", "gain", "standard error", "exact", "later in a visit")
    table.title = (
        f"engine.search, {len(rows)} held-out clicks, {exact.sum()} of exact queries, "
        f"{inside.sum()} later in a visit"
    )
    alone = np.empty(0)
    for name, (known, visited) in ways.items():
        gains = []
        for row, items in zip(rows.itertuples(), before, strict=True):
            user, session = str(row.user_id) if known else None, items if visited else []
            found = engine.search(str(row.query), user, K, context={"session": session}).item_ids
            gains.append(gain(found.index(row.item_id) if row.item_id in found else -1))
        every = np.array(gains)
        alone = every if name == "nobody" else alone
        error = float(np.std(every - alone) / np.sqrt(len(every)) / alone.mean())
        table.add_row(
            name,
            f"{every.mean():.3f}",
            f"{every.mean() / alone.mean() - 1:+.1%}",
            f"{error:.1%}",
            *(f"{every[part].mean():.3f}" if part.any() else "" for part in (exact, inside)),
        )
    return table


def ceiling(engine: Engine, rows: pd.DataFrame, sample: Sample) -> Table:
    """What the planted taste would bring, were it known: its log-odds beside a stranger's scores.

    The weights are the best for these very clicks, so that no engine can do better by taste alone;
    it can by knowing what was seen before, since people come back to it.
    """
    frame, truth = engine.shop.catalog.frame, sample.truth
    ids, kinds = list(truth.item_tiers), list(truth.product_type.values())
    texts = (frame["title"] + frame["attributes"].astype(str)).tolist()
    tiers = np.array([truth.item_tiers[item] for item in ids])
    counts = sample.events["item_id"].value_counts().reindex(ids).fillna(0).to_numpy(np.float64)
    questions = []
    for row in rows.itertuples():
        hits = engine.search(str(row.query), k=DEPTH, context={"session": []})
        at = np.array([ids.index(item) for item in hits.item_ids])
        likes = dict(
            zip(truth.tastes[row.user_id], truth.favourite_traits[row.user_id], strict=True)
        )
        trait = [kinds[i] in likes and likes[kinds[i]] in texts[i] for i in at]
        taste = 1.4 * (tiers[at] == truth.price_tiers[row.user_id]) + 1.3 * np.array(trait)
        scores = np.array([hit.score for hit in hits])
        questions.append((scores, taste, np.log1p(counts[at]), at == ids.index(row.item_id)))

    def mean(taste: float, popular: float) -> float:
        gains = []
        for scores, liking, counted, right in questions:
            order = np.argsort(-(scores + taste * liking + popular * counted), kind="stable")
            place = np.flatnonzero(right[order])
            gains.append(gain(int(place[0]) if len(place) else -1))
        return float(np.mean(gains))

    steps = (0.0, 0.03, 0.06, 0.1, 0.15)
    table = Table("what is known", "nDCG@10", "gain", title="the ceiling, by what was planted")
    plain = mean(0, 0)
    for name, tried in (
        ("nothing", [(0.0, 0.0)]),
        ("popularity in the whole log", [(0.0, p) for p in steps]),
        ("tier and traits that a person favours", [(t, 0.0) for t in steps]),
        ("both", [(t, p) for t in steps for p in steps]),
    ):
        best = max(mean(*weights) for weights in tried)
        table.add_row(name, f"{best:.3f}", f"{best / plain - 1:+.1%}")
    return table


def clicks(engine: Engine, rows: pd.DataFrame) -> list[Click]:
    """Searches with candidates and all signals."""
    shop, segmenter = engine.shop, Segmenter()
    semantic = Semantic(shop, engine.encoders)
    found: list[Click] = []
    for row in rows.itertuples():
        history = shop.history_of(str(row.user_id))
        text = normalise(str(row.query))
        voices = [
            sources.lexical(shop, segmenter.terms(text)),
            sources.dense(semantic.items(), semantic.query(text)),
            sources.popularity(shop, finds=False),
        ]
        evidence = 0.0
        if history is not None and history.nnz:
            voices.append(sources.user(shop, history, finds=False))
            voices.append(sources.taste(shop, history))
            evidence = float(history.data.sum())
        hits = gather(voices[:2], DEPTH)
        signals = {voice.name: voice.score(hits.rows) for voice in voices}
        exact = exactness(text)
        found.append(
            Click(
                Hits(hits.rows, hits.scores, signals),
                shop.catalog.items.row(str(row.item_id)),
                int(row.position),
                dict(shares(strength(evidence, exact))),
                exact >= 0.5,
            )
        )
    return found


def labels(click: Click) -> NDArray[np.float64]:
    """1 for what was clicked."""
    right: NDArray[np.float64] = (click.hits.rows == click.right).astype(np.float64)
    return right


def ndcg(ranked: Hits, right: int) -> float:
    """nDCG@10 of one right item."""
    place = np.flatnonzero(ranked.rows[:K] == right)
    return gain(int(place[0])) if len(place) else 0.0


def without_taste(hits: Hits) -> Hits:
    """The candidates as a stranger would get them."""
    return Hits(
        hits.rows, hits.scores, {n: v for n, v in hits.signals.items() if n not in PERSONAL}
    )


def fitted_to_clicks(engine: Engine, train: list[Click], test: list[Click]) -> Table:
    """Blends that learn from clicks, and how far their scores are from probabilities."""
    samples = [(click.hits, labels(click)) for click in train if labels(click).any()]
    seen = positions.usual_propensities(50)
    places = np.array([click.place for click in train if labels(click).any()], dtype=np.int64)
    each = positions.inverse_propensities(places, seen)
    counts = [np.where(right > 0, w, 1.0) for (_, right), w in zip(samples, each, strict=True)]
    plain = log_odds.fit([(without_taste(hits), right) for hits, right in samples])
    fitted = log_odds.fit(samples)
    counter = log_odds.fit(samples, counts=counts)
    trees = lambdamart.fit(samples, trees=60)
    plain_trees = lambdamart.fit([(without_taste(hits), r) for hits, r in samples], trees=60)
    weights = engine.shop.config.blend.search

    ways: dict[str, Any] = {
        "weighted mean, no taste": lambda c: blend(without_taste(c.hits), weights),
        "weighted mean": lambda c: blend(c.hits, weights),
        "log-odds, no taste": lambda c: Fitted(plain, {}).blend(without_taste(c.hits)),
        "log-odds": lambda c: Fitted(fitted, {}).blend(c.hits),
        "log-odds, taste by evidence": lambda c: Fitted(fitted, c.room).blend(c.hits),
        "log-odds, clicks by place": lambda c: Fitted(counter, {}).blend(c.hits),
        "LambdaMART, no taste": lambda c: plain_trees.blend(without_taste(c.hits)),
        "LambdaMART": lambda c: trees.blend(c.hits),
    }
    exact = [click for click in test if click.exact]
    table = Table("blend", "nDCG@10", "exact", "ECE all", "ECE top 10")
    table.title = f"fitted to {len(samples)} clicks, {len(test)} later ones, {len(exact)} exact"
    for name, way in ways.items():
        ranked = [way(click) for click in test]
        mean = np.mean([ndcg(h, c.right) for h, c in zip(ranked, test, strict=True)])
        only = np.mean([ndcg(way(c), c.right) for c in exact]) if exact else np.nan
        errors = ["", ""]
        if "log-odds" in name:
            for i, depth in enumerate((10_000, K)):
                said = np.concatenate([h.scores[:depth] for h in ranked])
                true = np.concatenate(
                    [h.rows[:depth] == c.right for h, c in zip(ranked, test, strict=True)]
                )
                errors[i] = f"{calibration_error(said, true):.4f}"
        table.add_row(name, f"{mean:.3f}", f"{only:.3f}", *errors)
    table.caption = str({name: round(voice.weight, 2) for name, voice in fitted.voices.items()})
    return table


def built(sample: Sample, events: pd.DataFrame, share: float) -> tuple[Engine, set[str]]:
    """An engine of the first part of the events, and the persons it knows."""
    before = events.iloc[: int(share * len(events))]
    return Engine.build(sample.catalog, before, sample.reviews), set(before["user_id"])


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=800)
    parser.add_argument("--seed", type=int, default=7, help="of the sample shop")
    options = parser.parse_args()
    sample = make_sample(options.seed)
    events = sample.events.sort_values("timestamp", kind="stable")
    first, second = int(0.6 * len(events)), int(0.8 * len(events))
    console = Console(width=100)

    engine, known = built(sample, events, 0.8)
    later = searches(events.iloc[second:], known, options.clicks, 0)
    console.print(personal(engine, later, Visits(events)))
    console.print(ceiling(engine, later, sample))
    engine, known = built(sample, events, 0.6)
    train = searches(events.iloc[first:second], known, options.clicks, 0)
    test = searches(events.iloc[second:], known, options.clicks, 0)
    console.print(fitted_to_clicks(engine, clicks(engine, train), clicks(engine, test)))


if __name__ == "__main__":
    main()
