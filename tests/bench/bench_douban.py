"""Tag → book over 172,701 books: how many of the first ten stand on the tag's list on Douban.

    python tests/bench/bench_douban.py DATA --work FOLDER [--sample 20000] [--epochs 4]

A reader's tag (心理学, 东野圭吾, 科普) is the query, as a shopper would type it. A list names at
most 1,000 books, the most read ones, and one title in twelve holds its tag, so that the figures
are low and only their order says something. The packaged student is adapted to a sample of titles
and to the descriptions there are, without a teacher or a tag; it then encodes both sides.
``--work`` keeps student and index. The top five of twenty tags are printed to be looked at.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

import semrec
from semrec.embed.adapt import adapt
from semrec.embed.settings import AdaptSettings
from semrec.embed.student import StudentEncoder
from semrec.encoders import load_student
from semrec.index.dense_plan import exact_neighbours
from semrec.legs import Using

K, SHOWN = 10, 20
LEGS: tuple[Using, ...] = ("dense", "lexical", "lexical+student", "blend")


def main() -> None:
    """Adapt and build what is missing, then ask every tag of every leg."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("data", type=Path, help="the folder of the data sets")
    options.add_argument("--work", type=Path, required=True, help="a folder for large files")
    options.add_argument("--sample", type=int, default=20_000, help="titles to adapt to")
    options.add_argument("--epochs", type=int, default=4)
    given = options.parse_args()
    books, tags = read_books(given.data), read_tags(given.data)
    student = _student(given.work / "student", books, given.sample, given.epochs)
    engine = _engine(given.work / "index", given.work / "student", books)
    table = Table("leg", "precision@10", "nDCG@10", "ms p50", title=f"{len(tags)} tags")
    for name, encoder in (("packaged student, exact", load_student("pretrained")),
                          ("adapted student, exact", student)):  # fmt: skip
        assert encoder is not None
        vectors = encoder.encode_items(books["title"].tolist())
        rows = exact_neighbours(vectors, encoder.encode_queries(list(tags)), K)
        found = [books["item_id"].to_numpy()[each].tolist() for each in rows]
        table.add_row(name, *_figures(found, tags), "")
    for using in LEGS:
        found, times = [], []
        for tag in tags:
            start = time.perf_counter()
            found.append(list(engine.search(tag, k=K, using=using).item_ids))
            times.append(1000 * (time.perf_counter() - start))
        table.add_row(using, *_figures(found, tags), f"{np.median(times):.1f}")
    Console(width=100).print(table)
    _show(engine, tags)


def _figures(found: Sequence[Sequence[str]], tags: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Mean precision@10 and nDCG@10 with one standard error."""
    discounts = 1 / np.log2(np.arange(2, K + 2))
    precision, ndcg = [], []
    for items, listed in zip(found, tags.values(), strict=True):
        right = np.array([item in listed for item in items] + [False] * (K - len(items)))
        precision.append(right.mean())
        ndcg.append(right @ discounts / discounts[: len(listed)].sum())
    return tuple(
        f"{np.mean(each):.3f} ± {np.std(each) / len(each) ** 0.5:.3f}" for each in (precision, ndcg)
    )


def _show(engine: semrec.Engine, tags: Mapping[str, set[str]]) -> None:
    names = sorted(tags)[:: len(tags) // SHOWN][:SHOWN]
    for name in names:
        hits = engine.search(name, k=5)
        titles = [f"{hit.title}{' ✓' if hit.item_id in tags[name] else ''}" for hit in hits]
        print(f"{name}: {'; '.join(titles)}")


def read_books(data: Path) -> pd.DataFrame:
    """The books as a catalog; the author stands where a shop has the brand."""
    with gzip.open(data / "douban-books" / "books.jsonl.gz", "rt", encoding="utf-8") as lines:
        frame = pd.DataFrame([json.loads(line) for line in lines])
    about = frame.reindex(columns=["publisher", "series", "translator"]).to_dict("records")
    kept = [{k: v for k, v in each.items() if isinstance(v, str) and v} for each in about]
    return pd.DataFrame(
        {
            "item_id": frame["id"],
            "title": frame["title"],
            "brand": frame["author"].fillna(""),
            "description": frame["description"].fillna(""),
            "attributes": [json.dumps(each, ensure_ascii=False) for each in kept],
        }
    )


def read_tags(data: Path) -> dict[str, set[str]]:
    """Tag → ids of its books."""
    frame = pd.read_csv(data / "douban-books" / "tag_books.csv.gz", dtype=str)
    tags: dict[str, set[str]] = defaultdict(set)
    for tag, book in zip(frame["tag"], frame["book_id"], strict=True):
        tags[tag].add(book)
    return dict(tags)


def _student(path: Path, books: pd.DataFrame, sample: int, epochs: int) -> StudentEncoder:
    if (path / "student.json").exists():
        return StudentEncoder.load(path)
    rows = np.random.default_rng(0).permutation(len(books))[:sample]
    texts = books["title"].iloc[rows].tolist()
    described = books[books["description"] != ""]
    texts += (described["title"] + " " + described["description"].str[:120]).tolist()
    settings = replace(AdaptSettings(), epochs=epochs)
    made = adapt(texts, start=load_student("pretrained"), settings=settings, name="books")
    print(f"{len(texts):,} texts, {made.report.seconds:.0f} s: {made.report}")
    made.student.save(path)
    return made.student


def _engine(path: Path, student: Path, books: pd.DataFrame) -> semrec.Engine:
    if (path / "manifest.json").exists():
        return semrec.Engine.load(path)
    start = time.perf_counter()
    config = {"embed": {"student": str(student), "sides": "student"}}
    engine = semrec.Engine.build(books, config=config)
    print(f"built in {time.perf_counter() - start:.0f} s: {engine.info()['dense']}")
    engine.save(path)
    return engine


if __name__ == "__main__":
    main()
