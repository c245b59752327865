"""Relevance of hard pairs of query and title: AUC and calibration error, beside simple scores.

    python tests/bench/bench_relevance.py [--pairs tests/rank/hard_pairs.tsv]

``held out`` figures (fitted to the other two thirds of the queries) stand in
semrec/rank/assets/relevance.provenance.json; the weights that ship have seen all pairs, so the rows
"shipped" below show what they hold, not what they predict.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from semrec import datasets
from semrec.config import Config
from semrec.embed.load import load_encoder
from semrec.evaluate.probability import auc, calibration_error
from semrec.rank.relevance import Relevance
from semrec.text.normalise import normalise

PAIRS = Path(__file__).resolve().parents[1] / "rank" / "hard_pairs.tsv"


def overlap(query: str, title: str) -> float:
    """Share of the query's characters that the title has."""
    own = set(normalise(query))
    return len(own & set(normalise(title))) / max(len(own), 1)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, default=PAIRS)
    options = parser.parse_args()
    with options.pairs.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    right = np.array([row["label"] == "1" for row in rows])
    pairs = [(row["query"], row["title"]) for row in rows]

    encoder = load_encoder(Config().embed)
    queries = encoder.encode_queries([query for query, _ in pairs])
    titles = encoder.encode_items([title for _, title in pairs])
    sample = datasets.load_sample().catalog["title"].astype(str).tolist()[::10]
    background = encoder.encode_items(sample)
    scores = {
        "characters in common": np.array([overlap(*pair) for pair in pairs]),
        "cosine": (queries * titles).sum(axis=1),
    }
    seconds = {}
    for name, model in (
        ("shipped, by words alone", Relevance()),
        ("shipped, with the encoder", Relevance(encoder, background)),
    ):
        start = time.perf_counter()
        said = [
            model.probabilities(query, [title], titles[i : i + 1])[0]
            for i, (query, title) in enumerate(pairs)
        ]
        seconds[name], scores[name] = time.perf_counter() - start, np.array(said)

    table = Table(title=f"{len(pairs)} pairs")
    for column in ("score", "AUC", "ECE", "right above wrong", "ms a pair"):
        table.add_column(column)
    for name, values in scores.items():
        pairwise = np.mean(values[right] > values[~right])
        is_chance = name in seconds
        error = f"{calibration_error(values, right):.3f}" if is_chance else ""
        took = f"{1000 * seconds[name] / len(pairs):.1f}" if is_chance else ""
        table.add_row(
            name, f"{auc(values[None], right[None])[0]:.3f}", error, f"{pairwise:.3f}", took
        )
    Console().print(table)
    kinds: dict[str, list[bool]] = defaultdict(list)
    best = scores["shipped, with the encoder"]
    for i in np.flatnonzero(~right):
        kinds[rows[i]["kind"]].append(bool(best[i - 1] > best[i]))
    print({kind: (round(float(np.mean(won)), 2), len(won)) for kind, won in kinds.items()})
    provenance = Path(datasets.__file__).parent / "rank/assets/relevance.provenance.json"
    print(json.loads(provenance.read_text(encoding="utf-8"))["a third of the queries held out"])


if __name__ == "__main__":
    main()
