"""Dense search over a million made-up vectors, beside raw FAISS on the same index in the same run.

    python tests/bench/bench_dense.py --data ../shared/data --work FOLDER [--items 1000000]

The vectors are mixtures of real ones: ``normalise(w · title + (1 - w) · near title + noise)``, w
between ½ and 1, the near title one of the twenty nearest, the noise normal with the covariance of
the differences of near titles, halved in length. At the size of the real catalog (14,507 titles)
real queries then have mean cosines .885, .875, .864 with their 1st, 10th and 100th item (with the
real titles: .891, .877, .865). The queries are real ones of the unlabelled log, half of them to
set the effort by, the others to measure; all embeddings are of the default encoder, and taken from
its cache where they are known.

``--student`` takes titles that are put together of the halves of two real ones, encoded by the
packaged student: what `semrec build` makes of a shop of that size, for which the default encoder
would take half a day.

``--work`` keeps vectors and index, so that a second run measures at once. One thread everywhere.
``--alternatives 100000`` builds and measures other FAISS indexes on so many vectors instead, beside
semrec's own lists.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

NEAR, NOISE, BLOCK, QUERIES, K = 20, 0.5, 50_000, 300, 10
ALTERNATIVES = {  # factory string → efforts that are tried, the name of the setting
    "HNSW32,SQ8": ("efSearch", (128, 256, 512)),
    "IVF316,SQ8": ("nprobe", (64, 96)),
    "IVF316,PQ128x4fs,Refine(SQ8)": ("nprobe", (64, 96)),
    "IVF316,RaBitQfs,Refine(SQ8)": ("nprobe", (64, 96)),
}


def main() -> None:
    """Make what is missing in the folder, then measure in a process of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    options.add_argument("--work", type=Path, required=True, help="a folder for large files")
    options.add_argument("--items", type=int, default=1_000_000)
    options.add_argument("--student", action="store_true", help="vectors of the packaged student")
    options.add_argument("--alternatives", type=int, default=0)
    options.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.measure:
        print(json.dumps(measure(given.work)))
        return
    given.work.mkdir(parents=True, exist_ok=True)
    items = given.alternatives or given.items
    _prepare(given.data, given.work, items, student=given.student)
    if given.alternatives:
        alternatives(given.work)
        return
    build_seconds = _build(given.work)
    single = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    done = subprocess.run(
        [sys.executable, __file__, *sys.argv[1:], "--measure"],
        capture_output=True,
        text=True,
        env=os.environ | single,
        check=True,
    )
    table = Table("what", "figure")
    table.add_row("build", build_seconds)
    for what, figure in json.loads(done.stdout.splitlines()[-1]).items():
        table.add_row(what, figure)
    Console(width=100).print(f"{items:,} × 384, k = {K}, one thread", table)


# ---- what is measured ----------------------------------------------------------------------------


def measure(work: Path) -> dict[str, str]:
    """Every figure of the index in a folder; the keys are what the table shows."""
    import faiss

    from semrec.index.dense import DenseIndex

    faiss.omp_set_num_threads(1)
    queries, truth = np.load(work / "queries.npy"), np.load(work / "truth.npy")
    before = _resident_mb()
    start = time.perf_counter()
    index = DenseIndex.load(work / "dense.faiss")
    index.search(queries[0], K)
    figures = {"load to first answer": f"{time.perf_counter() - start:.3f} s"}
    times, found = _timed(index, queries)
    figures["disk"] = f"{(work / 'dense.faiss').stat().st_size / 1e6:.0f} MB"
    figures["resident, all queries asked"] = f"{_resident_mb() - before:.0f} MB"
    figures["kind, effort"] = f"{index.kind}, {index._main.effort}"
    figures["search p50 / p95"] = _spread(times)
    figures[f"recall@{K}"] = f"{_recall(found, truth):.4f}"
    figures |= _beside_raw(work, index, queries)
    figures |= _filters(work, index, queries)
    return figures | _updates(index, queries)


def _beside_raw(work: Path, index: Any, queries: np.ndarray) -> dict[str, str]:
    """Medians of both by turns, so that other work on the machine hits both.

    Each has another query than the one before, so that neither finds memory warmed by the other.
    """
    import faiss

    from semrec.index.ann import _probing

    raw = faiss.read_index(str(work / "dense.faiss"), faiss.IO_FLAG_MMAP_IFC)
    parameters = _probing(index._main.effort, K, None)
    ours, theirs = [], []
    for query, other in zip(queries, np.roll(queries, len(queries) // 2, axis=0), strict=True):
        ours.append(_clocked(lambda: index.search(query, K))[0])  # noqa: B023
        theirs.append(_clocked(lambda: raw.search(other[None, :], K, params=parameters))[0])  # noqa: B023
    ratio = np.median(ours, axis=0) / np.median(theirs, axis=0)
    return {
        "search p50 / p95 by turns": _spread(ours),
        "raw FAISS p50 / p95 by turns": _spread(theirs),
        "semrec / raw FAISS, p50": f"{ratio[0]:.2f}×, by CPU time {ratio[1]:.2f}×",
    }


def _filters(work: Path, index: Any, queries: np.ndarray) -> dict[str, str]:
    """Random filters, and one that keeps the items most unlike the first query."""
    rng = np.random.default_rng(5)
    vectors = np.load(work / "vectors.npy", mmap_mode="r")
    draw = rng.random(len(vectors))
    masks = {f"filter of {share:.1%}": draw < share for share in (0.5, 0.1, 0.01, 0.001)}
    far = np.concatenate([block @ queries[0] for block in _blocks(vectors)])
    for share in (0.1, 0.01):
        masks[f"the {share:.1%} farthest"] = far < np.quantile(far, share)
    figures = {}
    some = queries[:50]
    for name, allowed in masks.items():
        truth = _exact(vectors, some, allowed)
        times, found = _timed(index, some, allowed)
        least = min(map(len, found))
        figures[name] = f"{_spread(times)}, recall {_recall(found, truth):.3f}, {least}+ found"
    return figures


def _updates(index: Any, queries: np.ndarray) -> dict[str, str]:
    rng = np.random.default_rng(6)
    fresh = rng.normal(size=(1000, index.dim)).astype(np.float32)
    fresh /= np.linalg.norm(fresh, axis=1, keepdims=True)
    rows = np.concatenate([rng.choice(len(index), 500, replace=False), len(index) + np.arange(500)])
    start = time.perf_counter()
    updated = index.upsert(rows, fresh)
    seen = updated.search(fresh[700], 1).rows.tolist() == [rows[700]]
    figures = {"upsert of 1,000, seen": f"{time.perf_counter() - start:.3f} s, {seen}"}
    figures["search p50 / p95 after it"] = _spread(_timed(updated, queries)[0])
    start = time.perf_counter()
    updated.delete(rows[:100])
    figures["delete of 100"] = f"{time.perf_counter() - start:.3f} s"
    start = time.perf_counter()
    updated.merged()
    figures["merging it, in the background"] = f"{time.perf_counter() - start:.1f} s"
    return figures


def alternatives(work: Path) -> None:
    """Build time, size, recall and time of other indexes and of the lists over the same vectors."""
    import faiss

    from semrec.index.ann import Lists

    faiss.omp_set_num_threads(1)
    vectors = np.load(work / "vectors.npy")
    queries, truth = np.load(work / "queries.npy"), np.load(work / "truth.npy")
    table = Table("index", "build CPU s", "MB", "effort", f"recall@{K}", "p50 / p95")

    def row(spec: str, seconds: float, raw: Any, effort: str, ask: Callable[[Any], Any]) -> None:
        answers = [_clocked(lambda: ask(query)) for query in queries]  # noqa: B023
        size = f"{faiss.serialize_index(raw).nbytes / 1e6:.0f}"
        recall = f"{_recall([rows for _, rows in answers], truth):.3f}"
        spread = _spread([spent for spent, _ in answers])
        table.add_row(spec, f"{seconds:.0f}", size, effort, recall, spread)

    for spec, (setting, efforts) in ALTERNATIVES.items():
        start = time.process_time()
        index = faiss.index_factory(vectors.shape[1], spec, faiss.METRIC_INNER_PRODUCT)
        index.train(vectors)
        index.add(vectors)
        seconds = time.process_time() - start
        if isinstance(index, faiss.IndexRefine):
            index.k_factor = 60
        for effort in efforts:
            faiss.ParameterSpace().set_index_parameter(index, setting, effort)
            ask = lambda query: index.search(query[None, :], K)[1][0]  # noqa: B023, E731
            row(spec, seconds, index, f"{setting} {effort}", ask)
    start = time.process_time()
    lists, order = Lists.build(vectors)
    seconds = time.process_time() - start
    for lists.effort in ALTERNATIVES["IVF316,SQ8"][1]:
        ask = lambda query: order[lists.search(query, K).rows]  # noqa: E731
        row("semrec", seconds, lists._index, f"lists {lists.effort}", ask)
    Console(width=110).print(f"{len(vectors):,} × {vectors.shape[1]}, one thread", table)


Spent = tuple[float, float]
"""Seconds by the clock, and of this thread on the CPU: the first counts other work as well."""


def _clocked(call: Callable[[], Any]) -> tuple[Spent, Any]:
    wall, cpu = time.perf_counter(), time.thread_time()
    answer = call()
    return (time.perf_counter() - wall, time.thread_time() - cpu), answer


def _timed(
    index: Any, queries: np.ndarray, allowed: np.ndarray | None = None
) -> tuple[list[Spent], list[np.ndarray]]:
    for query in queries[:10]:
        index.search(query, K, allowed)
    both = [_clocked(lambda: index.search(query, K, allowed)) for query in queries]  # noqa: B023
    return [spent for spent, _ in both], [hits.rows for _, hits in both]


def _recall(found: list[np.ndarray], truth: np.ndarray) -> float:
    pairs = zip(found, truth, strict=True)
    return float(np.mean([np.isin(rows, known).sum() / len(known) for rows, known in pairs]))


def _spread(times: list[Spent]) -> str:
    wall, cpu = (1000 * np.array(each) for each in zip(*times, strict=True))
    high = np.quantile(wall, 0.95)
    return f"{np.median(wall):.2f} / {high:.2f} ms (CPU {np.median(cpu):.2f})"


def _resident_mb() -> float:
    """Resident memory of this process, mapped pages that were touched included (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


# ---- what it is measured on ----------------------------------------------------------------------


def _build(work: Path) -> str:
    from semrec.index.dense import DenseIndex
    from semrec.index.dense_plan import DensePlan

    if (work / "dense.faiss").exists():
        return "an earlier run"
    start = time.perf_counter(), time.process_time()
    vectors = np.load(work / "vectors.npy", mmap_mode="r")
    plan = DensePlan(exact_up_to=0)  # lists also where the bench is tried on few
    index = DenseIndex.build(vectors, plan, np.load(work / "tuning.npy"))
    index.save(work / "dense.faiss")
    clock, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
    return f"{clock:.0f} s (CPU {cpu:.0f}), measured there: {index.measured}"


def _prepare(data: Path, work: Path, items: int, *, student: bool) -> None:
    if not (work / "vectors.npy").exists():
        titles, queries = _real(data, student)
        np.save(work / "tuning.npy", queries[:QUERIES])
        np.save(work / "queries.npy", queries[QUERIES:])
        shape = (items, titles.shape[1])
        out = np.lib.format.open_memmap(work / "new.npy", "w+", dtype=np.float32, shape=shape)
        if student:
            _fill_by_student(out, data)
        else:
            _fill(out, titles)
        out.flush()
        (work / "new.npy").rename(work / "vectors.npy")
    if not (work / "truth.npy").exists():
        vectors = np.load(work / "vectors.npy", mmap_mode="r")
        np.save(work / "truth.npy", _exact(vectors, np.load(work / "queries.npy")))


def _real(data: Path, student: bool) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of the titles and of queries of the log."""
    import pandas as pd

    from semrec.config import EmbedConfig
    from semrec.encoders import Encoders

    encoder = Encoders.open(EmbedConfig()).of("student" if student else "teacher")
    titles = pd.read_csv(data / "product-search" / "catalog.csv", dtype=str)["title"].tolist()
    log = (data / "product-search" / "query_log.txt").read_text(encoding="utf-8").splitlines()
    return encoder.encode_items(titles), encoder.encode_queries(log[5000 : 5000 + 2 * QUERIES])


def _fill_by_student(out: np.ndarray, data: Path) -> None:
    import pandas as pd

    from semrec.config import EmbedConfig
    from semrec.encoders import Encoders

    encoder = Encoders.open(EmbedConfig()).of("student")
    titles = pd.read_csv(data / "product-search" / "catalog.csv", dtype=str)["title"].tolist()
    rng = np.random.default_rng(7)
    for start in range(0, len(out), BLOCK):
        pairs = rng.integers(len(titles), size=(min(BLOCK, len(out) - start), 2))
        halves = ((titles[one], titles[other]) for one, other in pairs)
        made = [one[: len(one) // 2] + other[len(other) // 2 :] for one, other in halves]
        out[start : start + len(made)] = encoder.encode_items(made)


def _fill(out: np.ndarray, titles: np.ndarray) -> None:
    rng = np.random.default_rng(7)
    near = np.concatenate(
        [np.argsort(-(block @ titles.T), axis=1)[:, 1 : NEAR + 1] for block in _blocks(titles, 500)]
    )
    one = rng.integers(len(titles), size=20_000)
    differences = titles[one] - titles[near[one, rng.integers(NEAR, size=len(one))]]
    covariance = np.cov(differences.T) + 1e-9 * np.eye(titles.shape[1])
    shape = np.linalg.cholesky(covariance).astype(np.float32)
    for start in range(0, len(out), BLOCK):
        size = min(BLOCK, len(out) - start)
        one = rng.integers(len(titles), size=size)
        other = near[one, rng.integers(NEAR, size=size)]
        weight = rng.uniform(0.5, 1, size=(size, 1)).astype(np.float32)
        noise = rng.standard_normal((size, titles.shape[1])).astype(np.float32) @ shape.T
        mixed = weight * titles[one] + (1 - weight) * titles[other] + NOISE * noise
        out[start : start + size] = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)


def _exact(
    vectors: np.ndarray, queries: np.ndarray, allowed: np.ndarray | None = None
) -> np.ndarray:
    """The true best ``K`` of each query, shape ``(queries, K)``."""
    scores = np.empty((len(queries), 0), dtype=np.float32)
    rows = np.empty((len(queries), 0), dtype=np.int64)
    start = 0
    for block in _blocks(vectors):
        chosen = np.arange(start, start + len(block))
        if allowed is not None:
            inside = allowed[start : start + len(block)]
            block, chosen = block[inside], chosen[inside]
        start += BLOCK
        scores = np.hstack([scores, queries @ block.T])
        rows = np.hstack([rows, np.tile(chosen, (len(queries), 1))])
        best = np.argsort(-scores, axis=1)[:, :K]
        scores, rows = (np.take_along_axis(each, best, 1) for each in (scores, rows))
    return rows


def _blocks(vectors: np.ndarray, size: int = BLOCK) -> Any:
    return (np.asarray(vectors[start : start + size]) for start in range(0, len(vectors), size))


if __name__ == "__main__":
    main()
