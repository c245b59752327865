"""Metrics beside ranx, RecTools and LensKit: the same values, and how long they take.

    python tests/bench/bench_metrics.py --ranx PYTHON --rectools PYTHON [--record]

Each peer runs in an interpreter that has it (RecTools and LensKit share one), as none of them goes
with current numpy or without a compiler of its own. Prints the largest differences over 1,000
random lists, and the time of all metrics for 100,000 users × top 20. ``--record`` writes the peers'
values to tests/evaluate/references.npz, where the tests compare with them.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import sparse

from semrec.evaluate import exposure, metrics
from semrec.evaluate.judged import judge

REFERENCES = Path(__file__).resolve().parents[1] / "evaluate" / "references.npz"
K, N_ITEMS, N_RUNS = 10, 60, 1000
USERS, DEPTH, CATALOG = 100_000, 20, 20_000

RANX = """
import json, sys, time
import numpy as np
from ranx import Qrels, Run, evaluate
given = json.load(open(sys.argv[1]))
names = ["ndcg", "mrr", "map", "hit_rate", "precision", "recall", "f1"]
def make(lists):
    qrels, run = {}, {}
    for q, (ranked, gains) in enumerate(lists):
        qrels[f"q{q:06}"] = {f"d{i}": int(g) for i, g in gains.items()}
        run[f"q{q:06}"] = {f"d{i}": float(len(ranked) - r) for r, i in enumerate(ranked)}
    return Qrels(qrels), Run(run)
qrels, run = make(given["runs"])
asked = [f"{name}@{given['k']}" for name in names] + ["r-precision"]
values = evaluate(qrels, run, asked, return_mean=False)
out = {name.split("@")[0].replace("-", "_"): list(map(float, v)) for name, v in values.items()}
ranked, gains = np.load(sys.argv[2])["ranked"], np.load(sys.argv[2])["relevant"]
qrels, run = make([(r, dict.fromkeys(g, 1)) for r, g in zip(ranked.tolist(), gains.tolist())])
asked = [f"{name}@20" for name in names] + ["r-precision"]
seconds = []
for _ in range(3):
    start = time.perf_counter()
    evaluate(qrels, run, asked, return_mean=True)
    seconds.append(time.perf_counter() - start)
print(json.dumps({"values": out, "seconds": min(seconds)}))
"""
RECTOOLS = """
import json, sys, warnings
warnings.simplefilter("ignore")
import numpy as np, pandas as pd
from rectools.metrics import (MAP, MRR, NDCG, AvgRecPopularity, F1Beta, HitRate, MeanInvUserFreq,
    Precision, Recall, Serendipity)
from lenskit.data import ItemList, ItemListCollection
from lenskit.metrics.ranking import LogRankWeight
from lenskit.metrics import NDCG as LkNDCG, Hit, ListGini, RecipRank
from lenskit.metrics import Precision as LkPrecision, Recall as LkRecall
given = json.load(open(sys.argv[1]))
k, runs, n_items = given["k"], given["runs"], given["n_items"]
reco = pd.DataFrame([(u, i, r + 1) for u, (ranked, _) in enumerate(runs)
    for r, i in enumerate(ranked)], columns=["user_id", "item_id", "rank"])
test = pd.DataFrame([(u, int(i)) for u, (_, gains) in enumerate(runs) for i in gains],
    columns=["user_id", "item_id"])
seen = pd.DataFrame(given["seen"], columns=["user_id", "item_id"])
by = lambda s: s.reindex(range(len(runs))).fillna(0).tolist()
plain = {"precision": Precision(k), "recall": Recall(k), "map": MAP(k), "mrr": MRR(k),
    "ndcg": NDCG(k, divide_by_achievable=True), "hit_rate": HitRate(k), "f1": F1Beta(k)}
out = {f"rectools_{n}": by(m.calc_per_user(reco, test)) for n, m in plain.items()}
out["rectools_novelty"] = by(MeanInvUserFreq(k).calc_per_user(reco, seen))
out["rectools_popularity"] = by(AvgRecPopularity(k).calc_per_user(reco, seen))
out["rectools_serendipity"] = by(Serendipity(k).calc_per_user(reco, test, seen, range(n_items)))
lists = [(ItemList(item_ids=ranked, ordered=True), ItemList(item_ids=[int(i) for i in gains]))
    for ranked, gains in runs]
for name, m in {"mrr": RecipRank(k), "ndcg": LkNDCG(k, weight=LogRankWeight(offset=1)),
        "hit_rate": Hit(k),
        "precision": LkPrecision(k), "recall": LkRecall(k)}.items():
    out[f"lenskit_{name}"] = [float(m.measure_list(a, b)) for a, b in lists]
g = ListGini(k, items=n_items)
out["lenskit_gini"] = [float(g.global_aggregate([g.compute_list_data(a, b) for a, b in lists]))]
print(json.dumps({"values": out}))
"""

Runs = list[tuple[list[int], dict[int, float]]]


def random_runs() -> tuple[Runs, list[tuple[int, int]]]:
    """1,000 lists of 1 to 15 items with 1 to 20 graded judgements each, and a training log."""
    rng = random.Random(0)
    runs = []
    for _ in range(N_RUNS):
        ranked = rng.sample(range(N_ITEMS), rng.randint(1, 15))
        relevant = rng.sample(range(N_ITEMS), rng.randint(1, 20))
        runs.append((ranked, {item: float(rng.randint(1, 3)) for item in relevant}))
    log = {(rng.randrange(200), int(rng.random() ** 2 * (N_ITEMS - 5))) for _ in range(2000)}
    return runs, sorted(log)


def large_case() -> tuple[np.ndarray, np.ndarray]:
    """100,000 lists of 20, and 10 relevant items each."""
    rng = np.random.default_rng(0)
    offsets = rng.integers(0, CATALOG, USERS)[:, None]
    steps = np.cumsum(rng.integers(1, 900, (USERS, DEPTH)), axis=1)
    ranked = (offsets + steps) % CATALOG
    relevant = (offsets + np.cumsum(rng.integers(1, 1900, (USERS, 10)), axis=1)) % CATALOG
    return ranked, relevant


def time_ours(ranked: np.ndarray, relevant: np.ndarray) -> tuple[float, float]:
    """Seconds of the metrics that ranx has, and of all."""
    matrix = sparse.csr_matrix(
        (np.ones(relevant.size), relevant.ravel(), np.arange(USERS + 1) * relevant.shape[1]),
        shape=(USERS, CATALOG),
    )
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(CATALOG, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    popularity = rng.integers(0, 100, CATALOG)
    best = [float("inf")] * 2
    for _ in range(3):
        start = time.perf_counter()
        judged = judge(ranked, matrix, DEPTH)
        for values in metrics.accuracy(judged).values():
            metrics.mean(values)
        accurate = time.perf_counter()
        shown = exposure.exposure(ranked, CATALOG, DEPTH)
        exposure.gini(shown), exposure.entropy(shown)
        exposure.coverage(ranked, CATALOG, DEPTH), exposure.user_coverage(ranked, DEPTH)
        exposure.average_popularity(ranked, popularity, DEPTH)
        exposure.novelty(ranked, popularity, USERS, DEPTH)
        exposure.serendipity(judged, ranked, popularity)
        exposure.unrepeated_share(ranked, DEPTH)
        exposure.intra_list_diversity(ranked, vectors, DEPTH)
        best = np.minimum(best, [accurate - start, time.perf_counter() - start]).tolist()
    return best[0], best[1]


def ask(python: str, code: str, *files: Path) -> dict:
    done = subprocess.run([python, "-c", code, *map(str, files)], capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{python}: {done.stderr.decode().strip().splitlines()[-1]}")
    return json.loads(done.stdout.decode().splitlines()[-1])


def print_differences(runs: Runs, values: dict[str, list[float]]) -> None:
    """The largest difference of each metric; the peers' MAP divides by all relevant items."""
    ranked = np.full((N_RUNS, 15), -1)
    for at, (items, _) in enumerate(runs):
        ranked[at, : len(items)] = items
    table = Table(f"largest difference, {N_RUNS} lists", "ranx", "RecTools", "LensKit")
    graded = [gains for _, gains in runs]
    plain = [dict.fromkeys(gains, 1.0) for gains in graded]
    found = [
        metrics.accuracy(judge(ranked, metrics.relevance_matrix(gains, N_ITEMS), K))
        for gains in (graded, plain, plain)
    ]
    for name in metrics.FORMULAS:
        cells = []
        for peer, ours in zip(("ranx", "rectools", "lenskit"), found, strict=True):
            theirs = values.get(f"{peer}_{name}")
            far = "" if theirs is None else f"{np.abs(ours[name] - np.array(theirs)).max():.1e}"
            cells.append(far)
        table.add_row(name, *cells)
    Console(width=80).print(table)


def record(runs: Runs, log: list[tuple[int, int]], values: dict[str, list[float]]) -> None:
    """The runs, padded with -1, the log and the peers' values in one file."""
    ranked, judged = np.full((N_RUNS, 15), -1), np.full((N_RUNS, 20, 2), -1)
    for at, (items, gains) in enumerate(runs):
        ranked[at, : len(items)] = items
        judged[at, : len(gains)] = list(gains.items())
    arrays = {name: np.asarray(value) for name, value in values.items()}
    small = {"ranked": ranked.astype(np.int16), "judged": judged.astype(np.int16)}
    np.savez_compressed(REFERENCES, log=np.asarray(log, dtype=np.int16), **small, **arrays)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ranx", default=sys.executable, help="an interpreter with ranx")
    options.add_argument("--rectools", default=sys.executable, help="one with rectools, lenskit")
    options.add_argument("--record", action="store_true", help="write the references of the tests")
    given = options.parse_args()
    runs, log = random_runs()
    with tempfile.TemporaryDirectory() as name:
        small, large = Path(name) / "runs.json", Path(name) / "large.npz"
        small.write_text(json.dumps({"k": K, "n_items": N_ITEMS, "runs": runs, "seen": log}))
        ranked, relevant = large_case()
        np.savez(large, ranked=ranked, relevant=relevant)
        ranx = ask(given.ranx, RANX, small, large)
        others = ask(given.rectools, RECTOOLS, small)
    values = {f"ranx_{n}": v for n, v in ranx["values"].items()} | others["values"]
    if given.record:
        record(runs, log, values)
    print_differences(runs, values)
    shared, everything = time_ours(ranked, relevant)
    table = Table("100,000 users × top 20", "seconds")
    table.add_row("semrec, accuracy (8 metrics)", f"{shared:.2f}")
    table.add_row("ranx, the same 8", f"{ranx['seconds']:.2f}")
    table.add_row("semrec, all 17", f"{everything:.2f}")
    Console(width=80).print(table)


if __name__ == "__main__":
    main()
