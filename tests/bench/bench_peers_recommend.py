"""Recommendation beside implicit, LensKit and RecTools: same split, same machine, one table.

    python tests/bench/bench_peers_recommend.py --data ../shared/data --peer-python PYTHON

On MovieLens 100K (``cf-ml-100k``), every rating an interaction: the first four fifths of time are
learnt from, and users who are known by then are asked for 20 items they did not see. Each model
runs in its own process on one thread, with the settings that its library comes with (on Linux, for
the memory). A row ``… as X`` is semrec's model with the settings of the row of ``X``, as far as it
has them. The peers want an older numpy, so ``--peer-python`` is an interpreter that has them; one
that cannot be imported is left out with the reason.

Recorded (nDCG@20 of 109 users), with the settings of the peers where the row says so:

    popularity    semrec .2234   as RecTools .1542 : .1537
    item-knn      semrec .1511   as implicit, 20 neighbours .1500 : .1506, 200 .1382 : .1387
    user-knn      semrec .1523   as LensKit .1443 : .1446
    ease          semrec .1710   as RecTools .1773 : .1781
    als           semrec .1371   as implicit .1183 : .1155, as LensKit .1370 : .1216
    bpr           semrec .1497   as implicit .1496 : .1372
    others        ridge-filter .1731, gf-cf .1588, bspm .1452; implicit bm25 .1540
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from semrec.evaluate import metrics
from semrec.evaluate.ask import Numbering
from semrec.evaluate.judged import judge
from semrec.evaluate.splits import by_time

K = 20
PRELUDE = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, pandas as pd
from scipy import sparse
folder, k = sys.argv[1], int(sys.argv[2])
train = pd.read_csv(folder + "/train.csv", dtype={"user_id": str, "item_id": str})
asked = json.load(open(folder + "/users.json"))
"""
EPILOGUE = """
fitted = time.perf_counter()
lists = recommend(asked)
done = time.perf_counter()
print(json.dumps({"lists": [list(map(str, found)) for found in lists], "fit": fitted - start,
    "rate": len(asked) / (done - fitted),
    "memory": peak_mb()}))
"""
PEAK = """
def peak_mb():
    # Not ru_maxrss: that of a child begins with its parent's.
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
"""
SEMREC = """
from semrec.collab import create
from semrec.collab.protocol import Interactions
users, user_ids = pd.factorize(train["user_id"])
items, item_ids = pd.factorize(train["item_id"])
ones, times = np.ones(len(train), np.float32), train["timestamp"].to_numpy(float)
log = Interactions(users, items, ones, times, np.full(len(train), -1), len(user_ids), len(item_ids))
model, history = create(MODEL).fit(log), log.matrix()
def recommend(asked):
    rows = user_ids.get_indexer(asked)
    return [item_ids[h.rows] for h in model.recommend(history[rows], k, exclude_seen=True)]
"""
IMPLICIT = """
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
users, user_ids = pd.factorize(train["user_id"])
items, item_ids = pd.factorize(train["item_id"])
matrix = sparse.csr_matrix((np.ones(len(train), np.float32), (users, items)))
model = MODEL
model.fit(matrix, show_progress=False)
def recommend(asked):
    rows = user_ids.get_indexer(asked)
    found, _ = model.recommend(rows, matrix[rows], N=k)
    return [item_ids[row[row >= 0]] for row in found]
"""
LENSKIT = """
from lenskit import batch
from lenskit.als import ImplicitMFScorer
from lenskit.basic import PopScorer
from lenskit.data import from_interactions_df
from lenskit.knn import ItemKNNScorer, UserKNNScorer
from lenskit.pipeline import topn_pipeline
data = from_interactions_df(train[["user_id", "item_id"]], user_col="user_id", item_col="item_id")
pipe = topn_pipeline(MODEL, n=k)
pipe.train(data)
def recommend(asked):
    found = batch.recommend(pipe, asked, k, n_jobs=1)
    return [found.lookup(user_id=user).ids() for user in asked]
"""
RECTOOLS = """
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender
from rectools.dataset import Dataset
from rectools.models import EASEModel, ImplicitALSWrapperModel, PopularModel
from rectools.models import ImplicitItemKNNWrapperModel
log = train.assign(weight=1, datetime=pd.to_datetime(train["timestamp"], unit="s"))
data = Dataset.construct(log)
model = MODEL
model.fit(data)
def recommend(asked):
    found = model.recommend(users=asked, dataset=data, k=k, filter_viewed=True)
    lists = found.groupby("user_id")["item_id"].agg(list)
    return [lists.get(user, []) for user in asked]
"""
OURS = ("popularity", "item-knn", "user-knn", "ease", "als", "bpr", "gf-cf", "bspm", "ridge-filter")
PLAIN_KNN = "shrinkage=0.0, weighting='log'"
AS_IMPLICIT = f"user_power=0.0, kept='history', {PLAIN_KNN}"
# All weights are 1, so a strength is log 2; the penalty of ease is in units of a mean eigenvalue.
SAME_SETTINGS = {
    "popularity as RecTools": "'popularity', half_life_days=float('inf')",
    # implicit counts an item among its own neighbours.
    "item-knn as implicit, 20": f"'item-knn', neighbours=19, {AS_IMPLICIT}",
    "item-knn as implicit, 200": f"'item-knn', neighbours=199, {AS_IMPLICIT}",
    "user-knn as LensKit": f"'user-knn', neighbours=20, {PLAIN_KNN}",
    "ease as RecTools": (
        "'ease', user_power=0.0, item_power=0.0, "
        "regularisation=500 * min(log.n_users, log.n_items) / len(train)"
    ),
    "als as implicit": "'als', factors=100, regularisation=0.01, alpha=1 / float(np.log(2))",
    "als as LensKit": "'als', iterations=10, regularisation=0.1, alpha=41 / float(np.log(2))",
    "bpr as implicit": "'bpr', factors=100, learning_rate=0.01, iterations=100",
}
SYSTEMS = {
    **{f"semrec {name}": (SEMREC, f"{name!r}") for name in OURS},
    **{f"semrec {name}": (SEMREC, settings) for name, settings in SAME_SETTINGS.items()},
    "implicit cosine": (IMPLICIT, "CosineRecommender(K=20)"),
    "implicit cosine, 200": (IMPLICIT, "CosineRecommender(K=200)"),
    "implicit bm25": (IMPLICIT, "BM25Recommender(K=20)"),
    "implicit als": (IMPLICIT, "AlternatingLeastSquares(random_state=0)"),
    "implicit bpr": (IMPLICIT, "BayesianPersonalizedRanking(random_state=0, num_threads=1)"),
    "LensKit popular": (LENSKIT, "PopScorer()"),
    "LensKit item-knn": (LENSKIT, 'ItemKNNScorer(k=20, feedback="implicit")'),
    "LensKit user-knn": (LENSKIT, 'UserKNNScorer(k=20, feedback="implicit")'),
    "LensKit als": (LENSKIT, "ImplicitMFScorer(embedding_size=64)"),
    "RecTools popular": (RECTOOLS, "PopularModel()"),
    "RecTools item-knn": (RECTOOLS, "ImplicitItemKNNWrapperModel(CosineRecommender(K=20))"),
    "RecTools als": (RECTOOLS, "ImplicitALSWrapperModel(AlternatingLeastSquares(random_state=0))"),
    "RecTools ease": (RECTOOLS, "EASEModel()"),
}


def main() -> None:
    """Split the log, let each model fit and recommend, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    options.add_argument("--peer-python", default=sys.executable)
    given = options.parse_args()
    log = pd.read_csv(given.data / "cf-ml-100k" / "ml-100k.inter", sep="\t", dtype=str)
    log.columns = [name.partition(":")[0] for name in log.columns]
    split = by_time(log.astype({"timestamp": "float64"}), 0.2)
    test = split.test[split.test["user_id"].isin(split.train["user_id"])]
    wanted = {user: dict.fromkeys(items, 1.0) for user, items in test.groupby("user_id")["item_id"]}
    table = Table("model", f"ndcg@{K}", f"recall@{K}", "fit s", "users/s", "MB", "lines")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        split.train.to_csv(folder / "train.csv", index=False)
        (folder / "users.json").write_text(json.dumps(list(wanted)), encoding="utf-8")
        for system, (code, model) in SYSTEMS.items():
            python = sys.executable if code is SEMREC else given.peer_python
            cells = measure(python, code.replace("MODEL", model), folder, list(wanted.values()))
            table.add_row(system, *cells, str(len(code.strip().splitlines())))
            print(system, *cells, flush=True)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    Console(width=110).print(f"{len(wanted)} users, one thread, {machine}, {date.today()}", table)


def measure(python: str, code: str, folder: Path, judged: list[dict[str, float]]) -> list[str]:
    """Run one model and score its lists."""
    single = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    single["LK_NUM_THREADS"] = "1"
    lines = code.strip().splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    rest = [line for line in lines if line not in imports]
    script = "\n".join([PRELUDE, PEAK, *imports, "start = time.perf_counter()", *rest, EPILOGUE])
    done = subprocess.run(
        [python, "-c", script, str(folder), str(K)],
        capture_output=True,
        text=True,
        env=os.environ | single,
        check=False,
    )
    if done.returncode:
        return [f"left out: {(done.stderr.strip().splitlines() or ['no message'])[-1]}"]
    found = json.loads(done.stdout.splitlines()[-1])
    numbering = Numbering()
    ranked = numbering.ranked(found["lists"], K)
    values = metrics.accuracy(judge(ranked, numbering.relevance(judged), K), ["ndcg", "recall"])
    quality = [f"{metrics.mean(value).value:.4f}" for value in values.values()]
    return [*quality, f"{found['fit']:.2f}", f"{found['rate']:.0f}", f"{found['memory']:.0f}"]


if __name__ == "__main__":
    main()
