"""Spelling and suggest: how good, how fast.

    python tests/bench/bench_spelling.py DATA [--show] [--folds]

``--folds`` learns what the packaged judge learns, from four fifths of ``tests/text/log_slips.csv``
at a time, and judges on the rest: queries of the log that were read one by one. It takes five
minutes. The file holds what older spellers most wanted to change: in batch 1 2,495 queries, of
which 580 stand for the thousands like them (``stands_for``), then 16,000 and 3,838 others of the
log, so that few slips of it are not among them.
"""

from __future__ import annotations

import csv
import random
import sys
import time
from pathlib import Path

import numpy as np

from semrec.text.pinyin import phrase_reading
from semrec.text.spelling import THRESHOLD, Speller
from semrec.text.spelling_assets import UNSURE, read_log, read_sources, with_weights
from semrec.text.spelling_general import general, no_statistics
from semrec.text.spelling_judge import learn_judge
from semrec.text.spelling_training import cross_fitted
from semrec.text.suggest import Suggester

SLIPS = Path(__file__).parent.parent / "text" / "log_slips.csv"
FOLDS = 5


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


def folds(data: Path) -> None:
    """Print what is mended and what is changed, by threshold, on queries not learned from."""
    lines = (data / "product-search" / "query_log.txt").read_text(encoding="utf-8").splitlines()
    titles, words = read_sources(data)
    log = read_log(SLIPS, lines)
    with SLIPS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["meant"] != UNSURE]
    stand_for = np.array([int(row["stands_for"]) for row in rows])
    first = np.array([row["batch"] == "1" for row in rows])
    base = with_weights(titles, log, words, no_statistics(general().shapes, general().forms))
    real, made_up = cross_fitted(titles, log.unread, words, log.read, base)
    order = np.random.default_rng(1).permutation(len(real))
    sure, right = np.zeros(len(real)), np.zeros(len(real), dtype=bool)
    for fold in range(FOLDS):
        others = [real[at] for i, at in enumerate(order) if i % FOLDS != fold]
        judge = learn_judge(others, made_up)
        for at in order[fold::FOLDS]:
            odds = np.exp(np.minimum(judge.log_odds(real[at].evidence), 50))
            if len(odds):
                sure[at], right[at] = odds.max() / (1 + odds.sum()), real[at].right[odds.argmax()]
    clean = np.array([example.clean for example in real])
    for name, part in (("first read", first), ("read later", ~first)):
        print(f"{name}: {part.sum()} log queries, {np.sum(part & ~clean)} typed wrong")
        print("  threshold  first edit right  wrong   right ones changed")
        for threshold in (0.05, THRESHOLD, 0.2, 0.3, 0.5):
            said = part & (sure >= threshold)
            changed = stand_for[clean & said].sum() / stand_for[clean & part].sum()
            mended, wrong = np.sum(said & right), np.sum(said & ~right & ~clean)
            share = mended / np.sum(part & ~clean)
            print(f"  {threshold:9.2f}  {mended:8d} = {share:.3f}  {wrong:7d}  {changed:12.4f}")


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
    if "--folds" in sys.argv:
        folds(Path(sys.argv[1]))
    else:
        main(Path(sys.argv[1]), "--show" in sys.argv)
