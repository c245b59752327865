"""New items, new users and baskets: what each answer is worth, slice by slice.

    python tests/bench/bench_coldstart.py

On the sample shop, whose behaviour is simulated with planted tastes. A tenth of the items loses all
events of training (new items) and a fifth of the users keeps 0 to 5 (new users); what was taken
from them, and the last fifth of everybody else's items, is the test. Recall@20 over the users that
have something in the slice.

Recorded:

    slice         users    popular    context   item-knn    content  newcomers     hybrid
    all            1130     0.0190     0.0214     0.2900     0.3482     0.3548     0.4023
    new user         42     0.0228     0.0229     0.0000     0.0000     0.0228     0.0228
    1-5 events      290     0.0197     0.0259     0.3269     0.3491     0.3876     0.4336
    known user      798     0.0186     0.0197     0.2919     0.3662     0.3603     0.4109
    new item        882     0.0000     0.0000     0.0000     0.3811     0.2533     0.3244
    1-2 users       371     0.0000     0.0000     0.1224     0.3429     0.1010     0.3156
    known item     1079     0.0281     0.0329     0.4477     0.3114     0.4249     0.4329
    newcomers
      rank of a wanted warm item of 2400: median 37, quartiles 12 and 165
      rank of a wanted new item of 2400: median 64, quartiles 33 and 195
    hybrid
      rank of a wanted warm item of 2400: median 182, quartiles 18 and 1092
      rank of a wanted new item of 2400: median 59, quartiles 26 and 280
    next basket: 805 users; recall@20
      popularity 0.1034
      habit alone 0.2939
      neighbours alone 0.4041
      both 0.4308
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from semrec.collab.base import top_rows
from semrec.collab.cold import Newcomers, rank_of, with_newcomers
from semrec.collab.content import ContentNeighbours
from semrec.collab.contexts import Contexts, part_of_day, season
from semrec.collab.hybrid import Hybrid
from semrec.collab.neighbours import ItemNeighbours
from semrec.collab.next_basket import NextBasket
from semrec.collab.popularity import Popularity
from semrec.collab.protocol import Interactions
from semrec.collab.slices import slices
from semrec.config import EventsConfig
from semrec.data import catalog as catalogs
from semrec.data import events as behaviour
from semrec.data.catalog import Catalog
from semrec.datasets import load_sample

K = 20


def read() -> tuple[Catalog, Interactions]:
    shop = load_sample()
    catalog, _ = catalogs.load(shop.catalog)
    log, _ = behaviour.load(shop.events, catalog.items, EventsConfig())
    return catalog, behaviour.interactions(log, catalog.items, EventsConfig())[0]


def part(interactions: Interactions, keep: NDArray[np.bool_]) -> Interactions:
    names = ("users", "items", "weights", "times", "baskets")
    return replace(interactions, **{name: getattr(interactions, name)[keep] for name in names})


def split(whole: Interactions, seed: int = 1) -> tuple[Interactions, sparse.csr_matrix]:
    """Training events, and test pairs that training does not hold."""
    rng = np.random.default_rng(seed)
    new_items = rng.random(whole.n_items) < 0.1
    few = np.where(rng.random(whole.n_users) < 0.2, rng.integers(0, 6, whole.n_users), 10**6)
    first = np.full((whole.n_users, whole.n_items), np.inf)
    np.minimum.at(first, (whole.users, whole.items), whole.times)
    place = first.argsort(axis=1).argsort(axis=1)  # of each item in its user's history
    counts = np.isfinite(first).sum(axis=1)
    kept = np.isfinite(first) & ~new_items & (place < few[:, None])
    kept &= place < np.ceil(counts * 0.8)[:, None]
    test = sparse.csr_matrix((np.isfinite(first) & ~kept).astype(np.float32))
    return part(whole, kept[whole.users, whole.items]), test


def recall(scores: NDArray[np.float32], train: sparse.csr_matrix, test: sparse.csr_matrix) -> float:
    asked = np.flatnonzero(np.diff(test.indptr))
    if not len(asked):
        return float("nan")
    scores = scores[asked].copy()
    scores[train[asked].nonzero()] = np.nan
    hits = top_rows(scores, K)
    found = [np.isin(h.rows, test[u].indices).sum() for u, h in zip(asked, hits, strict=True)]
    return float((np.array(found) / np.diff(test.indptr)[asked]).mean())


def positive(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.where(scores > 0, scores, np.nan).astype(np.float32)


def vectors(catalog: Catalog) -> sparse.csr_matrix:
    words = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
    texts = zip(*(catalog.texts(name) for name in ("title", "category", "brand")), strict=True)
    return words.fit_transform([" ".join(text) for text in texts]).astype(np.float32)


def in_context(train: Interactions, fallback: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is popular in the season and at the hour at which each user was last there."""
    fitted = Contexts().fit(train)
    last = np.full(train.n_users, train.times.max())
    np.maximum.at(last, train.users, train.times)
    moments = zip(season(last), part_of_day(last), strict=True)
    known = {
        moment: fitted.scores({"season": int(moment[0]), "part_of_day": int(moment[1])})
        for moment in set(moments)
    }
    rows = [known[moment] for moment in zip(season(last), part_of_day(last), strict=True)]
    return np.where(np.stack(rows) > 0, np.stack(rows), fallback).astype(np.float32)


def show_new_items(
    catalog: Catalog,
    train: sparse.csr_matrix,
    test: sparse.csr_matrix,
    scores: NDArray[np.float32],
) -> None:
    """Where a wanted new item stands among all items, beside a wanted warm one."""
    known = np.bincount(train.indices, minlength=train.shape[1]) > 0
    users, items = test.nonzero()
    ranks = {True: [], False: []}
    for user, item in zip(users, items, strict=True):
        if np.diff(train.indptr)[user] and not np.isnan(scores[user, item]):
            ranks[bool(known[item])].append(rank_of(scores[user], int(item)))
    for label, warm in (("warm", True), ("new", False)):
        low, middle, high = np.percentile(ranks[warm], [25, 50, 75])
        print(
            f"  rank of a wanted {label} item of {len(catalog)}: median {middle:.0f}, "
            f"quartiles {low:.0f} and {high:.0f}"
        )


def show_baskets(whole: Interactions) -> None:
    """The last basket of each user, from those before."""
    last = np.full(whole.n_users, -1, dtype=np.int64)
    np.maximum.at(last, whole.users, whole.baskets)
    target = (whole.baskets >= 0) & (whole.baskets == last[whole.users])
    before = part(whole, (whole.baskets >= 0) & ~target)
    ones = np.ones(int(target.sum()), dtype=np.float32)
    pairs = (whole.users[target], whole.items[target])
    test = sparse.csr_matrix((ones, pairs), shape=(whole.n_users, whole.n_items))
    test = sparse.csr_matrix(test > 0, dtype=np.float32)
    nothing = sparse.csr_matrix(test.shape, dtype=np.float32)
    asked = np.diff(before.matrix().indptr) > 0
    test = sparse.csr_matrix(sparse.diags_array(asked.astype(np.float32)) @ test)
    test.eliminate_zeros()
    popular = Popularity(1e6).fit(before).score_users(before.matrix())
    print(f"next basket: {(np.diff(test.indptr) > 0).sum()} users; recall@{K}")
    print(f"  popularity {recall(popular, nothing, test):.4f}")
    for label, habit in (("habit alone", 1.0), ("neighbours alone", 0.0), ("both", 0.7)):
        fitted = NextBasket(habit=habit).fit(before)
        scores = positive(fitted.score_users(fitted.habits))
        print(f"  {label} {recall(scores, nothing, test):.4f}")


def main() -> None:
    catalog, whole = read()
    train, test = split(whole)
    matrix, words = train.matrix(), vectors(catalog)
    popular = Popularity().fit(train).score_users(matrix)
    knn = ItemNeighbours().fit(train)
    content = ContentNeighbours(words).fit(train)
    warm = positive(knn.score_users(matrix))
    stand_ins = Newcomers().stand_ins(
        content.similar_items,
        knn.known,
        catalog.texts("brand"),
        catalog.texts("category"),
        catalog.frame["price"].to_numpy(dtype=np.float64),
    )
    pseudo = with_newcomers(np.nan_to_num(knn.score_users(matrix)), stand_ins)
    fallback = np.where(np.diff(matrix.indptr)[:, None] > 0, np.float32(0), popular * 1e-9)
    systems = {
        "popular": popular,
        "context": in_context(train, popular * 1e-9),
        "item-knn": warm,
        "content": positive(content.score_users(matrix)),
        "newcomers": np.where(pseudo > 0, pseudo, positive(fallback)).astype(np.float32),
        "hybrid": Hybrid(words).fit(train).score_users(matrix),
    }
    print(f"{'slice':12}{'users':>7}{''.join(f'{name:>11}' for name in systems)}")
    for label, wanted in slices(matrix, test):
        figures = "".join(f"{recall(s, matrix, wanted):11.4f}" for s in systems.values())
        print(f"{label:12}{(np.diff(wanted.indptr) > 0).sum():7d}{figures}", flush=True)
    for name in ("newcomers", "hybrid"):
        print(name)
        show_new_items(catalog, matrix, test, systems[name])
    show_baskets(whole)


if __name__ == "__main__":
    main()
