"""A student without a teacher and without a log: what a shop's titles alone teach.

    python tests/bench/bench_self_taught.py DATA [--dim 768] [--pseudo 240000] [--epochs 2]

From random features, over all titles of product-search; pseudo-queries are judged by BM25. Prints
nDCG@10 of graded log queries (``bench_grades.py``), which choose the settings, and of the judged
ones, both sides by the student.
"""

from __future__ import annotations

import argparse
import csv
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from bench_grades import GAINS, ndcg, read_grades

from semrec.adaptation import TextLexical
from semrec.config import Config
from semrec.embed.adapt import adapt
from semrec.embed.heldout import HeldOut
from semrec.embed.settings import SELF_TAUGHT
from semrec.index.lexical import LexicalIndex
from semrec.text.normalise import normalise
from semrec.text.segment import Segmenter


def main() -> None:
    """Learn and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the data folder")
    parser.add_argument("--dim", type=int, default=SELF_TAUGHT.dim)
    parser.add_argument("--pseudo", type=int, default=SELF_TAUGHT.pseudo_queries)
    parser.add_argument("--epochs", type=int, default=SELF_TAUGHT.epochs)
    given = parser.parse_args()
    folder = given.data / "product-search"
    catalog = {row["item_id"]: row["title"] for row in _rows(folder / "catalog.csv")}
    titles, row_of = list(catalog.values()), {item: n for n, item in enumerate(catalog)}
    settings = replace(SELF_TAUGHT, dim=given.dim, pseudo_queries=given.pseudo, epochs=given.epochs)
    began = time.process_time()
    segmenter = Segmenter()
    index = LexicalIndex.build({"title": titles}, segmenter.terms, Config().lexical)
    student = adapt(titles, lexical=TextLexical(index, segmenter), settings=settings).student
    print(f"{time.process_time() - began:.0f} s of CPU")

    items = student.encode_items(titles)
    graded, exact = [], []
    grades = read_grades(given.data / "product-search")
    asked = student.encode_queries([normalise(query) for query in grades])
    for vector, own in zip(asked, grades.values(), strict=True):
        scores = items[[row_of[item] for item in own]] @ vector
        levels = np.array(list(own.values()))
        graded.append(ndcg(scores, GAINS[levels]))
        if levels.max() == 3:
            exact.append(ndcg(scores, (levels == 3).astype(np.float64)))
    print(f"{len(graded)} graded log queries: {np.mean(graded):.4f}, exact {np.mean(exact):.4f}")

    wanted = {row["qid"]: row_of[row["item_id"]] for row in _rows(folder / "qrels.csv")}
    queries = _rows(folder / "queries.csv")
    rows = np.array([wanted[row["qid"]] for row in queries])
    judged = HeldOut("judged", [row["query"] for row in queries], rows)
    vectors = student.encode_queries(judged.queries)
    print(f"{len(rows)} judged queries: {judged.ndcg(vectors, items):.4f}")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


if __name__ == "__main__":
    main()
