"""An update of 1,000 items in a large index: what each step costs.

    python tests/bench/bench_update.py [items=1000000] [changed=1000] [dim=384]

Titles are made up of 20,000 words. The vectors are random, and exact: an update of a graph does the
same, since both put new vectors into the tail. Only half of the changed items are new.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from semrec.collab.bundles import FittedBundles
from semrec.collab.neighbours import FittedItemNeighbours
from semrec.collab.popularity import FittedPopularity
from semrec.config import Config
from semrec.data.catalog import Catalog, load
from semrec.data.ids import IdMap
from semrec.data.kept import Kept
from semrec.encoders import Encoders
from semrec.index.dense import DenseIndex, RowMap
from semrec.index.dense_parts import Exact
from semrec.index.dense_plan import DensePlan
from semrec.index.folder import written
from semrec.index.lexical import LexicalIndex
from semrec.legs import Choice
from semrec.life.apply import applied
from semrec.life.change import Change
from semrec.shop import Shop
from semrec.state import State
from semrec.text.shop_words import ShopWords

ROUNDS = 5


def titles(rng: np.random.Generator, count: int) -> list[str]:
    words = np.array([chr(0x4E00 + i // 140) + chr(0x4E00 + i % 140) for i in range(19_600)])
    drawn = words[(19_600 * rng.random((count, 8)) ** 2).astype(int)]
    return [" ".join(row) for row in drawn]


def frame(rng: np.random.Generator, first: int, count: int) -> pd.DataFrame:
    named = titles(rng, count)
    return pd.DataFrame(
        {
            "item_id": [f"item{i}" for i in range(first, first + count)],
            "title": named,
            "category": [f"类{i % 50}" for i in range(count)],
            "brand": [f"牌{i % 999}" for i in range(count)],
            "price": rng.random(count) * 100,
            "attributes": '{"颜色": "红"}',
        }
    )


def vectors(rng: np.random.Generator, count: int, dim: int) -> np.ndarray:
    made = rng.standard_normal((count, dim), dtype=np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made


def synthetic(rng: np.random.Generator, count: int, dim: int) -> Shop:
    config = Config()
    catalog, _ = load(frame(rng, 0, count))
    nothing = np.zeros(count)
    indptr = np.arange(0, count * 20 + 1, 20)
    likeness = rng.random(count * 20).astype(np.float32)
    neighbours = rng.integers(count, size=count * 20)
    alike = sparse.csr_matrix((likeness, neighbours, indptr), shape=(count, count))
    ones = np.ones(len(alike.data), dtype=np.int64)
    exact = Exact.build(vectors(rng, count, dim))
    return Shop(
        config=config,
        catalog=catalog,
        users=IdMap(["u0"]),
        history=sparse.csr_matrix(([1.0], ([0], [3])), shape=(1, count), dtype=np.float32),
        lexical=LexicalIndex.build({"title": catalog.texts("title")}, str.split, config.lexical),
        dense=DenseIndex(
            exact,
            RowMap.identity(count),
            np.empty((0, dim), np.float32),
            DensePlan(),
        ),
        popularity=FittedPopularity(rng.random(count).astype(np.float32)),
        neighbours=FittedItemNeighbours(alike, np.ones(count, dtype=bool)),
        bundles=FittedBundles(alike, ones, nothing.astype(int), nothing.astype(int)),
        encoder={"name": "none", "fingerprint": "none"},
        student=None,
        centre=None,
        choice=Choice("teacher", "made up"),
        words=ShopWords.build(Catalog.of(catalog.frame.head(500))),
        ratings=np.full(count, np.nan, dtype=np.float32),
        opinions=None,
        events=Kept(),
        reviews=Kept(),
        newest=0.0,
    )


@contextmanager
def clock(what: str, times: dict[str, list[float]]) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    times.setdefault(what, []).append(time.process_time() - cpu)
    times.setdefault("all, on the clock", [0.0])[-1] += time.perf_counter() - wall


def main(count: int, changed: int, dim: int) -> None:
    rng = np.random.default_rng(0)
    start = time.perf_counter()
    shop = synthetic(rng, count, dim)
    print(f"{count:,} items made in {time.perf_counter() - start:.0f} s")
    encoders = Encoders(shop.config.embed, None)
    state = State.of(shop, encoders)
    query = vectors(rng, 1, dim)[0]
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "index"
        with written(path, {"counts": {"items": count}}):
            pass
        for number in range(ROUNDS):
            times.setdefault("all, on the clock", []).append(0.0)
            old = frame(rng, number * changed, changed // 2)
            new = frame(rng, count + number * changed, changed - changed // 2)
            items, _ = load(pd.concat([old, new], ignore_index=True))
            gone = tuple(f"item{count // 2 + number * 10 + i}" for i in range(10))
            change = Change(items.frame, vectors(rng, changed, dim), gone, pd.DataFrame())
            wanted = items.frame["title"].iat[-1]
            with clock("apply", times):
                shop = applied(state.shop, change)
            with clock("write the delta", times):
                change.append_to(path)
            with clock("put in place", times):
                state = State.of(shop, encoders)
            with clock("first search, lexical", times):
                found = shop.lexical.search(state.segmenter.terms(wanted), 1, shop.catalog.live)
            with clock("first understanding", times):
                state.tools.plan("红色 猫粮 100元以下", shop.catalog.live)
            with clock("first search, dense", times):
                shop.dense.search(query, 10, shop.catalog.live)
            with clock("first recommendation", times):
                shop.neighbours.score_users(shop.history)
            assert shop.catalog.items.id(int(found.rows[0])) == items.frame["item_id"].iat[-1]
    print(f"{changed:,} items changed, half of them new, 10 deleted; {ROUNDS} rounds, CPU time")
    for what, taken in times.items():
        print(f"{what:24}" + "".join(f"{each:8.3f}" for each in taken) + " s")
    visible = ["apply", "write the delta", "put in place"]
    totals = [sum(times[what][i] for what in visible) for i in range(ROUNDS)]
    print(f"{'visible after':24}" + "".join(f"{each:8.3f}" for each in totals) + " s")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*given, *(1_000_000, 1_000, 384)[len(given) :])
