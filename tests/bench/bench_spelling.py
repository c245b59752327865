"""Spelling and suggest: how good, how fast. ``python tests/bench/bench_spelling.py DATA``."""

from __future__ import annotations

import csv
import random
import sys
import time
from pathlib import Path

import numpy as np

from semrec.text.pinyin import phrase_reading
from semrec.text.spelling import Speller
from semrec.text.suggest import Suggester


def judge(name: str, speller: Speller, pairs: list[tuple[str, str]], show: bool) -> None:
    """Print exact match on the queries that need a correction, changes on the others, latency."""
    right, changed, times = 0, 0, []
    for query, meant in pairs:
        start = time.perf_counter()
        found = speller.correct(query)
        times.append(1000 * (time.perf_counter() - start))
        right += query != meant and found.text == meant
        changed += query == meant and found.text != query
        if show and (query != meant or found.text != query):
            print(f"    {query} → {found.text} ({meant})", [str(c.slip) for c in found.changes])
    wrong = sum(query != meant for query, meant in pairs)
    p50, p95 = np.percentile(times, [50, 95])
    print(
        f"{name}: exact {right}/{wrong} = {right / wrong:.3f}, right ones changed "
        f"{changed}/{len(pairs) - wrong} = {changed / (len(pairs) - wrong):.3f}, "
        f"p50 {p50:.1f} ms, p95 {p95:.1f} ms"
    )


def typed_prefixes(queries: list[str], rng: random.Random) -> list[str]:
    """What people would have typed so far: characters, pinyin, initials, mixed."""
    made = []
    for query in rng.sample(queries, 500):
        sounds = phrase_reading(query)
        made += [query[: rng.randint(1, 5)], "".join(sounds)[: rng.randint(1, 8)]]
        made += ["".join(s[0] for s in sounds)[: rng.randint(1, 5)]]
        made += [query[:1] + "".join(sounds[1:2])]
    return made


def main(data: Path, show: bool) -> None:
    """Build on the product search data, with and without its log, and judge."""
    with (data / "product-search" / "catalog.csv").open(encoding="utf-8") as file:
        titles = [row["title"] for row in csv.DictReader(file)]
    log = (data / "product-search" / "query_log.txt").read_text(encoding="utf-8").splitlines()
    judged = data / "query-understanding" / "query_correction.csv"
    with judged.open(encoding="utf-8") as file:
        pairs = [(row["query"], row["corrected"]) for row in csv.DictReader(file)]
    for name, queries in (("catalog and log", log), ("catalog alone", [])):
        start = time.perf_counter()
        speller = Speller.build(titles, queries)
        print(f"{name}: built in {time.perf_counter() - start:.1f} s")
        judge(name, speller, pairs, show and bool(queries))
    start = time.perf_counter()
    suggester = Suggester.build(titles, dict.fromkeys(log, 1.0))
    entries = len(suggester.weights)
    print(f"suggest: {entries} entries built in {time.perf_counter() - start:.1f} s")
    times = []
    for prefix in typed_prefixes(log, random.Random(0)):
        start = time.perf_counter()
        suggester.suggest(prefix)
        times.append(1000 * (time.perf_counter() - start))
    print("suggest: p50 {:.2f} ms, p95 {:.2f} ms".format(*np.percentile(times, [50, 95])))


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--show" in sys.argv)
