"""What semrec costs beyond its encoder and FAISS: the same queries, by turns, in one process.

    python tests/bench/bench_cost.py DATA [QUERIES]

Raw is ``SentenceTransformer.encode`` (or the student alone) and ``IndexFlatIP.search`` over the
14,507 titles of product-search. ``vectors`` is semrec's encoder and dense index, ``answer`` a whole
``engine.search`` of that leg: 200 candidates, ids, titles, reasons. Building is compared by vectors
that are given: checks, FAISS, the choice of an index. A number makes each query new to the cache.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from rich.console import Console
from rich.table import Table
from sentence_transformers import SentenceTransformer

import semrec
from semrec.config import Config, EmbedConfig
from semrec.embed.e5 import offline_folder
from semrec.index.dense import DenseIndex
from semrec.legs import Using

K, ROUNDS = 10, 5


def main(data: Path, count: int) -> None:
    """Print medians and ratios."""
    settings = Config(embed=EmbedConfig(sides="teacher"))
    engine = semrec.Engine.build(data / "product-search" / "catalog.csv", config=settings)
    model = SentenceTransformer(str(offline_folder()), device="cpu", local_files_only=True)
    model.max_seq_length = settings.embed.max_length
    log = (data / "product-search" / "query_log.txt").read_text("utf-8").splitlines()
    queries = [f"{query} {time.time_ns() % 10**9}" for query in log[30_000 : 30_000 + count]]
    shown = Table("what", "raw ms", "vectors ms", "answer ms", "vectors / raw", "answer / raw")
    student = engine.encoders.of("student")

    def raw_teacher(text: str) -> Any:
        return model.encode([text], prompt="query: ", show_progress_bar=False)

    legs: tuple[tuple[Using, Any, Callable[[str], Any]], ...] = (
        ("teacher", engine.encoders.teacher, raw_teacher),
        ("student", student, lambda text: student.encode_queries([text])),
    )
    for using, encoder, encode in legs:
        index = engine._state.semantic.items(using)
        flat = faiss.IndexFlatIP(index.dim)
        flat.add(index.vectors)
        ways = (
            lambda text: flat.search(encode(text), K),  # noqa: B023
            lambda text: index.search(encoder.encode_queries([text])[0], K),  # noqa: B023
            lambda text: engine.search(text, k=K, using=using, understand=False),  # noqa: B023
        )
        _row(shown, f"a query, {using}", _by_turns(ways, queries))
    vectors = engine.shop.dense.vectors
    ways = (lambda _: _raw_build(vectors), lambda _: DenseIndex.build(vectors))
    _row(shown, "building", [*_by_turns(ways, [""] * ROUNDS), None])
    Console(width=110).print(shown)


def _by_turns(ways: Any, queries: list[str]) -> list[float | None]:
    """Median CPU milliseconds of each way; each query is new to each, so that no cache helps."""
    times: list[list[float]] = [[] for _ in ways]
    for query in queries:
        for place, way in enumerate(ways):
            start = time.process_time()
            way(f"{query} {place}")
            times[place].append(1000 * (time.process_time() - start))
    return [float(np.median(each)) for each in times]


def _raw_build(vectors: np.ndarray) -> None:
    faiss.IndexFlatIP(vectors.shape[1]).add(vectors)


def _row(table: Table, name: str, taken: list[float | None]) -> None:
    figures = ["" if each is None else f"{each:.2f}" for each in taken]
    ratios = ["" if each is None else f"{each / taken[0]:.2f}×" for each in taken[1:]]
    table.add_row(name, *figures, *ratios)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int((sys.argv[2:] or ["100"])[0]))
