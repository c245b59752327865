"""What a student knows of a source of titles that it never saw, by grades given by hand.

    python -m semrec.embed.pretrain --data DATA --out STUDENT --without taobao
    python tests/bench/bench_zero_shot.py DATA taobao STUDENT

nDCG@10 of the log queries that have a fitting title of that source (``bench_grades.py``), over the
graded titles of the source; and how often a query's own best title stands first among all titles
of the source. ``untrained`` are random features, ``packaged`` is the student that saw the source.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
from bench_grades import GAINS, ndcg, read_grades
from rich.console import Console
from rich.table import Table

from semrec.embed.heldout import HeldOut
from semrec.embed.student import StudentEncoder
from semrec.encoders import load_student
from semrec.text.normalise import normalise


def main(data: Path, source: str, path: Path) -> None:
    """Print one row a student."""
    folder = data / "product-search"
    with (folder / "catalog.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["source"] == source]
    titles, row_of = [row["title"] for row in rows], {r["item_id"]: i for i, r in enumerate(rows)}
    judged = {}
    for query, said in read_grades(folder).items():
        own = {row_of[item]: grade for item, grade in said.items() if item in row_of}
        if max(own.values(), default=0) >= 2:
            judged[normalise(query)] = own
    wanted = np.array([max(own, key=lambda row: own[row]) for own in judged.values()])
    first = HeldOut("best", list(judged), wanted)
    packaged = load_student("pretrained")
    assert packaged is not None
    table = np.random.default_rng(0).standard_normal((1 << 16, packaged.dim), dtype=np.float32)
    shown = Table("student", "graded titles", "a best title among all",
                  title=f"{source}: {len(titles):,} titles, {len(judged)} queries")  # fmt: skip
    for name, student in (
        ("untrained", StudentEncoder.from_table(table)),
        (f"without {source}", StudentEncoder.load(path)),
        ("packaged", packaged),
    ):
        asked, items = student.encode_queries(list(judged)), student.encode_items(titles)
        gains = [
            ndcg((items @ query)[list(own)], GAINS[list(own.values())])
            for query, own in zip(asked, judged.values(), strict=True)
        ]
        shown.add_row(name, f"{np.mean(gains):.3f}", f"{first.ndcg(asked, items):.3f}")
    Console(width=100).print(shown)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
