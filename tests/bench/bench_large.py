"""The whole life of a large index on the command line: time, memory and disk of each step.

    python tests/bench/bench_large.py DATA --work FOLDER [--items 1000000] [--changed 1000]

The titles are recombined: the first half of one real title and the second half of another of its
source, so that words are as frequent as in a shop; brands, categories, prices and attributes are
drawn. The packaged student encodes both sides. Every step is a process of its own, on one thread;
its memory is the largest resident size, and that of answering the size after 100 queries.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from semrec.legs import Using

QUERIES, K, EVENTS = 100, 10, 3
USING: tuple[Using, ...] = ("dense", "lexical", "blend")
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
FIRST = "import sys; from semrec.cli import main; main(sys.argv[1:])"


def main() -> None:
    """Make the tables, run every step, print what each took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("data", type=Path, help="the folder of the data sets")
    options.add_argument("--work", type=Path, required=True, help="a folder for large files")
    options.add_argument("--items", type=int, default=1_000_000)
    options.add_argument("--changed", type=int, default=1_000)
    options.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.ask:
        print(json.dumps(answer(given.data, given.ask)))
        return
    work: Path = given.work
    work.mkdir(parents=True, exist_ok=True)
    _tables(given.data, work, given.items, given.changed)
    index = work / "index"
    steps = Table("step", "clock s", "CPU s", "memory MB", "said", title=f"{given.items:,} items")
    semrec = [sys.executable, "-c", FIRST]
    asked = [sys.executable, __file__, str(given.data), "--work", str(work), "--ask", str(index)]
    table, new = str(work / "catalog.csv"), str(work / "new.csv")
    settings = str(work / "settings.toml")
    build = [*semrec, "build", "--catalog", table, "--events", str(work / "events.csv")]
    for name, command in (
        ("build", [*build, "--config", settings, "-o", str(index), "--json"]),
        ("answer", asked),
        ("verify", [*semrec, "verify", str(index), "--json"]),
        ("update", [*semrec, "update", str(index), "--items", new, "--json"]),
        ("answer after it", asked),
        ("compact", [*semrec, "compact", str(index), "--json"]),
        ("answer after it", asked),
    ):
        if name == "build" and (index / "manifest.json").exists():
            continue
        row = _run(command)
        steps.add_row(name, *row)
        print(name, *row, file=sys.stderr)
        if name in ("build", "update", "compact"):
            steps.add_row("  disk", "", "", f"{_disk(index):,.0f}", _parts(index))
    Console(width=150).print(steps)


def _run(command: Sequence[str]) -> tuple[str, ...]:
    """Clock and CPU seconds, the largest resident size in MB, and the last line said."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | ONE_THREAD
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        said = json.dumps({"exit code": os.waitstatus_to_exitcode(status)})
    taken = time.perf_counter() - start
    figures = taken, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6
    return *(f"{figure:,.1f}" for figure in figures), _brief(said)


def _brief(said: str) -> str:
    """What a command said, without the settings."""
    told = json.loads(said)
    return json.dumps({k: v for k, v in told.items() if k != "config"}, ensure_ascii=False)[:600]


def answer(data: Path, index: Path) -> dict[str, str]:
    """Load an index and ask it: what a shop's own process would see."""
    import semrec

    log = (data / "product-search" / "query_log.txt").read_text("utf-8").splitlines()
    queries = log[7000 : 7000 + QUERIES]
    figures = {"imported": f"{_resident_mb():.0f} MB"}
    start = time.perf_counter(), time.process_time()

    def since() -> str:
        clock, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
        return f"{clock:.2f} s (CPU {cpu:.2f})"

    engine = semrec.Engine.load(index)
    figures["load"] = since()
    engine.search(queries[0], k=K)
    figures["to the first answer"] = since()
    for using in USING:
        times = []
        for query in queries:
            began = time.perf_counter(), time.process_time()
            engine.search(query, k=K, using=using)
            times.append((time.perf_counter() - began[0], time.process_time() - began[1]))
        clock, cpu = 1000 * np.median(times, axis=0)
        figures[using] = f"{clock:.1f} ms p50 (CPU {cpu:.1f}), {_resident_mb():.0f} MB"
    found = engine.search("新来的测试商品 4711", k=1, using="lexical")
    figures["the new item is found"] = str(found.item_ids)
    return figures


def _resident_mb() -> float:
    """Resident memory, mapped pages that were touched included (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _disk(index: Path) -> float:
    return sum(each.stat().st_size for each in index.rglob("*") if each.is_file()) / 1e6


def _parts(index: Path) -> str:
    """The largest parts of an index, in MB."""
    sizes: dict[str, float] = defaultdict(float)
    for each in index.rglob("*"):
        if each.is_file():
            sizes[each.name.split(".")[0]] += each.stat().st_size / 1e6
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:8]
    return ", ".join(f"{name} {size:,.0f}" for name, size in largest)


# ---- what it is measured on ----------------------------------------------------------------------


def _tables(data: Path, work: Path, items: int, changed: int) -> None:
    if (work / "catalog.csv").exists():
        return
    rng = np.random.default_rng(0)
    _frame(data, rng, items, "item").to_csv(work / "catalog.csv", index=False)
    new = _frame(data, rng, changed, "new")
    # Half of the changed items replace others; one can be searched for.
    new.loc[: changed // 2, "item_id"] = [f"item{7 * row}" for row in range(changed // 2 + 1)]
    new.loc[changed - 1, "title"] = "新来的测试商品 4711"
    new.to_csv(work / "new.csv", index=False)
    count = min(EVENTS * items // 10, 300_000)
    events = pd.DataFrame(
        {
            "user_id": [f"u{user}" for user in rng.integers(count // 10, size=count)],
            "item_id": [f"item{row}" for row in (items * rng.random(count) ** 3).astype(int)],
            "event_type": rng.choice(["view", "cart", "buy"], size=count, p=[0.8, 0.1, 0.1]),
            "timestamp": 1_700_000_000 + rng.integers(60 * 86_400, size=count),
        }
    )
    events.to_csv(work / "events.csv", index=False)
    (work / "settings.toml").write_text('[embed]\nsides = "student"\n', encoding="utf-8")


def _frame(data: Path, rng: np.random.Generator, count: int, prefix: str) -> pd.DataFrame:
    real = pd.read_csv(data / "product-search" / "catalog.csv", dtype=str)
    drawn: list[str] = []
    sources = []
    for source, group in real.groupby("source"):
        titles = group["title"].to_numpy(dtype=object)
        size = -(-count * len(titles) // len(real))
        one, other = titles[rng.integers(len(titles), size=(2, size))]
        drawn += [a[: len(a) // 2] + b[len(b) // 2 :] for a, b in zip(one, other, strict=True)]
        sources += [source] * size
    order = rng.permutation(len(drawn))[:count]
    return pd.DataFrame(
        {
            "item_id": [f"{prefix}{row}" for row in range(count)],
            "title": [drawn[row] for row in order],
            "category": [f"{sources[row]}类{row % 200}" for row in order],
            "brand": [f"牌子{brand}" for brand in (3000 * rng.random(count) ** 2).astype(int)],
            "price": np.round(rng.lognormal(4, 1, count), 2),
            "attributes": [f"颜色:{colour}" for colour in rng.choice(list("红黄蓝绿黑白"), count)],
        }
    )


if __name__ == "__main__":
    main()
