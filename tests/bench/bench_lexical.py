"""Lexical search at 100k and a million titles, beside bm25s and tantivy on the same terms.

    python tests/bench/bench_lexical.py --data ../shared/data --titles 100000 --peer-python PYTHON

The titles are recombined halves of real ones, the queries real ones of an unlabelled log. Each
engine runs in its own process, on one thread; the peers get our terms as words. ``--peer-python``
is an interpreter that has bm25s and tantivy; they are no dependency of semrec, and a peer that
cannot be imported is left out with the reason. bm25s uses its compiled backend where numba is
there. The last columns say how many times a peer's latency semrec takes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

COMMON = """
import json, resource, sys, time
from pathlib import Path
folder, k = Path(sys.argv[1]), int(sys.argv[2])
lines = lambda name: (folder / name).read_text(encoding="utf-8").split("\\n")
store = folder / sys.argv[3]
def report(build, search, queries):
    for query in queries[:20]:
        search(query)
    times = []
    for query in queries:
        start = time.perf_counter()
        search(query)
        times.append(1000 * (time.perf_counter() - start))
    times.sort()
    print(json.dumps({
        "build_s": build,
        "disk_mb": sum(f.stat().st_size for f in store.rglob("*") if f.is_file()) / 1e6,
        "p50_ms": times[len(times) // 2],
        "p95_ms": times[int(len(times) * 0.95)],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }))
"""
SEMREC = """
import numpy as np
from semrec.config import LexicalConfig
from semrec.index.folder import save_arrays
from semrec.index.lexical import LexicalIndex
titles = lines("titles")
start = time.perf_counter()
index = LexicalIndex.build({"title": titles}, str.split, LexicalConfig())
store.mkdir()
save_arrays(store, "lexical", index.arrays())
build = time.perf_counter() - start
arrays = {f.name.split(".")[1]: np.load(f, mmap_mode="r") for f in store.iterdir()}
index = LexicalIndex.from_arrays(arrays, len(titles))
report(build, lambda terms: index.search(terms, k), [q.split() for q in lines("queries")])
"""
BM25S = """
import importlib.util
import bm25s
titles = [title.split() for title in lines("titles")]
start = time.perf_counter()
backend = "numba" if importlib.util.find_spec("numba") else "numpy"
index = bm25s.BM25(backend=backend)
index.index(titles, show_progress=False)
index.save(str(store))
build = time.perf_counter() - start
del titles
index = bm25s.BM25.load(str(store), mmap=True)
settings = {"k": k, "show_progress": False, "backend_selection": backend}
search = lambda terms: index.retrieve([terms], **settings)
report(build, search, [q.split() for q in lines("queries")])
"""
TANTIVY = """
import tantivy
titles = lines("titles")
start = time.perf_counter()
store.mkdir()
builder = tantivy.SchemaBuilder()
builder.add_text_field("title", tokenizer_name="whitespace", index_option="freq")
schema = builder.build()
index = tantivy.Index(schema, path=str(store))
writer = index.writer(heap_size=200_000_000, num_threads=1)
for title in titles:
    writer.add_document(tantivy.Document(title=title))
writer.commit()
writer.wait_merging_threads()
build = time.perf_counter() - start
index.reload()
searcher = index.searcher()
def search(terms):
    any_of = [
        (tantivy.Occur.Should, tantivy.Query.term_query(schema, "title", term, "freq"))
        for term in terms
    ]
    return searcher.search(tantivy.Query.boolean_query(any_of), k).hits
report(build, search, [q.split() for q in lines("queries")])
"""
KEYS = ("build_s", "disk_mb", "p50_ms", "p95_ms", "peak_mb")


def main() -> None:
    """Write the terms once, let each engine build and search, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    options.add_argument("--titles", type=int, default=100_000)
    options.add_argument("--queries", type=int, default=300)
    options.add_argument("--k", type=int, default=10)
    options.add_argument("--peer-python", default=sys.executable)
    given = options.parse_args()
    table = Table(
        "engine", "build s", "disk MB", "p50 ms", "p95 ms", "peak MB", "semrec p50 ×", "p95 ×"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_terms(given.data, folder, given.titles, given.queries)
        engines = (
            ("semrec", sys.executable, SEMREC),
            ("bm25s", given.peer_python, BM25S),
            ("tantivy", given.peer_python, TANTIVY),
        )
        own: dict[str, float] = {}
        for engine, python, code in engines:
            figures = _run(python, COMMON + code, folder, given.k, engine)
            if isinstance(figures, str):
                table.add_row(engine, figures)
                continue
            if engine == "semrec":
                own = figures
            times = [f"{own[key] / figures[key]:.2f}" for key in ("p50_ms", "p95_ms") if own]
            table.add_row(engine, *(f"{figures[key]:,.2f}" for key in KEYS), *times)
    Console(width=100).print(f"{given.titles:,} titles, k = {given.k}, one thread", table)


def _write_terms(data: Path, folder: Path, titles: int, queries: int) -> None:
    import pandas as pd

    from semrec.text.segment import FAMILY, KIND, Segmenter

    real = pd.read_csv(data / "product-search" / "catalog.csv", dtype=str)["title"].tolist()
    log = (data / "product-search" / "query_log.txt").read_text(encoding="utf-8").splitlines()
    rng = random.Random(0)
    cut = Segmenter().terms

    def line(text: str) -> str:
        # The peers know no negative terms.
        return " ".join(term for term in cut(text) if term[0] not in (KIND, FAMILY))

    halves = [(title[: len(title) // 2], title[len(title) // 2 :]) for title in real]
    with (folder / "titles").open("w", encoding="utf-8") as out:
        for i in range(titles):
            title = rng.choice(halves)[0] + rng.choice(halves)[1]
            out.write(("\n" if i else "") + line(title))
    asked = [line(query) for query in rng.sample(log, queries)]
    (folder / "queries").write_text("\n".join(filter(None, asked)), encoding="utf-8")


def _run(python: str, code: str, folder: Path, k: int, name: str) -> dict[str, float] | str:
    """The figures of one engine, or why there are none."""
    single = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "NUMBA")}
    done = subprocess.run(
        [python, "-c", code, str(folder), str(k), f"index-{name}"],
        capture_output=True,
        text=True,
        env=os.environ | single,
        check=False,
    )
    if done.returncode:
        return f"left out: {(done.stderr.strip().splitlines() or ['no message'])[-1]}"
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    main()
