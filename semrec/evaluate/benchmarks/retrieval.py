"""Judged retrieval: Multi-CPR, C-MTEB EcomRetrieval, Amazon ESCI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from semrec.errors import DataError, InvalidArgument, legal, shorten
from semrec.evaluate.benchmarks.files import fields, from_hub, numbers, parquet
from semrec.evaluate.files import Qrels, Queries

ESCI_GAINS: Mapping[str, float] = {"E": 1.0, "S": 0.1, "C": 0.01, "I": 0.0}
"""Exact, substitute, complement, irrelevant: the gains of the task's own nDCG (Reddy et al.)."""


@dataclass(frozen=True, slots=True, eq=False)
class JudgedCatalog:
    """A catalog with judged queries.

    Attributes:
        catalog: ``item_id, title`` and what else there is; ``Engine.build`` takes it.
        queries: text by query id.
        qrels: relevance by query id and item id.
    """

    catalog: pd.DataFrame
    queries: Queries
    qrels: Qrels


def multi_cpr(
    folder: str | Path, split: Literal["train", "dev"] = "dev", domain: str = "ecom"
) -> JudgedCatalog:
    """Multi-CPR (Long et al. 2022), github.com/Alibaba-NLP/Multi-CPR.

    Files of ``data/<domain>``: ``corpus.tsv`` (pid, text), ``<split>.query.txt`` (qid, text),
    ``qrels.<split>.tsv`` (qid, 0, pid, 1), separated by tabs.

    Args:
        folder: the repository, its ``data``, or the folder of the domain itself.
        split: ``train`` or ``dev``.
        domain: ``ecom``, ``video`` or ``medical``.

    Raises:
        DataError: a file is missing or a line is broken.
    """
    root = Path(folder)
    places = (root / "data" / domain, root / domain, root)
    root = next((place for place in places if (place / "corpus.tsv").exists()), root)
    corpus = fields(root / "corpus.tsv", "\t", 2)
    queries = fields(root / f"{split}.query.txt", "\t", 2)
    judged = fields(root / f"qrels.{split}.tsv", "\t", 4)
    gains = numbers(judged[3], root / f"qrels.{split}.tsv", "relevance")
    return _judged(corpus[0], corpus[1], queries[0], queries[1], judged[0], judged[2], gains)


def ecom_retrieval(folder: str | Path | None = None) -> JudgedCatalog:
    """C-MTEB EcomRetrieval (Xiao et al. 2023): 100,902 titles, 1,000 queries of Multi-CPR.

    Either ``mteb/EcomRetrieval`` (folders ``corpus``, ``queries``, ``data``) or the older pair
    ``C-MTEB/EcomRetrieval`` and ``C-MTEB/EcomRetrieval-qrels``, side by side or in one folder.

    Args:
        folder: where the files are; None takes them from the hub.

    Raises:
        DataError: a file is missing, or has other columns.
        ModelNotFound: no folder is given and the hub cannot be reached.
    """
    root = from_hub("mteb/EcomRetrieval") if folder is None else Path(folder)
    beside = root.with_name(f"{root.name}-qrels")
    corpus = parquet(root, "corpus/dev-*.parquet", "data/corpus-*.parquet")
    queries = parquet(root, "queries/dev-*.parquet", "data/queries-*.parquet")
    judged = parquet(beside if beside.is_dir() else root, "data/dev-*.parquet", "dev-*.parquet")
    return _judged(
        _column(corpus, "id", "_id"),
        _column(corpus, "text"),
        _column(queries, "id", "_id"),
        _column(queries, "text"),
        _column(judged, "qid", "query-id"),
        _column(judged, "pid", "corpus-id"),
        numbers(_column(judged, "score"), root, "score"),
    )


def amazon_esci(
    folder: str | Path,
    locale: str = "us",
    split: Literal["train", "test"] = "test",
    version: Literal["small", "large"] = "small",
) -> JudgedCatalog:
    """Amazon shopping queries (Reddy et al. 2022), github.com/amazon-science/esci-data.

    The catalog holds every product of the locale. Gains: E 1, S 0.1, C 0.01, I 0.

    Args:
        folder: with ``shopping_queries_dataset_examples.parquet`` and ``…_products.parquet``.
        locale: ``us``, ``es`` or ``jp``.
        split: ``train`` or ``test``.
        version: ``small`` (task 1, hard queries) or ``large`` (tasks 2 and 3).

    Raises:
        DataError: a file is missing, or has other columns or labels.
        InvalidArgument: the files hold nothing of that locale, split and version.
    """
    root = Path(folder)
    examples = parquet(root, "**/shopping_queries_dataset_examples.parquet")
    products = parquet(root, "**/shopping_queries_dataset_products.parquet")
    chosen = examples[
        (_column(examples, "product_locale") == locale)
        & (_column(examples, "split") == split)
        & (_column(examples, f"{version}_version").astype(int) == 1)
    ]
    if chosen.empty:
        raise InvalidArgument(
            f"no example of locale {shorten(locale)}, split {shorten(split)}; legal locales: "
            f"{legal(sorted(set(examples['product_locale'])), locale)}, splits: train, test"
        )
    labels = _column(chosen, "esci_label")
    unknown = labels[~labels.isin(list(ESCI_GAINS))]
    if len(unknown):
        raise DataError(f"{root}: esci_label {shorten(unknown.iloc[0])}; legal: E, S, C, I")
    local = products[_column(products, "product_locale") == locale]
    found = _judged(
        _column(local, "product_id"),
        _column(local, "product_title"),
        _column(chosen, "query_id"),
        _column(chosen, "query"),
        _column(chosen, "query_id"),
        _column(chosen, "product_id"),
        labels.map(ESCI_GAINS).astype("float64"),
    )
    text = ("product_description", "product_bullet_point")
    described = local[list(text)].fillna("").agg(" ".join, axis=1).str.strip()
    more = {
        "brand": _column(local, "product_brand").fillna("").to_numpy(),
        "description": described.to_numpy(),
    }
    return JudgedCatalog(found.catalog.assign(**more), found.queries, found.qrels)


def _judged(
    item_ids: pd.Series,
    titles: pd.Series,
    query_ids: pd.Series,
    texts: pd.Series,
    judged_queries: pd.Series,
    judged_items: pd.Series,
    gains: pd.Series,
) -> JudgedCatalog:
    """Columns of three tables put together; ids become str."""
    catalog = pd.DataFrame(
        {"item_id": item_ids.astype(str).to_numpy(), "title": titles.fillna("").to_numpy()}
    )
    queries = dict(zip(query_ids.astype(str), texts.astype(str), strict=True))
    qrels: dict[str, dict[str, float]] = {}
    rows = zip(judged_queries.astype(str), judged_items.astype(str), gains, strict=True)
    for qid, item, gain in rows:
        qrels.setdefault(qid, {})[item] = float(gain)
    return JudgedCatalog(catalog, queries, qrels)


def _column(frame: pd.DataFrame, *names: str) -> pd.Series:
    """The first of the names that is there."""
    for name in names:
        if name in frame:
            return frame[name]
    raise DataError(f"no column {' or '.join(names)}; present: {legal(frame.columns, names[0])}")
