"""All models of behaviour against ``implicit`` on one split: accuracy and time.

    python tests/bench/bench_models.py TRAIN TEST [VALID]  # lines "user item item …"
    python tests/bench/bench_models.py LOG.inter  # a log with times: its last fifth is test
    python tests/bench/bench_models.py --large  # a drawn log as large as Gowalla: only the times

Peers see the same matrices, and their lists are measured by the same code. Two rows of the same
method stand together, so that their times come from the same run.

Recorded on the time split of MovieLens 100K (105 test users; recall@20, nDCG@20), the peers with
their own settings but for 200 neighbours, 64 factors, 15 iterations:

    item-knn     semrec .0853 .1296   implicit .0774 .1314   RecTools .0774 .1314
                 LensKit .0784 .1316; semrec with user_power=0, shrinkage=0 .0855 .1310
    user-knn     semrec .1035 .1378   LensKit .1005 .1356
    ease         semrec .1114 .1308   RecTools (reg 500) .1236 .1427   LensKit .1069 .1162
                 semrec with user_power=0, item_power=0, regularisation=11.4 .1253 .1431
    als          semrec .0960 .1186   implicit .0951 .1126   RecTools .0912 .1117
                 LensKit .0860 .1052
    bpr          semrec .0811 .1206   implicit .0661 .0738
    popularity   semrec .2046 .2148 (14 days, by the log), half_life_days=30 .1825 .2010
                 RecTools, all time .1302 .1474, last 30 days .2029 .2145

Recorded of ``--large`` on two busy x86-64 cores, seconds to fit and to answer 29,858 users:

    ridge-filter 21.7 27.4   bspm 11.2 25.8   gf-cf 4.0 13.2

Versions: implicit 0.7.3, RecTools 0.19.0, LensKit 2025.8.1, in an environment of their own.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from semrec.collab.behavioural import BEHAVIOURAL
from semrec.evaluate import metrics
from semrec.evaluate.files import read_adjacency, read_event_pairs
from semrec.evaluate.runs import evaluate_recommend

K = 20


@dataclass(frozen=True)
class Split:
    train: pd.DataFrame
    test: pd.DataFrame
    valid: pd.DataFrame | None


def time_split(log: pd.DataFrame) -> Split:
    """The last fifth of all events is the test, of users that were seen before."""
    border = log["timestamp"].quantile(0.8)
    train, later = log[log["timestamp"] <= border], log[log["timestamp"] > border]
    return Split(train, later[later["user_id"].isin(set(train["user_id"]))], None)


def read(arguments: list[str]) -> Split:
    if arguments == ["--large"]:
        return drawn()
    if len(arguments) == 1:
        return time_split(read_event_pairs(Path(arguments[0])))
    parts = [read_adjacency(path) for path in arguments]
    return Split(parts[0], parts[1], parts[2] if len(parts) > 2 else None)


def drawn(n_users: int = 29_858, n_items: int = 40_981, n_pairs: int = 1_027_370) -> Split:
    """A log of the size of Gowalla as LightGCN splits it: a fifth of the pairs is the test.

    Users and items belong to one of 200 communities, nine events of ten stay inside; how much
    users do and how popular items are falls by a power law.
    """
    rng = np.random.default_rng(0)
    heavy = (1 + np.arange(n_users)) ** -0.6
    users = rng.choice(n_users, 2 * n_pairs, p=heavy / heavy.sum())
    users[:n_users] = np.arange(n_users)
    ranks = (n_items * rng.random(len(users)) ** 2.5).astype(np.int64)
    inside = ranks // 200 * 200 + users % 200
    items = np.where((rng.random(len(users)) < 0.9) & (inside < n_items), inside, ranks)
    pairs = pd.DataFrame({"user_id": users, "item_id": items}).drop_duplicates().head(n_pairs)
    test = rng.random(len(pairs)) < 0.2
    return Split(pairs[~test], pairs[test], None)


def matrix(part: pd.DataFrame, users: pd.Index, items: pd.Index) -> sparse.csr_matrix:
    pairs = (users.get_indexer(part["user_id"]), items.get_indexer(part["item_id"]))
    found = sparse.csr_matrix(
        (np.ones(len(part), np.float32), pairs), shape=(len(users), len(items))
    )
    found.data[:] = 1
    return found


def peers(strength: float) -> dict[str, Callable[[], object]]:
    from implicit.als import AlternatingLeastSquares
    from implicit.bpr import BayesianPersonalizedRanking
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender

    return {
        "item-knn": lambda: CosineRecommender(K=200),
        "item-knn, bm25": lambda: BM25Recommender(K=200),
        "als": lambda: AlternatingLeastSquares(
            factors=64, regularization=10.0, alpha=10 * strength, iterations=15, random_state=0
        ),
        "bpr": lambda: BayesianPersonalizedRanking(
            factors=64, learning_rate=0.02, iterations=200, num_threads=1, random_state=0
        ),
    }


def measure_peer(make: Callable[[], object], split: Split) -> dict[str, float]:
    """Fit and recommend with a model of ``implicit``, measured as semrec's models are."""
    parts = [part for part in (split.train, split.test, split.valid) if part is not None]
    users = pd.Index(pd.concat([part["user_id"] for part in parts]).unique())
    items = pd.Index(pd.concat([part["item_id"] for part in parts]).unique())
    train, test, *others = (matrix(part, users, items) for part in parts)
    seen = sum(others, start=train)
    relevance = (test - test.multiply(seen > 0)).tocsr()
    relevance.eliminate_zeros()
    asked = np.flatnonzero(np.diff(relevance.indptr))
    start = time.perf_counter()
    model = make()
    model.fit(train, show_progress=False)  # type: ignore[attr-defined]
    fitted = time.perf_counter()
    extra = int(np.diff(others[0].indptr).max()) if others else 0
    answer = model.recommend(asked, train[asked], N=K + extra)  # type: ignore[attr-defined]
    ranked = first_unseen(np.asarray(answer[0], dtype=np.int64), seen[asked])
    scored = time.perf_counter()
    return {
        f"recall@{K}": metrics.mean(metrics.recall(ranked, relevance[asked], K)).value,
        f"ndcg@{K}": metrics.mean(metrics.ndcg(ranked, relevance[asked], K)).value,
        "fit_seconds": fitted - start,
        "score_seconds": scored - fitted,
    }


def first_unseen(found: NDArray[np.int64], seen: sparse.csr_matrix) -> NDArray[np.int64]:
    ranked = np.full((len(found), K), -1, dtype=np.int64)
    for user, rows in enumerate(found):
        unseen = rows[~np.isin(rows, seen[user].indices) & (rows >= 0)][:K]
        ranked[user, : len(unseen)] = unseen
    return ranked


def show(library: str, name: str, report: dict[str, float]) -> None:
    figures = [report[f"recall@{K}"], report[f"ndcg@{K}"]]
    seconds = [report["fit_seconds"], report["score_seconds"]]
    print(
        f"{library:9} {name:15} {figures[0]:9.4f} {figures[1]:9.4f} "
        f"{seconds[0]:8.1f} {seconds[1]:8.1f}",
        flush=True,
    )


def main() -> None:
    split = read(sys.argv[1:])
    print(f"{len(split.train)} train pairs, {len(split.test)} test pairs")
    print(f"library   model          recall@{K}   ndcg@{K}    fit s  score s")
    others = peers(strength=float(np.log(2)))
    large = sys.argv[1:] == ["--large"]
    for name in ("ridge-filter", "bspm", "gf-cf") if large else BEHAVIOURAL:
        report = evaluate_recommend(split.train, split.test, split.valid, model=name, k=K)
        show("semrec", name, report)
        for peer in (peer for peer in others if peer.split(",")[0] == name):
            # As the library asks for: it has threads of its own.
            with threadpool_limits(1, "blas"):
                show("implicit", peer, measure_peer(others[peer], split))


if __name__ == "__main__":
    main()
