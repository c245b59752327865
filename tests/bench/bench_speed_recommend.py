"""Own item-knn and als beside ``implicit``, in one run: seconds to fit, and to answer all users.

    python tests/bench/bench_speed_recommend.py TRAIN [TRAIN …]  # lines "user item item …"
    python tests/bench/bench_speed_recommend.py --rounds 5 TRAIN

Both libraries see the same matrix, keep as many neighbours and factors, and list 20 unseen items
for every user. They take turns, since the speed of a machine drifts; the ratio is that of the
medians. ``OMP_NUM_THREADS`` holds for both.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from scipy import sparse
from threadpoolctl import threadpool_limits

from semrec.collab import create
from semrec.collab.parallel import threads
from semrec.collab.protocol import Interactions
from semrec.evaluate.files import read_adjacency

K = 20
NEIGHBOURS, FACTORS, ITERATIONS = 200, 64, 15
Seconds = tuple[float, float]


def interactions(path: Path) -> Interactions:
    """The pairs of a file, all alike."""
    pairs = read_adjacency(path)
    users, user_ids = pd.factorize(pairs["user_id"], sort=True)
    items, item_ids = pd.factorize(pairs["item_id"], sort=True)
    ones, zeros = np.ones(len(pairs), np.float32), np.zeros(len(pairs))
    none = np.full(len(pairs), -1)
    return Interactions(users, items, ones, zeros, none, len(user_ids), len(item_ids))


def ours(name: str, log: Interactions, settings: dict[str, float]) -> Seconds:
    """A model of semrec."""
    start = time.perf_counter()
    model = create(name, **settings).fit(log)
    fitted = time.perf_counter()
    model.recommend(log.matrix(), K, exclude_seen=True)
    return fitted - start, time.perf_counter() - fitted


def theirs(make: Callable[[], object], matrix: sparse.csr_matrix) -> Seconds:
    """A model of implicit; it has threads of its own and asks for BLAS on one."""
    with threadpool_limits(1, "blas"):
        start = time.perf_counter()
        model = make()
        model.fit(matrix, show_progress=False)  # type: ignore[attr-defined]
        fitted = time.perf_counter()
        model.recommend(np.arange(matrix.shape[0]), matrix, N=K)  # type: ignore[attr-defined]
        return fitted - start, time.perf_counter() - fitted


def rivals() -> dict[str, tuple[dict[str, float], Callable[[], object]]]:
    """By model: our settings, and the other library's model."""
    from implicit.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import CosineRecommender

    shape: dict[str, float] = {"factors": FACTORS, "iterations": ITERATIONS}
    return {
        "item-knn": (
            {"neighbours": NEIGHBOURS},
            lambda: CosineRecommender(K=NEIGHBOURS, num_threads=threads()),
        ),
        "als": (
            shape,
            lambda: AlternatingLeastSquares(
                **shape, regularization=10.0, alpha=10.0, random_state=0, num_threads=threads()
            ),
        ),
    }


def line(name: str, times: Iterable[Seconds]) -> tuple[str, float]:
    """The medians of fitting, answering and both, and the last of them."""
    fit, score, whole = (
        median(values)
        for values in zip(*((fit, score, fit + score) for fit, score in times), strict=True)
    )
    return f"{name:20} {fit:8.2f} {score:8.2f} {whole:8.2f}", whole


def main() -> None:
    """Take turns, print the medians."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("train", type=Path, nargs="+")
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    for path in given.train:
        log = interactions(path)
        matrix = sparse.csr_matrix(log.matrix())
        size = f"{log.n_users} users, {log.n_items} items, {matrix.nnz} pairs"
        print(f"{path.parent.name}: {size}, {threads()} threads")
        for name, (settings, make) in rivals().items():
            rounds = [
                (ours(name, log, settings), theirs(make, matrix)) for _ in range(given.rounds)
            ]
            mine, total = line(f"semrec {name}", (own for own, _ in rounds))
            other, reference = line(f"implicit {name}", (own for _, own in rounds))
            print(f"{mine}\n{other}\n{'ratio':38} {total / reference:8.2f}", flush=True)


if __name__ == "__main__":
    main()
