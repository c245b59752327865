"""Query understanding on judged Taobao queries: categories, attributes, kinds, latency.

    python tests/bench/bench_understanding.py [--data FOLDER] [--lexical] [--misses]

The lexicon is mined from ``product-search`` titles and its unlabelled query log.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from semrec.config import EmbedConfig, LexicalConfig
from semrec.data import catalog as catalogs
from semrec.embed.load import load_encoder
from semrec.embed.protocol import Encoder
from semrec.index.lexical import LexicalIndex
from semrec.rank.classify import Evidence, classify
from semrec.text.kind import KIND_NAMES, read_kind
from semrec.text.mining.mine import mine
from semrec.text.normalise import normalise
from semrec.text.segment import Segmenter
from semrec.text.understand import Understander
from semrec.types import Vectors

_ALIASES = {
    "款式/风格": "款式风格",
    "人群": "适用人群",
    "功能效果": "功能",
}
"""Names in the judged file → names here."""
_LOG_QUERIES = 2000


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


class Catalog:
    """Titles of the catalog as evidence for categories."""

    def __init__(self, titles: Sequence[str], encoder: Encoder | None) -> None:
        self.titles = titles
        self.encoder = encoder
        self.segmenter = Segmenter()
        self.index = LexicalIndex.build({"title": titles}, self.segmenter.terms, LexicalConfig())
        self.vectors: Vectors | None = encoder.encode_items(titles) if encoder else None

    def evidence(self, query: str, k: int = 20) -> Evidence:
        """The best items by the mean of both legs, each stretched to [0, 1]."""
        terms = self.segmenter.terms(query)
        rows = self.index.search(terms, 30).rows
        cosines = None
        if self.encoder is not None and self.vectors is not None:
            cosines = self.vectors @ self.encoder.encode_queries([query])[0]
            rows = np.union1d(rows, np.argsort(-cosines)[:30])
        bm25 = self.index.score_rows(terms, rows)
        scores = bm25 / max(float(bm25.max(initial=0)), 1e-9)
        if cosines is not None:
            near = cosines[rows]
            scores = scores + (near - near.min()) / max(float(np.ptp(near)), 1e-9)
        order = np.argsort(-scores, kind="stable")[:k]
        best = float(scores[order[0]]) if len(order) else 1.0
        weights = ((scores[order] / max(best, 1e-9)) ** 4).astype(np.float32)
        vectors = None if self.vectors is None else self.vectors[rows[order]]
        return Evidence([self.titles[r] for r in rows[order]], weights, (), vectors)


def categories(data: Path, understander: Understander, catalog: Catalog, misses: bool) -> None:
    """Share of queries whose likeliest candidate is right."""
    rows = _rows(data / "query-understanding/query_category.csv")
    encoders = [None] if catalog.encoder is None else [None, catalog.encoder]
    print(f"category: {len(rows)} queries, candidates given\n  system                 top-1   NLL")
    for encoder in encoders:
        for with_evidence in (False, True):
            right, loss, wrong = 0, 0.0, []
            for row in rows:
                query, gold = row["query"], set(row["gold"].split(","))
                evidence = catalog.evidence(query) if with_evidence else None
                product = understander.understand(query).product
                labels = row["candidates"].split(",")
                ranked = classify(query, labels, encoder, product=product, evidence=evidence)
                right += ranked[0][0] in gold
                loss -= float(np.log(max(sum(p for name, p in ranked if name in gold), 1e-9)))
                if ranked[0][0] not in gold:
                    wrong.append((query, product, ranked[0][0], row["gold"]))
            name = ("name" if encoder is None else "name+meaning") + "+evidence" * with_evidence
            print(f"  {name:22s} {right / len(rows):.3f}  {loss / len(rows):.2f}")
    for miss in wrong if misses else []:
        print("   ", *miss)


def attributes(data: Path, understander: Understander, misses: bool) -> None:
    """Share of judged values that are found, exact after normalising."""
    rows = _rows(data / "query-understanding/query_attribute.csv")
    found = named = count = 0
    wrong = []
    for row in rows:
        intent = understander.understand(row["query"])
        value, name = normalise(row["value"]), _ALIASES.get(row["attribute"], row["attribute"])
        values = {v for each in intent.attributes.values() for v in each}
        count += sum(len(each) for each in intent.attributes.values())
        found += value in values
        named += value in intent.attributes.get(name, ())
        if value not in values:
            wrong.append((row["query"], row["attribute"], value, dict(intent.attributes)))
    n = len(rows)
    print(f"attribute: {n} queries, one judged value each")
    print(f"  value found {found / n:.3f}, with the right name {named / n:.3f}, ", end="")
    print(f"values given a query {count / n:.2f}, judged among the given {found / count:.3f}")
    for miss in wrong if misses else []:
        print("   ", *miss)


def kinds(data: Path, misses: bool) -> None:
    """Share of questions whose kind is right; the most frequent kind alone is the baseline."""
    rows = _rows(data / "query-understanding/query_intent.csv")
    named = [(row["query"], row["intent"]) for row in rows]
    wrong = [
        (query, found, gold)
        for query, gold in named
        if (found := KIND_NAMES[read_kind(normalise(query))]) != gold
    ]
    usual = max(Counter(gold for _, gold in named).values())
    n = len(rows)
    print(f"kind: {n} questions, right {1 - len(wrong) / n:.3f}, always the usual {usual / n:.3f}")
    for miss in wrong if misses else []:
        print("   ", *miss)


def latency(data: Path, understander: Understander) -> None:
    """Milliseconds of ``understand`` on log queries, without an encoder."""
    log = (data / "product-search/query_log.txt").read_text(encoding="utf-8").splitlines()
    times = []
    for query in log[:: len(log) // _LOG_QUERIES]:
        start = time.perf_counter()
        understander.understand(query)
        times.append(1000 * (time.perf_counter() - start))
    p50, p95 = np.percentile(times, [50, 95])
    print(f"latency: {len(times)} log queries, p50 {p50:.2f} ms, p95 {p95:.2f} ms")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("SEMREC_DATA", ".")))
    parser.add_argument("--lexical", action="store_true", help="without an encoder")
    parser.add_argument("--misses", action="store_true", help="print what is wrong")
    options = parser.parse_args()
    items, _ = catalogs.load(options.data / "product-search/catalog.csv")
    log = (options.data / "product-search/query_log.txt").read_text(encoding="utf-8").splitlines()
    encoder = None if options.lexical else load_encoder(EmbedConfig())
    understander = Understander(mine(items, log), Segmenter().words)
    categories(options.data, understander, Catalog(items.texts("title"), encoder), options.misses)
    attributes(options.data, understander, options.misses)
    kinds(options.data, options.misses)
    latency(options.data, understander)


if __name__ == "__main__":
    main()
