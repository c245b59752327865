"""The rules of the blend on what people searched and took: held-out clicks of the sample shop.

    python tests/bench/bench_rules.py [--clicks 400] [--seed 11]

An engine of the first 80 % of the events in time is asked what was searched in the last 20 %, with
each rule, for nobody and for the person; ``ECE`` is the calibration error of the first ten scores
against what was clicked, for the rules whose scores are probabilities. The rules that learn, learn
from the search clicks of the first 80 %.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from bench_clicks import K, built, gain, searches
from rich.console import Console
from rich.table import Table

from semrec.data.sample.sample import make_sample
from semrec.evaluate.probability import calibration_error

RULES = ("log-odds", "fitted", "trees", "weighted", "ranks")
PROBABLE = frozenset({"log-odds", "fitted"})


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=400)
    parser.add_argument("--seed", type=int, default=11, help="of the sample shop")
    options = parser.parse_args()
    sample = make_sample(options.seed)
    events = sample.events.sort_values("timestamp", kind="stable")
    engine, known = built(sample, events, 0.8)
    rows = searches(events.iloc[int(0.8 * len(events)) :], known, options.clicks, 0)
    table = Table(
        "rule", "nobody", "the person", "ECE", "fit s", title=f"nDCG@{K}, {len(rows)} clicks"
    )
    for rule in RULES:
        config = engine.shop.config
        blend = config.blend.model_copy(update={"rule": rule})
        began = time.perf_counter()
        ruled = engine.with_config(config.model_copy(update={"blend": blend}))
        seconds = time.perf_counter() - began
        gains: dict[bool, list[float]] = {False: [], True: []}
        said, right = [], []
        for row in rows.itertuples():
            for personal in gains:
                user = str(row.user_id) if personal else None
                hits = ruled.search(str(row.query), user=user, k=K)
                ids = hits.item_ids
                gains[personal].append(gain(ids.index(row.item_id) if row.item_id in ids else -1))
            said += [hit.score for hit in hits]
            right += [item == row.item_id for item in ids]
        error = calibration_error(np.array(said), np.array(right)) if rule in PROBABLE else None
        table.add_row(
            rule,
            f"{np.mean(gains[False]):.3f}",
            f"{np.mean(gains[True]):.3f}",
            "" if error is None else f"{error:.3f}",
            f"{seconds:.1f}",
        )
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
