"""Amazon Personalize datasets: upper-case columns (docs, "Datasets and schemas")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from semrec.data import clean
from semrec.data.actions import canonical
from semrec.data.importers.format import Format
from semrec.data.tables import Table

_ITEM_FIELDS = {"PRICE", "CATEGORY_L1", "CREATION_TIMESTAMP", "PRODUCT_DESCRIPTION", "GENRES"}
_TITLES = ("title", "name", "product_name", "item_name", "product_description")


def detect(columns: Sequence[str]) -> bool:
    """True for an interactions or an items dataset."""
    names = set(columns)
    is_items = "ITEM_ID" in names and bool(names & _ITEM_FIELDS)
    return names >= {"USER_ID", "ITEM_ID", "TIMESTAMP"} or is_items


def events(table: Table) -> Table:
    """Interactions; those without EVENT_TYPE count as ``click``."""
    frame = table.frame.rename(columns=str.lower).rename(columns={"event_value": "value"})
    known = canonical(frame["event_type"]) if "event_type" in frame else "click"
    return replace(table, frame=frame.assign(event_type=known))


def items(table: Table) -> Table:
    """Items; CATEGORY_L1 > CATEGORY_L2 > … become one path.

    The schema knows no title: a custom TITLE or NAME is taken, else PRODUCT_DESCRIPTION.
    """
    frame = table.frame.rename(columns=str.lower)
    title = next((name for name in _TITLES if name in frame), None)
    if title is not None:
        frame["title"] = frame[title]
    levels = sorted(name for name in frame if name.startswith("category_l"))
    if levels:
        frame["category"] = _paths(frame[levels])
    names = {"creation_timestamp": "created_at", "product_description": "description"}
    return replace(table, frame=frame.drop(columns=levels).rename(columns=names))


def _paths(levels: pd.DataFrame) -> pd.Series:
    texts = zip(*(clean.texts(levels[name]) for name in levels), strict=True)
    return pd.Series([">".join(filter(None, each)) for each in texts], index=levels.index)


FORMAT = Format("personalize", "Amazon Personalize interactions and items", detect, events, items)
