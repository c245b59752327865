"""What a student knows of a catalog it never saw, and what adaptation adds.

``python tests/bench/bench_adapt.py DATA STUDENT [EPOCHS]``: STUDENT was made by
``python -m semrec.embed.pretrain --without multicpr``, so that the 2,083 titles of that source,
among which are the answers of all judged queries, are new to it. EPOCHS 0 leaves adaptation out.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from semrec.config import Config
from semrec.embed.adapt import adapt
from semrec.embed.centre import Centre
from semrec.embed.heldout import HeldOut
from semrec.embed.load import load_encoder
from semrec.embed.settings import AdaptSettings
from semrec.embed.student import StudentEncoder

UNSEEN = "multicpr"
LOG_QUERIES = 20_000


def main(data: Path, student: StudentEncoder, epochs: int) -> None:
    folder = data / "product-search"
    catalog = _rows(folder / "catalog.csv")
    unseen = [row for row in catalog if row["source"] == UNSEEN]
    log = (folder / "query_log.txt").read_text("utf-8").splitlines()[:LOG_QUERIES]
    teacher = load_encoder(Config().embed)
    table = np.random.default_rng(0).standard_normal((1 << 16, student.dim), dtype=np.float32)
    untrained = StudentEncoder.from_table(table, name="untrained")
    for name, rows in (("unseen titles", unseen), ("all titles", catalog)):
        titles = [row["title"] for row in rows]
        check = _judged(folder, [row["item_id"] for row in rows])
        vectors = teacher.encode_items(titles)
        centre = Centre.fit(teacher.encode_queries(log), vectors)
        print(f"{name} ({len(titles)}): nDCG@10, both sides, and × teacher's items")
        for each in (untrained, student):
            _print(each, check, titles, centre.items(vectors))
    if not epochs:
        return
    settings = replace(AdaptSettings(), epochs=epochs)
    for start in (None, student):
        made = adapt(titles, log, teacher=teacher, start=start, settings=settings)
        name = "random features" if start is None else start.name
        print(f"adapted from {name}, {epochs} epochs, without a lexical leg: {made.report}")
        _print(made.student, check, titles, centre.items(vectors))


def _print(student: StudentEncoder, check: HeldOut, titles: list[str], items: np.ndarray) -> None:
    asked = student.encode_queries(check.queries)
    own = check.ndcg(asked, student.encode_items(titles))
    print(f"    {student.name:12s} {own:.3f}   {check.ndcg(asked, items):.3f}")


def _judged(folder: Path, ids: list[str]) -> HeldOut:
    row_of = {item: row for row, item in enumerate(ids)}
    wanted = {row["qid"]: row_of[row["item_id"]] for row in _rows(folder / "qrels.csv")}
    queries = _rows(folder / "queries.csv")
    rows = np.array([wanted[row["qid"]] for row in queries])
    return HeldOut("judged", [row["query"] for row in queries], rows)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


if __name__ == "__main__":
    main(Path(sys.argv[1]), StudentEncoder.load(sys.argv[2]), int((sys.argv[3:] or ["0"])[0]))
