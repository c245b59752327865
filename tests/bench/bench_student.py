"""Speed of a student, and its quality beside its teacher on judged queries.

``python tests/bench/bench_student.py DATA [STUDENT …]``: DATA is the folder of the open data sets,
each STUDENT a folder; the packaged one where none is named. The teacher's vectors come from the
embedding cache.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import numpy as np

from semrec.config import Config
from semrec.embed.centre import Centre
from semrec.embed.load import load_encoder
from semrec.embed.student import StudentEncoder
from semrec.index.lexical import LexicalIndex
from semrec.index.topk import top_k
from semrec.rank.blend import blend
from semrec.text.segment import Segmenter
from semrec.types import Hits, Vectors

ASSETS = Path(__file__).parents[2] / "semrec" / "embed" / "assets"
CANDIDATES = 200
LOG_QUERIES = 20_000


def main(data: Path, students: list[Path]) -> None:
    folder = data / "product-search"
    ids, titles = _columns(folder / "catalog.csv", "item_id", "title")
    qids, queries = _columns(folder / "queries.csv", "qid", "query")
    judged, items = _columns(folder / "qrels.csv", "qid", "item_id")
    row_of = {item: row for row, item in enumerate(ids)}
    wanted = dict(zip(judged, (row_of[item] for item in items), strict=True))
    rows = np.array([wanted[qid] for qid in qids])

    segmenter = Segmenter()
    index = LexicalIndex.build({"title": titles}, segmenter.terms, Config().lexical)
    everything = np.arange(len(titles))
    lexical = np.array([index.score_rows(segmenter.terms(q), everything) for q in queries])

    teacher = load_encoder(Config().embed)
    raw_queries, raw_items = teacher.encode_queries(queries), teacher.encode_items(titles)
    log = (folder / "query_log.txt").read_text("utf-8").splitlines()[:LOG_QUERIES]
    centre = Centre.fit(teacher.encode_queries(log), raw_items)
    centred = centre.items(raw_items)

    print("nDCG@10 of 114 judged queries     alone   with lexical")
    _row("lexical", None, None, lexical, rows)
    _row("teacher", raw_queries, raw_items, lexical, rows)
    _row("teacher, centred", centre.queries(raw_queries), centred, lexical, rows)
    for path in students:
        student = StudentEncoder.load(path)
        asked, own = student.encode_queries(queries), student.encode_items(titles)
        _row(f"{path.name}, both sides", asked, own, lexical, rows)
        _row(f"{path.name} × teacher's items", asked, centred, lexical, rows)
        _speed(student, titles, log[:2000])


def _row(
    name: str,
    asked: Vectors | None,
    items: Vectors | None,
    lexical: np.ndarray,
    wanted: np.ndarray,
) -> None:
    cosines = None if asked is None or items is None else asked @ items.T
    alone = [_gain(top_k(scores, 10), row) for scores, row in
             zip(lexical if cosines is None else cosines, wanted, strict=True)]  # fmt: skip
    if cosines is None:
        print(f"{name:32s}  {np.mean(alone):.3f}")
        return
    both = []
    for words, cosine, row in zip(lexical, cosines, wanted, strict=True):
        found = [top_k(words, CANDIDATES).rows, top_k(cosine, CANDIDATES).rows]
        rows = np.unique(np.concatenate(found))
        signals = {"lexical": words[rows], "dense": cosine[rows]}
        hits = blend(
            Hits(rows, np.zeros(len(rows), np.float32), signals), {"lexical": 1.0, "dense": 1.0}
        )
        both.append(_gain(hits.top(10), row))
    print(f"{name:32s}  {np.mean(alone):.3f}   {np.mean(both):.3f}")


def _gain(hits: Hits, wanted: int) -> float:
    place = np.flatnonzero(hits.rows == wanted)
    return float(1 / np.log2(place[0] + 2)) if len(place) else 0.0


def _speed(student: StudentEncoder, titles: list[str], queries: list[str]) -> None:
    began = time.perf_counter()
    student.encode_items(titles)
    rate = len(titles) / (time.perf_counter() - began)
    times = []
    for query in queries:
        began = time.perf_counter()
        student.encode_queries([query])
        times.append(1000 * (time.perf_counter() - began))
    print(f"    {rate:,.0f} titles/s; a query {np.median(times):.3f} ms p50")


def _columns(path: Path, *names: str) -> tuple[list[str], ...]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return tuple([row[name] for row in rows] for name in names)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]] or [ASSETS])
