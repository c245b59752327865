"""Systems for :func:`semrec.evaluate.run`: the legs of an engine, and models of behaviour."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab import create
from semrec.collab.next_basket import FittedNextBasket
from semrec.collab.protocol import FittedModel, Interactions, Model
from semrec.collab.registry import WITH_BASKETS, WITH_VECTORS
from semrec.config import Config
from semrec.data.catalog import Catalog
from semrec.encoders import Encoders
from semrec.errors import DataError, InvalidArgument
from semrec.evaluate.ask import System
from semrec.evaluate.background import Background
from semrec.evaluate.slices import by_history, by_users
from semrec.evaluate.splits import Split

T = TypeVar("T")
_STATM = Path("/proc/self/statm")


def with_cost(build: Callable[[], T]) -> tuple[T, dict[str, float]]:
    """Build something and say what it took.

    Returns:
        What was built, and ``build_seconds`` and ``memory_mb``: by how much the process grew, NaN
        where the system does not tell (other than Linux).
    """
    before, start = _resident_mb(), time.perf_counter()
    built = build()
    seconds = time.perf_counter() - start
    return built, {"build_seconds": seconds, "memory_mb": max(_resident_mb() - before, 0.0)}


def _resident_mb() -> float:
    if not _STATM.exists():
        return float("nan")
    import resource

    return int(_STATM.read_text().split()[1]) * resource.getpagesize() / 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Recommenders:
    """Everything that ``run`` takes for models on one split.

    Attributes:
        systems: user id to item ids, by name of the model.
        questions: the test users, by themselves.
        qrels: what they did in the test, without what they did before.
        background: the items and their users in training.
        costs: ``build_seconds, memory_mb`` by name.
        slices: ``user``: how much is known of the user.
        item_slices: ``item``: how much is known of what is wanted.
    """

    systems: Mapping[str, System]
    questions: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, float]]
    background: Background
    costs: Mapping[str, Mapping[str, float]]
    slices: Mapping[str, Mapping[str, str]]
    item_slices: Mapping[str, Mapping[str, str]]


def recommenders(
    split: Split, models: Sequence[str], depth: int = 200, catalog: Catalog | None = None
) -> Recommenders:
    """Fit models on a split and make each a function of the user.

    Nobody is recommended what they already dealt with. A user without history gets what the model
    gives to an empty one, maybe nothing.

    Args:
        split: with ``user_id, item_id`` and, if there are, ``weight``, ``timestamp``, ``basket``.
        models: names in ``semrec.collab.MODELS``.
        depth: length of the lists; ``run`` wants ``10 · k``.
        catalog: what can be recommended beside the items of the split, and the titles that
            ``content`` and ``hybrid`` read, by the packaged student.

    Raises:
        InvalidArgument: a model is unknown, or needs a catalog or baskets and there are none.
        DataError: the test holds no pair that is not known before.
    """
    known = split.train if split.history is None else pd.concat([split.train, split.history])
    qrels = _wanted(split.test, known)
    if not qrels:
        raise DataError("test holds no pair that is not in train or history as well")
    offered = [] if catalog is None else catalog.items.ids.tolist()
    users = pd.Index(known["user_id"].unique())
    items = pd.Index(dict.fromkeys([*split.train["item_id"].unique(), *offered]))
    # All before minutes of fitting, not after them.
    unfitted = _unfitted(models, split.train, items, catalog)
    log = _interactions(split.train, users, items)
    history = _history(known, users, items)
    systems, costs = {}, {}
    for name, model in unfitted.items():
        fitted, costs[name] = with_cost(lambda model=model: model.fit(log))  # type: ignore[misc]
        asked = fitted.habits if isinstance(fitted, FittedNextBasket) else history
        systems[name] = _system(fitted, asked, users, items, depth)
    counts = known["user_id"].value_counts()
    events = {str(user): int(count) for user, count in counts.items()}
    publics = split.train.groupby("item_id")["user_id"].nunique()
    return Recommenders(
        systems=systems,
        questions={user: user for user in qrels},
        qrels=qrels,
        background=Background.of_log(split.train, items.tolist()),
        costs=costs,
        slices={"user": by_history(list(qrels), events)},
        item_slices={"item": by_users(qrels, publics.to_dict())},
    )


def _unfitted(
    names: Sequence[str], train: pd.DataFrame, items: pd.Index, catalog: Catalog | None
) -> dict[str, Model]:
    """The models by name, with vectors of the titles for those that need them."""
    vectors = None
    if catalog is not None and set(names) & set(WITH_VECTORS):
        vectors = _vectors(catalog, items)
    models = {}
    for name in names:
        if name in WITH_BASKETS and not ("basket" in train and (train["basket"] >= 0).any()):
            raise InvalidArgument(f"model {name!r} needs baskets; legal: a log with times")
        if name in WITH_VECTORS and vectors is None:
            raise InvalidArgument(f"model {name!r} needs titles; legal: with a catalog")
        models[name] = create(name, vectors=vectors) if name in WITH_VECTORS else create(name)
    return models


def _vectors(catalog: Catalog, items: pd.Index) -> NDArray[np.float32]:
    """What the student makes of each title, zeros where there is none: ``(items, dim)``."""
    rows = catalog.items.rows(items)
    titles = catalog.texts("title")
    encoded = (
        Encoders.open(Config().embed)
        .of("student")
        .encode_items([titles[row] for row in rows[rows >= 0]])
    )
    vectors = np.zeros((len(items), encoded.shape[1]), dtype=np.float32)
    vectors[rows >= 0] = encoded
    return vectors


def _system(
    model: FittedModel, history: sparse.csr_matrix, users: pd.Index, items: pd.Index, depth: int
) -> System:
    nobody = sparse.csr_matrix((1, history.shape[1]), dtype=np.float32)
    rows = {user: row for row, user in enumerate(users)}

    def recommend(user: str) -> list[str]:
        row = rows.get(user)
        own = nobody if row is None else history[row]
        hits = model.recommend(own, depth, exclude_seen=True)[0]
        return [str(item) for item in items[hits.rows]]

    return recommend


def _wanted(test: pd.DataFrame, known: pd.DataFrame) -> dict[str, dict[str, float]]:
    """By user, the items of the test that were not known before."""
    pairs = pd.MultiIndex.from_frame(known[["user_id", "item_id"]])
    fresh = test[~pd.MultiIndex.from_frame(test[["user_id", "item_id"]]).isin(pairs)]
    wanted: dict[str, dict[str, float]] = {}
    for user, item in zip(fresh["user_id"], fresh["item_id"], strict=True):
        wanted.setdefault(user, {})[item] = 1.0
    return wanted


def _interactions(train: pd.DataFrame, users: pd.Index, items: pd.Index) -> Interactions:
    ones, zeros = np.ones(len(train)), np.zeros(len(train))
    return Interactions(
        users=users.get_indexer(train["user_id"]).astype(np.int64),
        items=items.get_indexer(train["item_id"]).astype(np.int64),
        weights=np.asarray(train.get("weight", ones), dtype=np.float32),
        times=np.asarray(train.get("timestamp", zeros), dtype=np.float64),
        baskets=np.asarray(train.get("basket", zeros - 1), dtype=np.int64),
        n_users=len(users),
        n_items=len(items),
    )


def _history(known: pd.DataFrame, users: pd.Index, items: pd.Index) -> sparse.csr_matrix:
    """What each user did with items that can be recommended, users × items, float32."""
    there = known[known["item_id"].isin(items)]
    return _interactions(there, users, items).matrix()
