"""Logs of behaviour: MovieLens, the splits of LightGCN, Taobao UserBehavior."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from semrec.data.actions import canonical
from semrec.errors import DataError, FileMissing
from semrec.evaluate.benchmarks.files import fields, numbers
from semrec.evaluate.files import read_adjacency
from semrec.evaluate.splits import Split

_MOVIELENS = {"u.data": "\t", "ratings.dat": "::", "ratings.csv": ","}
"""Which file tells the edition (100K, 1M and 10M, 20M to 32M), and how its fields are separated."""


def movielens(folder: str | Path) -> pd.DataFrame:
    """MovieLens 100K, 1M, 10M, 20M, 25M or 32M (Harper & Konstan 2015), files.grouplens.org.

    Args:
        folder: with ``u.data``, ``ratings.dat`` or ``ratings.csv``.

    Returns:
        Columns ``user_id, item_id, event_type`` (``rating``), ``value, timestamp`` (float64).

    Raises:
        DataError: none of the files is there, or a line is broken.
    """
    root = Path(folder)
    name = next((name for name in _MOVIELENS if (root / name).exists()), None)
    if name is None:
        raise FileMissing(root, f"no {' or '.join(_MOVIELENS)} there")
    table = fields(root / name, _MOVIELENS[name], 4)
    if name == "ratings.csv":
        table = table.iloc[1:].reset_index(drop=True)
    return pd.DataFrame(
        {
            "user_id": table[0],
            "item_id": table[1],
            "event_type": "rating",
            "value": numbers(table[2], root / name, "rating"),
            "timestamp": numbers(table[3], root / name, "timestamp"),
        }
    )


def lightgcn(folder: str | Path) -> Split:
    """Gowalla, Yelp2018 and Amazon-Book as LightGCN published them (He et al. 2020).

    github.com/kuandeng/LightGCN, folders ``Data/gowalla``, ``yelp2018``, ``amazon-book``: lines
    ``user item item …`` in ``train.txt`` and ``test.txt``; a user without items is legal.

    Raises:
        DataError: a file is missing or holds no pair.
    """
    root = Path(folder)
    return Split(read_adjacency(root / "train.txt"), read_adjacency(root / "test.txt"))


def taobao_user_behavior(path: str | Path) -> pd.DataFrame:
    """UserBehavior.csv of Tianchi (Zhu et al. 2018): user, item, category, behaviour, time.

    Args:
        path: the file, without header: ``1,2268318,2520377,pv,1511544070``.

    Returns:
        Columns ``user_id, item_id, category_id, event_type`` (``view, cart, fav, buy``),
        ``timestamp`` (float64 seconds since 1970).

    Raises:
        DataError: the file is missing, a line is broken, or a behaviour is another.
    """
    path = Path(path)
    table = fields(path, ",", 5)
    types = canonical(table[3])
    unknown = ~types.isin(["view", "cart", "fav", "buy"])
    if unknown.any():
        at = int(unknown.to_numpy().argmax())
        raise DataError(
            f"{path}: record {at + 1}: behaviour {table[3].iloc[at]!r}; legal: pv, cart, fav, buy"
        )
    return pd.DataFrame(
        {
            "user_id": table[0],
            "item_id": table[1],
            "category_id": table[2],
            "event_type": types,
            "timestamp": numbers(table[4], path, "timestamp"),
        }
    )
