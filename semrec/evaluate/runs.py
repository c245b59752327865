"""Measure search on judged queries, and a model of behaviour on a split."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from semrec.collab import create
from semrec.collab.protocol import FittedModel, Interactions
from semrec.collab.slices import slices
from semrec.errors import DataError, InvalidArgument
from semrec.evaluate import metrics
from semrec.evaluate.ask import Numbering, System, ask
from semrec.evaluate.files import Qrels, Queries
from semrec.evaluate.judged import judge
from semrec.evaluate.slices import by_log
from semrec.progress import track

_SEARCH_METRICS = (("ndcg", 10), ("mrr", 10), ("hit_rate", 10), ("recall", 10), ("recall", 100))
_DEPTH = max(k for _, k in _SEARCH_METRICS)
_USERS_AT_ONCE = 512


def evaluate_search(
    search: System, queries: Queries, qrels: Qrels, logged: Collection[str] | None = None
) -> dict[str, float | None]:
    """Ask every judged query and measure the answers.

    Args:
        search: answers a query; it should give 100 items, since recall is measured there.
        queries: text by query id.
        qrels: relevance by query id and item id; items that are not judged are not relevant.
        logged: the queries of the shop's log, to report those apart that it has never seen.

    Returns:
        ``ndcg@10, mrr@10, hit_rate@10, recall@10, recall@100`` (means over ``queries``),
        ``queries``, ``skipped_queries`` (no relevant item is judged, or judged without a text),
        ``latency_p50_ms, latency_p95_ms`` of one call; with ``logged`` also ``new_queries`` and
        ``ndcg@10 of new queries``, None if there is none.

    Raises:
        DataError: no query has a relevant item.
    """
    judged = [qid for qid in queries if any(gain > 0 for gain in qrels.get(qid, {}).values())]
    if not judged:
        raise DataError("no query has a relevant item; qid must agree in queries and qrels")
    answers = ask(search, [queries[qid] for qid in judged], _DEPTH, "queries")
    numbering = Numbering()
    ranked = numbering.ranked(answers.lists, _DEPTH)
    relevance = numbering.relevance([qrels[qid] for qid in judged])
    gains = judge(ranked, relevance, _DEPTH)
    report: dict[str, float | None] = {
        f"{name}@{k}": metrics.mean(metrics.FORMULAS[name](gains.at(k))).value
        for name, k in _SEARCH_METRICS
    }
    report |= {
        "queries": len(judged),
        "skipped_queries": len(queries.keys() | qrels.keys()) - len(judged),
        "latency_p50_ms": float(np.percentile(answers.milliseconds, 50)),
        "latency_p95_ms": float(np.percentile(answers.milliseconds, 95)),
    }
    if logged is not None:
        labels = by_log({qid: queries[qid] for qid in judged}, logged)
        new = np.array([labels[qid] == "new query" for qid in judged])
        report["new_queries"] = int(new.sum())
        found = metrics.ndcg(ranked[new], relevance[new], 10) if new.any() else None
        report["ndcg@10 of new queries"] = found if found is None else metrics.mean(found).value
    return report


def evaluate_recommend(
    train: pd.DataFrame,
    test: pd.DataFrame,
    valid: pd.DataFrame | None = None,
    *,
    model: str = "item-knn",
    k: int = 20,
) -> dict[str, float | None]:
    """Fit a model on ``train`` and measure what it recommends to the users of ``test``.

    Items of a user's train and valid pairs are masked, and a test pair that is among them is left
    out, as nobody can recommend it. The figures are those of LightGCN's published code (He et al.
    2020): recall is hits over all test items of the user, and the ideal DCG holds
    ``min(|test|, k)`` items. A test user without history gets what the model gives, maybe nothing.

    Args:
        train, test, valid: columns ``user_id, item_id``; train may have ``weight`` and
            ``timestamp`` (seconds since 1970). ``semrec.evaluate.files`` reads them.
        model: a name in ``semrec.collab.MODELS``, with its default settings.
        k: length of the list.

    Returns:
        ``recall@k, ndcg@k`` (means over users), ``fit_seconds, score_seconds``, ``users``,
        ``items``, ``masked_test_pairs``, and ``ndcg@k`` of each slice of newcomers
        (``semrec.collab.slices``): new user, …, known item; None where nobody is in it.

    Raises:
        InvalidArgument: the model is unknown, or ``k`` is below 1.
        DataError: no test pair is left.
    """
    if k < 1:
        raise InvalidArgument(f"k = {k}; legal: 1 or more")
    unfitted = create(model)
    parts = [train, test] if valid is None else [train, test, valid]
    users, n_users = _codes([part["user_id"] for part in parts])
    items, n_items = _codes([part["item_id"] for part in parts])
    pairs = [_pairs(u, i, (n_users, n_items)) for u, i in zip(users, items, strict=True)]
    seen = sum(pairs[2:], start=pairs[0])
    relevance = (pairs[1] - pairs[1].multiply(seen > 0)).tocsr()
    relevance.eliminate_zeros()
    asked = np.flatnonzero(np.diff(relevance.indptr))
    if not len(asked):
        raise DataError("test holds no pair that is not in train or valid as well")
    interactions = _interactions(train, users[0], items[0], n_users, n_items)
    start = time.perf_counter()
    fitted = unfitted.fit(interactions)
    fit_seconds = time.perf_counter() - start
    ranked = _ranked(fitted, interactions.matrix()[asked], seen[asked], k)
    score_seconds = time.perf_counter() - start - fit_seconds
    return {
        f"recall@{k}": metrics.mean(metrics.recall(ranked, relevance[asked], k)).value,
        f"ndcg@{k}": metrics.mean(metrics.ndcg(ranked, relevance[asked], k)).value,
        "fit_seconds": fit_seconds,
        "score_seconds": score_seconds,
        "users": len(asked),
        "items": n_items,
        "masked_test_pairs": pairs[1].nnz - relevance.nnz,
        **_by_slice(ranked, pairs[0], relevance, asked, k),
    }


def _by_slice(
    ranked: NDArray[np.int64],
    history: sparse.csr_matrix,
    relevance: sparse.csr_matrix,
    asked: NDArray[np.int64],
    k: int,
) -> dict[str, float | None]:
    """``ndcg@k`` of each slice of newcomers, None where nobody is in it."""
    found: dict[str, float | None] = {}
    for name, wanted in slices(history, relevance):
        if name != "all":
            part = wanted[asked]
            values = metrics.ndcg(ranked, part, k)[np.diff(part.indptr) > 0]
            found[f"ndcg@{k} {name}"] = float(values.mean()) if len(values) else None
    return found


def _codes(columns: Sequence[pd.Series]) -> tuple[list[NDArray[np.int64]], int]:
    """One numbering for the ids of all parts, in their sorted order."""
    codes, ids = pd.factorize(pd.concat(columns, ignore_index=True), sort=True)
    borders = np.cumsum([len(column) for column in columns])[:-1]
    return np.split(codes.astype(np.int64), borders), len(ids)


def _pairs(
    users: NDArray[np.int64], items: NDArray[np.int64], shape: tuple[int, int]
) -> sparse.csr_matrix:
    """Users × items, 1 where the pair occurs, float32."""
    matrix = sparse.csr_matrix((np.ones(len(users), np.float32), (users, items)), shape=shape)
    matrix.data[:] = 1
    return matrix


def _interactions(
    train: pd.DataFrame,
    users: NDArray[np.int64],
    items: NDArray[np.int64],
    n_users: int,
    n_items: int,
) -> Interactions:
    ones, zeros = np.ones(len(train)), np.zeros(len(train))
    return Interactions(
        users=users,
        items=items,
        weights=np.asarray(train.get("weight", ones), dtype=np.float32),
        times=np.asarray(train.get("timestamp", zeros), dtype=np.float64),
        baskets=np.full(len(train), -1, dtype=np.int64),
        n_users=n_users,
        n_items=n_items,
    )


def _ranked(
    model: FittedModel, history: sparse.csr_matrix, seen: sparse.csr_matrix, k: int
) -> NDArray[np.int64]:
    """The first ``k`` recommended items that are not seen, padded with -1: ``(users, k)``."""
    ranked = np.full((history.shape[0], k), -1, dtype=np.int64)
    # The model leaves out the history itself; what else was seen is cut from a longer list.
    further = np.diff(seen.indptr) - np.diff(history.indptr)
    starts = range(0, history.shape[0], _USERS_AT_ONCE)
    for start in track(starts, total=len(starts), label="users"):
        block = slice(start, start + _USERS_AT_ONCE)
        longer = k + int(further[block].max())
        for user, hits in enumerate(
            model.recommend(history[block], longer, exclude_seen=True), start=start
        ):
            known = seen.indices[seen.indptr[user] : seen.indptr[user + 1]]
            unseen = hits.rows[~np.isin(hits.rows, known)][:k]
            ranked[user, : len(unseen)] = unseen
    return ranked
