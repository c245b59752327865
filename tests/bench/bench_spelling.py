"""Spelling and suggest: how good, how fast.

    python tests/bench/bench_spelling.py DATA [--show] [--folds]

``--folds`` learns what the packaged weights learn, from four fifths of ``tests/text/log_slips.csv``
at a time, and judges on the rest: queries of the log, labelled by hand. It takes two minutes. Half
of the file are the queries that an older speller most wanted to change, so that none of them is
missing; the others stand for those that are like them.
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
from semrec.text.spelling_assets import REAL_RIDGE, made_up_weights, read_slips, read_sources
from semrec.text.spelling_general import general, no_statistics
from semrec.text.spelling_training import labelled, learn_weights
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
    log = (data / "product-search" / "query_log.txt").read_text(encoding="utf-8").splitlines()
    slips = read_slips(SLIPS, log)
    with SLIPS.open(encoding="utf-8") as file:
        stand_for = np.array([int(row["stands_for"]) for row in csv.DictReader(file)])
    base = no_statistics(general().shapes, general().forms)
    speller, made_up = made_up_weights(*read_sources(data), slips, base)
    real = list(labelled(slips, speller))
    order = np.random.default_rng(0).permutation(len(real))
    sure, right = np.zeros(len(real)), np.zeros(len(real), dtype=bool)
    for fold in range(FOLDS):
        learned = [real[at] for i, at in enumerate(order) if i % FOLDS != fold]
        final = learn_weights(learned, made_up, clean_weight=1.0, ridge=REAL_RIDGE)
        for at in order[fold::FOLDS]:
            odds = np.exp(np.minimum(real[at].evidence @ final, 50))
            if len(odds):
                sure[at], right[at] = odds.max() / (1 + odds.sum()), real[at].right[odds.argmax()]
    clean = np.array([example.clean for example in real])
    print(f"{len(real)} log queries, {np.sum(~clean)} typed wrong, {FOLDS} folds")
    print("  threshold  first edit right  wrong   right ones changed, of the log")
    for threshold in (THRESHOLD, 0.2, 0.35, 0.5, 0.7):
        said = sure >= threshold
        changed = stand_for[clean & said].sum() / stand_for[clean].sum()
        mended, wrong = np.sum(said & right), np.sum(said & ~right & ~clean)
        share = mended / np.sum(~clean)
        print(f"  {threshold:9.2f}  {mended:8d} = {share:.3f}  {wrong:7d}  {changed:16.4f}")


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
