"""What fewer dimensions cost: the first ones, or those along which the titles vary most.

    python tests/bench/bench_dimensions.py DATA

nDCG@10 of real log queries against grades given by hand, as ``bench_grades.py`` measures it: of the
packaged student on both sides, of the teacher, and of student queries with the teacher's titles.
``first`` keeps the first dimensions, as Matryoshka models may be cut (Kusupati et al. 2022),
``pca`` the axes of the largest singular values of the title vectors. All are brought to unit norm.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
from bench_grades import GAINS, ndcg, read_grades
from rich.console import Console
from rich.table import Table

from semrec.config import Config
from semrec.embed.teacher import fit_teacher
from semrec.embed.vectors import unit
from semrec.encoders import Encoders
from semrec.text.normalise import normalise
from semrec.types import Vectors

DIMENSIONS = (32, 64, 128, 256, 384)


def main(data: Path) -> None:
    """Print one row for each system and way, one column for each number of dimensions."""
    folder = data / "product-search"
    grades = read_grades(folder)
    with (folder / "catalog.csv").open(encoding="utf-8", newline="") as file:
        catalog = {row["item_id"]: row["title"] for row in csv.DictReader(file)}
    titles, row_of = list(catalog.values()), {item: i for i, item in enumerate(catalog)}
    judged = [
        (np.array([row_of[item] for item in said]), GAINS[np.array(list(said.values()))])
        for said in grades.values()
    ]
    queries = [normalise(query) for query in grades]
    encoders = Encoders.open(Config().embed)
    student, teacher = encoders.of("student"), fit_teacher(encoders.transformer, titles)
    own, asked = student.encode_items(titles), student.encode_queries(queries)
    sides = {
        "student": (asked, own),
        "teacher": (teacher.encoder.encode_queries(queries), teacher.items),
        "student × teacher's titles": (asked, teacher.items),
    }
    table = Table("system", "way", *map(str, DIMENSIONS), title=f"{len(queries)} log queries")
    for name, (left, right) in sides.items():
        _, _, axes = np.linalg.svd(right, full_matrices=False)
        for way, turn in (("first", np.eye(right.shape[1], dtype=np.float32)), ("pca", axes.T)):
            row = []
            for dim in DIMENSIONS:
                said = unit(left @ turn[:, :dim]) @ unit(right @ turn[:, :dim]).T
                row.append(_mean(said, judged))
            table.add_row(name, way, *row)
    Console(width=100).print(table)


def _mean(scores: Vectors, judged: list[tuple[np.ndarray, np.ndarray]]) -> str:
    figures = [ndcg(own[rows], gains) for own, (rows, gains) in zip(scores, judged, strict=True)]
    return f"{np.mean(figures):.4f}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
