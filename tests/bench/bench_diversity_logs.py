"""What variety costs on real logs: nDCG against diversity and against coverage of the catalog.

    python tests/bench/bench_diversity_logs.py DATA [ml-100k lastfm ml-1m amazon-cn douban]

The plain list is that of the best model of the log; its first 200 candidates are varied. Diversity
is the mean of 1 - cosine in a list: of genres (ml-100k), of a truncated SVD of the log (lastfm,
ml-1m), of the packaged student on Chinese names (amazon-cn), of titles, authors and tags
(douban). ``chance`` is the diversity of random pairs of items, about the most that there is.

Recorded, the most that costs no more than 2 % of nDCG@10, over up to 1,000 users:

    log        plain nDCG  diversity  chance  by novelty      coverage by tail  doubled at
    ml-100k          .201       .719    .766   +11 % at .3     1.4 x at .35      -13 %
    lastfm           .205       .607    .978   +15 % at .4     1.6 x at .3        -4 %
    ml-1m            .335       .613    .745   +10 % at .4     1.7 x at .5        -3 %
    amazon-cn        .237       .898    .933    +8 % at .5     1.4 x at .45       (2/3 shown plain)
    douban           .110       .187    .925   +44 % at .5     1.0 x              never

What was tried beside, at 2 % of nDCG@10: the fast greedy MAP of a determinantal process (Chen et
al. 2018) +11 % diversity on ml-100k and lastfm, +28 % on douban; xQuAD over clusters +4 %, +7 %,
+33 %, with 1.75 x the coverage on amazon-cn; novelty by the variety of a person's own history as
the same for all; 500 candidates and scores without the root as 200 and with it; local search on
nDCG and diversity together as greedy; and, knowing all other lists, a toll on what was shown often
already (as FairRec) 1.5 to 1.7 x the coverage, hardly more than ``tail``, which knows one.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from bench_hybrid import hold_out, interactions, read, vectors
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy import sparse
from scipy.sparse.linalg import svds

from semrec.collab.behavioural import create_behavioural
from semrec.encoders import load_student
from semrec.evaluate.files import read_adjacency
from semrec.rank.blend import popularity_shares
from semrec.rank.diversify import (
    POOL,
    Diversity,
    Facets,
    diversify,
    intra_list_diversity,
    to_list,
    worth,
)
from semrec.rank.lifts import Lifts, auctioned
from semrec.types import Hits, Vectors

K, USERS, DIM = 10, 1000, 64
WISHES: dict[str, Diversity] = {
    "plain": Diversity(),
    **{f"novelty {n}": Diversity(novelty=n) for n in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)},
    **{f"tail {t}": Diversity(tail=t) for t in (0.1, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)},
    **{f"coverage {c}": Diversity(coverage=c) for c in (0.2, 0.3, 0.35, 0.4, 0.5, 0.6)},
    "novelty 0.3, tail 0.2": Diversity(novelty=0.3, tail=0.2),
    "novelty 0.2, coverage 0.3": Diversity(novelty=0.2, coverage=0.3),
    "novelty 0.3, coverage 0.2": Diversity(novelty=0.3, coverage=0.2),
    "novelty 0.3, coverage 0.3": Diversity(novelty=0.3, coverage=0.3),
}


@dataclass(frozen=True)
class Log:
    """Users × items before and after, what the items are like, and the model of the plain list."""

    train: sparse.csr_matrix
    test: sparse.csr_matrix
    items: Vectors
    model: str


def ml_100k(data: Path) -> Log:
    """Each user's last fifth is the test; items are their genres."""
    log = pd.read_csv(data / "cf-ml-100k/ml-100k.inter", sep="\t")
    log.columns = pd.Index(["user", "item", "rating", "time"])
    films = pd.read_csv(data / "cf-ml-100k/ml-100k.item", sep="\t")
    genres = films["class:token_seq"].fillna("").str.get_dummies(" ").to_numpy(np.float32)
    users = pd.factorize(log["user"])[0]
    items = pd.Index(films["item_id:token"]).get_indexer(log["item"])
    late = log.groupby("user")["time"].rank(method="first", pct=True).to_numpy() > 0.8
    shape = (int(users.max()) + 1, len(films))
    parts = [_matrix(users[part], items[part], shape) for part in (~late, late)]
    return Log(parts[0], parts[1], _unit(genres), "ease")


def lightgcn(folder: str, model: str) -> Callable[[Path], Log]:
    """A split of LightGCN; items are a truncated SVD of the log."""

    def load(data: Path) -> Log:
        pairs = [read_adjacency(data / folder / f"{part}.txt") for part in ("train", "test")]
        users = pd.Index(pd.concat(pairs)["user_id"].unique())
        items = pd.Index(pd.concat(pairs)["item_id"].unique())
        train, test = (
            _matrix(
                users.get_indexer(part["user_id"]),
                items.get_indexer(part["item_id"]),
                (len(users), len(items)),
            )
            for part in pairs
        )
        weights = 1 / np.sqrt(np.maximum(train.sum(axis=1), 1))
        return Log(train, test, _reduced(train.multiply(weights).tocsr().T), model)

    return load


def amazon_cn(data: Path) -> Log:
    """Ratings of 3 and more by users with five of them; a fifth is the test."""
    log = pd.read_csv(data / "amazon-cn-ratings/ratings.csv")
    goods = pd.read_csv(data / "amazon-cn-ratings/products.tsv", sep="\t")
    log = log[log["rating"] >= 3]
    log = log[log.groupby("user_id")["product_id"].transform("size") >= 5]
    users = pd.factorize(log["user_id"])[0]
    items = pd.Index(goods["product_id"]).get_indexer(log["product_id"])
    out = np.random.default_rng(0).random(len(log)) < 0.2
    shape = (int(users.max()) + 1, len(goods))
    student = load_student("pretrained")
    assert student is not None
    parts = [_matrix(users[part], items[part], shape) for part in (~out, out)]
    return Log(parts[0], parts[1], student.encode_items(goods["name"].tolist()), "item-knn")


def douban(data: Path) -> Log:
    """Book lists, by user neighbours and nearness of texts in equal parts."""
    books, lists = read(data / "douban-books")
    train, test = hold_out(lists)
    return Log(train, test, _reduced(vectors(books)), "user-knn + content")


LOGS: Mapping[str, Callable[[Path], Log]] = {
    "ml-100k": ml_100k,
    "lastfm": lightgcn("cf-lightgcn-lastfm", "ease"),
    "ml-1m": lightgcn("cf-lightgcn-ml-1m", "ridge-filter"),
    "amazon-cn": amazon_cn,
    "douban": douban,
}


def ranked(log: Log) -> list[tuple[Hits, set[int]]]:
    """The first candidates of at most ``USERS`` users, and what each took later."""
    asked = np.flatnonzero((np.diff(log.test.indptr) > 0) & (np.diff(log.train.indptr) > 0))
    users = np.sort(np.random.default_rng(0).permutation(asked)[:USERS])
    name, _, content = log.model.partition(" + ")
    model = create_behavioural(name).fit(interactions(log.train))
    scores = model.score_users(log.train[users])
    if content:
        means = log.train[users] @ log.items
        scores = _stretched(np.nan_to_num(scores)) + _stretched(means @ log.items.T)
    found = []
    for user, said in zip(users, scores, strict=True):
        said = np.nan_to_num(said, nan=-np.inf)
        said[log.train[user].indices] = -np.inf
        rows = np.argsort(-said, kind="stable")[:POOL]
        rows = rows[np.isfinite(said[rows])]
        found.append((Hits(rows, said[rows]), set(log.test[user].indices.tolist())))
    return found


def figures(
    log: Log, questions: list[tuple[Hits, set[int]]], wish: Diversity
) -> tuple[float, float, float]:
    """nDCG@10, diversity and coverage@10."""
    popular = np.nan_to_num(popularity_shares(np.asarray(log.train.sum(axis=0)).ravel()))
    lifts = lifted(log, questions, wish)
    gains, variety, shown = [], [], []
    for hits, later in questions:
        facets = Facets(
            log.items[hits.rows], popularity=popular[hits.rows], lifts=lifts.of(hits.rows)
        )
        rows = diversify(hits, K, wish, facets).rows[:K]
        right = np.array([int(row) in later for row in rows], dtype=np.float64)
        ideal = np.sum(1 / np.log2(np.arange(2, 2 + min(K, len(later)))))
        gains.append(float(np.sum(right / np.log2(np.arange(2, 2 + len(rows)))) / ideal))
        variety.append(intra_list_diversity(log.items[rows]))
        shown.append(rows)
    covered = len(np.unique(np.concatenate(shown))) / len(log.items)
    return float(np.mean(gains)), float(np.mean(variety)), covered


def lifted(log: Log, questions: list[tuple[Hits, set[int]]], wish: Diversity) -> Lifts:
    """Lifts for these persons; what they took later plays no part."""
    rows = np.full((len(questions), POOL), -1)
    values = np.zeros(rows.shape, dtype=np.float32)
    for i, (hits, _) in enumerate(questions):
        rows[i, : len(hits)] = hits.rows
        alone = worth(hits.scores, Diversity(), Facets())
        values[i, : len(hits)] = to_list(alone, log.items[hits.rows], K, wish.novelty)
    return auctioned(rows, values, len(log.items), K, wish.coverage)


def _matrix(
    users: NDArray[np.int64], items: NDArray[np.int64], shape: tuple[int, int]
) -> sparse.csr_matrix:
    found = sparse.csr_matrix((np.ones(len(users), np.float32), (users, items)), shape=shape)
    found.data[:] = 1
    return found


def _unit(rows: NDArray[np.float32]) -> Vectors:
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return np.asarray(rows / lengths, dtype=np.float32)


def _reduced(rows: sparse.csr_matrix) -> Vectors:
    left, values, _ = svds(rows.astype(np.float64), k=DIM, random_state=0)
    return _unit(left * values)


def _stretched(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
    return np.asarray((scores - low) / np.maximum(high - low, 1e-9), dtype=np.float32)


def main() -> None:
    """Print a table a log."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of the data sets")
    parser.add_argument("logs", nargs="*", default=list(LOGS), help=", ".join(LOGS))
    options = parser.parse_args()
    for name in options.logs:
        log = LOGS[name](options.data)
        questions = ranked(log)
        pairs = np.random.default_rng(0).integers(len(log.items), size=(2, 20_000))
        chance = 1 - float(np.mean(np.sum(log.items[pairs[0]] * log.items[pairs[1]], axis=1)))
        table = Table("wish", "nDCG@10", "diversity", "coverage@10", "", "", "")
        table.title = f"{name}: {log.model}, {len(questions)} users, chance {chance:.3f}"
        plain = figures(log, questions, WISHES["plain"])
        for wish, kind in WISHES.items():
            found = figures(log, questions, kind)
            changes = [value / before for value, before in zip(found, plain, strict=True)]
            table.add_row(
                wish,
                *(f"{value:.3f}" for value in found),
                f"{changes[0] - 1:+.1%}",
                f"{changes[1] - 1:+.1%}",
                f"x {changes[2]:.2f}",
            )
        Console(width=100).print(table)


if __name__ == "__main__":
    main()
