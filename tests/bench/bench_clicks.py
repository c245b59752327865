"""Held-out clicks of the sample shop: are scores probabilities, and what does taste bring?

    python tests/bench/bench_clicks.py [--clicks 600]

The shop is built from the first 60 % of the events in time; the log-odds blend is fitted to search
clicks of the next 20 % and measured on the last 20 %. ``exact`` queries leave taste little room
(``rank.personal.exactness`` of one half and more).
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

from semrec import Engine, datasets
from semrec.evaluate.probability import calibration_error
from semrec.rank import lambdamart, log_odds, positions, sources
from semrec.rank.blend import blend
from semrec.rank.personal import PERSONAL, exactness, strength
from semrec.rank.reading import Reader
from semrec.rank.retrieve import gather
from semrec.semantic import Semantic
from semrec.text.normalise import normalise
from semrec.text.segment import Segmenter
from semrec.types import Hits

K, DEPTH = 10, 100


@dataclass
class Click:
    """One search with a click: candidates, what was clicked, and how much taste may count."""

    hits: Hits
    right: int
    place: int
    room: dict[str, float]
    exact: bool


def clicks(engine: Engine, rows: pd.DataFrame, limit: int) -> list[Click]:
    """Searches with candidates and all signals."""
    shop, segmenter, reader = engine.shop, Segmenter(), Reader()
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
        read = reader.query(text)
        room = dict(strength(evidence, read))
        right = shop.catalog.items.row(str(row.item_id))
        found.append(
            Click(
                Hits(hits.rows, hits.scores, signals),
                right,
                int(row.position),
                room,
                exactness(read) >= 0.5,
            )
        )
        if len(found) == limit:
            break
    return found


def labels(click: Click) -> NDArray[np.float64]:
    """1 for what was clicked."""
    return (click.hits.rows == click.right).astype(np.float64)


def ndcg(ranked: Hits, right: int) -> float:
    """nDCG@10 of one right item."""
    place = np.flatnonzero(ranked.rows[:K] == right)
    return float(1 / np.log2(place[0] + 2)) if len(place) else 0.0


def without_taste(hits: Hits) -> Hits:
    """The candidates as a stranger would get them."""
    return Hits(
        hits.rows, hits.scores, {n: v for n, v in hits.signals.items() if n not in PERSONAL}
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=600)
    options = parser.parse_args()
    sample = datasets.load_sample()
    events = sample.events.sort_values("timestamp", kind="stable")
    first, second = int(0.6 * len(events)), int(0.8 * len(events))
    engine = Engine.build(sample.catalog, events.iloc[:first], sample.reviews)
    searches = events[(events["event_type"] == "click") & events["query"].notna()]
    known = set(events.iloc[:first]["user_id"])
    searches = searches[searches["user_id"].isin(known)]
    train = clicks(engine, searches[searches.index.isin(events.index[first:second])],
                   options.clicks)  # fmt: skip
    test = clicks(engine, searches[searches.index.isin(events.index[second:])], options.clicks)

    samples = [(click.hits, labels(click)) for click in train if labels(click).any()]
    seen = positions.usual_propensities(50)
    places = np.array([click.place for click in train if labels(click).any()], dtype=np.int64)
    each = positions.inverse_propensities(places, seen)
    counts = [np.where(right > 0, w, 1.0) for (_, right), w in zip(samples, each, strict=True)]
    plain = log_odds.fit([(without_taste(hits), right) for hits, right in samples])
    fitted = log_odds.fit(samples)
    counter = log_odds.fit(samples, counts=counts)
    trees = lambdamart.fit(samples, trees=60)
    minmax = engine.shop.config.blend.search

    ways: dict[str, Any] = {
        "min-max, no taste": lambda c: blend(without_taste(c.hits), minmax),
        "min-max": lambda c: blend(c.hits, minmax),
        "log-odds, no taste": lambda c: plain.blend(without_taste(c.hits)),
        "log-odds": lambda c: fitted.blend(c.hits),
        "log-odds, taste by evidence": lambda c: fitted.blend(c.hits, c.room),
        "log-odds, clicks by place": lambda c: counter.blend(c.hits),
        "LambdaMART": lambda c: trees.blend(c.hits),
    }
    exact = [click for click in test if click.exact]
    table = Table(title=f"{len(test)} held-out clicks, {len(exact)} of exact queries")
    for column in ("blend", "nDCG@10", "exact", "ECE all", "ECE top 10"):
        table.add_column(column)
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
    Console().print(table)
    print({name: round(voice.weight, 2) for name, voice in fitted.voices.items()})


if __name__ == "__main__":
    main()
