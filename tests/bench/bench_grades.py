"""How well the legs and their blends rank real log queries, against grades given by hand.

    python tests/bench/bench_grades.py DATA

``tests/rank/log_grades.csv`` grades titles of product-search for 840 lines of its query log:
3 what was asked, 2 the right kind of product with another condition, 1 related, 0 neither. Only
graded titles are ranked (condensed lists: Sakai 2007, "Alternatives to Bpref"). These queries are
no part of the judged ones; settings of the lexical leg and of the blend are chosen on them.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from semrec.config import Config, LexicalConfig
from semrec.embed.teacher import fit_teacher
from semrec.encoders import Encoders
from semrec.index.lexical import LexicalIndex
from semrec.index.topk import top_k
from semrec.rank.blend import stretch
from semrec.text.normalise import normalise
from semrec.text.segment import Segmenter

GRADES = Path(__file__).parent.parent / "rank" / "log_grades.csv"
K, DEPTH = 10, 200
GAINS = np.array([0.0, 0.0, 1.0, 3.0])
Scores = NDArray[np.float32]


def ndcg(scores: Scores, gains: NDArray[np.float64]) -> float:
    """nDCG@10 of graded titles, shapes ``(n,)``."""
    discounts = 1 / np.log2(np.arange(2, K + 2))
    found = gains[np.argsort(-scores, kind="stable")][:K]
    ideal = np.sort(gains)[::-1][:K]
    return float(found @ discounts[: len(found)] / (ideal @ discounts[: len(ideal)]))


def blended(legs: Mapping[str, Scores], weight: float) -> Scores:
    """Words and ``weight`` times meaning, stretched over the first 200 of each."""
    candidates = np.union1d(*(top_k(scores, DEPTH).rows for scores in legs.values()))
    total = np.full(len(legs["words"]), -1.0, dtype=np.float32)
    words, meaning = (stretch(scores[candidates]) for scores in legs.values())
    total[candidates] = words + np.float32(weight) * meaning
    return total


def read_grades(data: Path) -> dict[str, dict[str, int]]:
    """Query → item → grade, of queries with a title of grade 2 or 3."""
    log = (data / "query_log.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, dict[str, int]] = defaultdict(dict)
    with GRADES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[log[int(row["line"])]][row["item_id"]] = int(row["grade"])
    return {query: graded for query, graded in found.items() if max(graded.values()) >= 2}


def main() -> None:
    """Print nDCG@10 by grades, and of exact matches alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the data folder")
    data = parser.parse_args().data / "product-search"
    grades = read_grades(data)
    with (data / "catalog.csv").open(encoding="utf-8", newline="") as file:
        catalog = {row["item_id"]: row["title"] for row in csv.DictReader(file)}
    titles, row_of = list(catalog.values()), {item: i for i, item in enumerate(catalog)}
    queries = [normalise(query) for query in grades]
    encoders, segmenter = Encoders.open(Config().embed), Segmenter()
    teacher = fit_teacher(encoders.transformer, titles)
    student = encoders.of("student")
    meanings = {
        "teacher": teacher.encoder.encode_queries(queries) @ teacher.items.T,
        "student": student.encode_queries(queries) @ student.encode_items(titles).T,
    }
    table = Table(title=f"{len(queries)} log queries, nDCG@10")
    for column in ("system", "grades 2 and 3", "grade 3 alone"):
        table.add_column(column)

    def show(name: str, scores: list[Scores]) -> None:
        graded, exact = [], []
        for said, own in zip(scores, grades.values(), strict=True):
            rows = [row_of[item] for item in own]
            levels = np.array(list(own.values()))
            graded.append(ndcg(said[rows], GAINS[levels]))
            if levels.max() == 3:
                exact.append(ndcg(said[rows], (levels == 3).astype(np.float64)))
        table.add_row(name, f"{np.mean(graded):.4f}", f"{np.mean(exact):.4f}")

    for k1, b in ((0.2, 0.5), (0.4, 0.3), (0.4, 0.5), (0.4, 0.75), (0.8, 0.5), (1.2, 0.75)):
        config = LexicalConfig(k1=k1, b=b)
        index = LexicalIndex.build({"title": titles}, segmenter.terms, config)
        rows = np.arange(len(titles))
        words = [index.score_rows(segmenter.terms(query), rows) for query in queries]
        show(f"words, k1 {k1}, b {b}", words)
        for name, vectors in meanings.items():
            for weight in (0.7, 1.0, 1.5):
                both = [
                    blended({"words": w, "meaning": m}, weight)
                    for w, m in zip(words, vectors, strict=True)
                ]
                show(f"  + {weight} {name}", both)
    for name, vectors in meanings.items():
        show(name, list(vectors))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
