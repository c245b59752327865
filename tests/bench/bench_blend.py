"""Ways to blend words and meaning on product-search, and what blending costs.

    python tests/bench/bench_blend.py DATA

The log-odds blend is fitted to pseudo-queries made from titles (``rank/pseudo.py``), never to the
judged queries, which are only reported. ``pseudo`` are other pseudo-queries with pieces unsaid.
The weight of the dense signal in min-max is chosen on ``pseudo``.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from semrec.config import Config
from semrec.embed.load import load_encoder
from semrec.index.dense import DenseIndex
from semrec.index.lexical import LexicalIndex
from semrec.rank import log_odds
from semrec.rank.blend import blend, reciprocal_ranks
from semrec.rank.diversify import Diversity, Facets, diversify
from semrec.rank.explain import reasons
from semrec.rank.pseudo import pseudo_queries
from semrec.rank.reading import Reader
from semrec.rank.retrieve import Source, gather
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


def cost(fitted: log_odds.LogOddsBlend) -> str:
    """Median milliseconds of blend, diversify and explain for 500 candidates with 6 signals."""
    rng = np.random.default_rng(0)
    names = ["lexical", "dense", "user", "content", "popularity", "reviews"]
    voice = next(iter(fitted.voices.values()))
    full = log_odds.LogOddsBlend(dict.fromkeys(names, voice), fitted.base)
    values = {name: rng.random(500).astype(np.float32) for name in names}
    hits = Hits(np.arange(500), np.zeros(500, np.float32), values)
    vectors = rng.standard_normal((500, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    facets = Facets(vectors, ["甲", "乙"] * 250, ["a", "b", "c", "d"] * 125, {"甲": 1.0})
    wish = Diversity(novelty=0.3, per_brand=5)
    phrases = {name: (lambda row, raw: "匹配") for name in names}
    times = []
    for _ in range(60):
        start = time.perf_counter()
        ranked = full.blend(hits)
        kept = facets_of(ranked, facets)
        listed = diversify(ranked, K, wish, kept).take(np.arange(K))
        reasons(listed, full.contributions(listed), phrases, "相近")
        times.append(1000 * (time.perf_counter() - start))
    return f"p50 {np.median(times):.2f} ms, best {min(times):.2f} ms"


def facets_of(ranked: Hits, facets: Facets) -> Facets:
    """The facets in the order of the ranking; rows are positions here."""
    assert facets.vectors is not None
    return Facets(
        facets.vectors[ranked.rows],
        [facets.categories[i] for i in ranked.rows],
        [facets.brands[i] for i in ranked.rows],
        facets.taste,
    )


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
        "log-odds": fitted.blend,
    }
    table = Table(title="nDCG@10")
    for column in ("blend", f"pseudo ({len(second)})", f"judged ({len(real)})"):
        table.add_column(column)
    for name, way in ways.items():
        means = [np.mean([ndcg(way(h), r) for h, r in part]) for part in (second, real)]
        table.add_row(name, *(f"{mean:.3f}" for mean in means))
    Console().print(table)
    print({name: round(voice.weight, 2) for name, voice in fitted.voices.items()})
    print("blend + diversify + explain, 500 candidates, 6 signals:", cost(fitted))


if __name__ == "__main__":
    main()
