"""RecBole atomic files: tab-separated, headers ``name:type`` (recbole.io/docs, "Atomic Files")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from semrec.data import clean
from semrec.data.importers.format import Format
from semrec.data.tables import Source, Table, read_table

_TYPED = re.compile(r"(.+):(token|token_seq|float|float_seq)")
_TITLES = ("title", "name", "item_name", "product_name", "movie_title")
_CATEGORIES = ("category", "categories", "class", "genre", "genres")


def detect(columns: Sequence[str]) -> bool:
    """True if every column is ``name:type``."""
    return bool(columns) and all(_TYPED.fullmatch(name) for name in columns)


def events(table: Table) -> Table:
    """An ``.inter`` file: ratings become ``rating`` events, all others ``click``.

    Without a timestamp all times are 0.
    """
    frame = _untyped(table.frame)
    rated = "rating" in frame
    frame = frame.rename(columns={"rating": "value"})
    frame["event_type"] = "rating" if rated else "click"
    if "timestamp" not in frame:
        frame["timestamp"] = 0
    return replace(table, frame=frame)


def items(table: Table) -> Table:
    """An ``.item`` file: the usual names of title and category become ours."""
    frame = _untyped(table.frame)
    for ours, names in (("title", _TITLES), ("category", _CATEGORIES)):
        theirs = next((name for name in names if name in frame), None)
        if theirs is not None:
            frame = frame.rename(columns={theirs: ours})
    return replace(table, frame=frame)


def users(source: Source) -> pd.DataFrame:
    """A ``.user`` file: ``user_id`` (str) and the other fields, ``float`` ones as float64.

    Raises:
        DataError: the file cannot be read (FileMissing, EmptyFile, NotText, UnknownFormat).
    """
    table = read_table(source, "users")
    frame = _untyped(table.frame)
    for typed in map(str, table.frame.columns):
        if typed.endswith(":float"):
            name = typed.removesuffix(":float")
            frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    frame["user_id"] = clean.ids(frame["user_id"])
    return frame.reset_index(drop=True)


def _untyped(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns=lambda name: str(name).rpartition(":")[0] or str(name))


FORMAT = Format("recbole", "RecBole atomic files (.inter, .item)", detect, events, items)
