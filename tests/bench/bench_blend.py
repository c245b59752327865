"""Ways to blend words and meaning on product-search, and what blending costs.

    python tests/bench/bench_blend.py DATA

The log-odds blend is fitted to pseudo-queries made from titles (``pseudo_queries.py``), not to the
judged queries, which are only reported. ``pseudo`` are other pseudo-queries with pieces unsaid.
The weight of the dense signal in min-max is chosen on ``pseudo``.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pseudo_queries import pseudo_queries
from rich.console import Console
from rich.table import Table

from semrec import Engine
from semrec.config import Config
from semrec.datasets import load_sample
from semrec.embed.load import load_encoder
from semrec.index.dense import DenseIndex
from semrec.index.lexical import LexicalIndex
from semrec.rank import log_odds
from semrec.rank.blend import blend, reciprocal_ranks
from semrec.rank.context import Context
from semrec.rank.diversify import Diversity
from semrec.rank.reading import Reader
from semrec.rank.retrieve import Source, gather
from semrec.rank.rules import Fitted
from semrec.requests import person_request, search_request
from semrec.state import State
from semrec.text.normalise import normalise
from semrec.text.segment import Segmenter
from semrec.types import Hits

K, DEPTH, PSEUDO = 10, 200, 240
Question = tuple[Hits, int]


def ndcg(ranked: Hits, right: int) -> float:
    """nDCG@10 of one right item."""
    place = np.flatnonzero(ranked.rows[:K] == right)
    return float(1 / np.log2(place[0] + 2)) if len(place) else 0.0


def signals(
    queries: Sequence[tuple[str, str, int]], titles: Sequence[str]
) -> tuple[list[Question], NDArray[np.float32]]:
    """Candidates of each query (for meaning, for words, right row), and the titles' vectors."""
    encoder, segmenter = load_encoder(Config().embed), Segmenter()
    lexical = LexicalIndex.build({"title": list(titles)}, segmenter.terms, Config().lexical)
    vectors = encoder.encode_items(list(titles))
    dense = DenseIndex.build(vectors)
    asked = encoder.encode_queries([text for text, _, _ in queries])
    found = []
    for (_, said, right), vector in zip(queries, asked, strict=True):
        terms = segmenter.terms(said)
        voices = [
            Source(
                "lexical",
                lambda rows, terms=terms: lexical.score_rows(terms, rows),
                lambda k, allowed, terms=terms: lexical.search(terms, k, allowed),
            ),
            Source(
                "dense",
                lambda rows, vector=vector: dense.score_rows(vector, rows),
                lambda k, allowed, vector=vector: dense.search(vector, k, allowed),
            ),
        ]
        found.append((gather(voices, DEPTH), right))
    return found, vectors


def labels(hits: Hits, right: int) -> NDArray[np.float64]:
    """1 for the right candidate."""
    return (hits.rows == right).astype(np.float64)


def cost() -> str:
    """Median milliseconds from 500 gathered candidates of the sample shop to ten hits with reasons.

    Beside the time of the wall that of the processor: on a busy machine they differ.
    """
    sample = load_sample()
    config = {"blend": {"candidates": 400}}
    engine = Engine.build(sample.catalog, sample.events, sample.reviews, config=config)
    state = State.of(engine.shop, engine.encoders)
    users = sample.events["user_id"].value_counts().index[:300:10]
    texts = ("保湿面霜", "蓝牙耳机 通勤", "碎花连衣裙", "猫粮")
    lines = []
    for name in ("search", "recommend"):
        wall, cpu = [], []
        for user, text in product(users, texts):
            request = (
                search_request(state, text, user, None, "blend", True, Context())
                if name == "search"
                else person_request(state, user, None, True, Context())
            )
            assert request is not None
            found = gather(request.voices, 400, request.allowed)
            found = found.take(np.arange(min(len(found), 500)))
            start = time.perf_counter(), time.thread_time()
            state.answerer.listed(request, request.rank(found), K, Diversity(novelty=0.4))
            wall.append(1000 * (time.perf_counter() - start[0]))
            cpu.append(1000 * (time.thread_time() - start[1]))
        lines.append(f"{name} p50 {np.median(wall):.2f} ms, of the processor {np.median(cpu):.2f}")
    return "; ".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    folder = options.data / "product-search"
    with (folder / "catalog.csv").open(encoding="utf-8", newline="") as file:
        catalog = {row["item_id"]: row["title"] for row in csv.DictReader(file)}
    row_of = {item: row for row, item in enumerate(catalog)}
    with (folder / "queries.csv").open(encoding="utf-8", newline="") as file:
        texts = {row["qid"]: normalise(row["query"]) for row in csv.DictReader(file)}
    with (folder / "qrels.csv").open(encoding="utf-8", newline="") as file:
        judged = [
            (texts[row["qid"]], texts[row["qid"]], row_of[row["item_id"]])
            for row in csv.DictReader(file)
        ]
    titles = list(catalog.values())
    made = [(q.text, q.said, q.row) for q in pseudo_queries(titles, Reader(), PSEUDO)]
    questions, _ = signals([*made, *judged], titles)
    pseudo, real = questions[:PSEUDO], questions[PSEUDO:]
    first, second = pseudo[::2], pseudo[1::2]
    fitted = log_odds.fit([(hits, labels(hits, right)) for hits, right in first])

    ways: dict[str, Callable[[Hits], Hits]] = {
        "lexical": lambda hits: blend(hits, {"lexical": 1.0}),
        "dense": lambda hits: blend(hits, {"dense": 1.0}),
        "rrf, k = 60": lambda hits: reciprocal_ranks(hits, {"lexical": 1, "dense": 1}),
        **{
            f"min-max, dense {w}": lambda hits, w=w: blend(hits, {"lexical": 1, "dense": w})
            for w in (0.5, 0.7, 1.0, 1.25, 1.5, 2.0)
        },
        "log-odds": Fitted(fitted, {}).blend,
    }
    table = Table(title="nDCG@10")
    for column in ("blend", f"pseudo ({len(second)})", f"judged ({len(real)})"):
        table.add_column(column)
    for name, way in ways.items():
        means = [np.mean([ndcg(way(h), r) for h, r in part]) for part in (second, real)]
        table.add_row(name, *(f"{mean:.3f}" for mean in means))
    Console().print(table)
    print({name: round(voice.weight, 2) for name, voice in fitted.voices.items()})
    print("blend + diversify + explain, 500 candidates:", cost())


if __name__ == "__main__":
    main()
