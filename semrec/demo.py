"""The demo: build the bundled sample shop, and ask it the four questions."""

from __future__ import annotations

import sys
from pathlib import Path

from semrec.datasets import load_sample
from semrec.engine import Engine
from semrec.results import Results


def run(out: Path) -> list[Results]:
    """Build the sample shop into ``out`` and return the answers, from search to bundle."""
    sample = load_sample()
    print(
        f"sample shop: {len(sample.catalog):,} products, {len(sample.events):,} events, "
        f"{len(sample.reviews):,} reviews",
        file=sys.stderr,
    )
    engine = Engine.build(sample.catalog, sample.events, sample.reviews)
    engine.save(out)
    activity = sample.events["user_id"].value_counts()
    regular = str(activity.index[len(activity) // 2])
    item = next(iter(sample.truth.bundles))
    return [
        engine.search("送女友的生日礼物", k=5, filters={"category": "美妆", "price": (None, 500)}),
        engine.search("降噪耳机 通勤", user=regular, k=5),
        engine.recommend(regular, k=5),
        engine.recommend("新来的顾客", k=5),
        engine.similar(item, k=5),
        engine.bundle(item, k=5),
    ]
