"""A catalog with rows added and replaced."""

from __future__ import annotations

import numpy as np
import pandas as pd

from semrec.data import clean
from semrec.data.catalog import Catalog
from semrec.types import Rows


def with_items(catalog: Catalog, items: pd.DataFrame) -> tuple[Catalog, Rows]:
    """The catalog with some items added, replaced, or back again; the old one stays as it is.

    A column that only one side has is empty on the other. Where one side has text and the other
    numbers, the column becomes text, as it would be if all came from one file.

    Args:
        catalog: the shop's products.
        items: rows as :attr:`Catalog.frame` has them, ids unique.

    Returns:
        The catalog, and the row of each of ``items``, shape ``(len(items),)``.
    """
    ids, rows = catalog.items.extended(items["item_id"])
    old, new = _aligned(catalog.frame, items)
    frame = pd.concat([old, new], ignore_index=True)
    place = np.arange(len(ids))
    place[rows] = len(old) + np.arange(len(items))
    if not np.array_equal(place, np.arange(len(frame))):
        frame = frame.take(place).reset_index(drop=True)
    changed = Catalog(ids, frame)
    if "_attributes" in catalog.__dict__:  # parsing those of all items again takes seconds
        known = catalog.__dict__["_attributes"]
        parsed = Catalog(ids, items)._attributes
        whole = [*known, *({} for _ in range(len(ids) - len(known)))]
        for row, attributes in zip(rows.tolist(), parsed, strict=True):
            whole[row] = attributes
        changed.__dict__["_attributes"] = whole
    return changed, rows


def without_items(catalog: Catalog, rows: Rows) -> Catalog:
    """The catalog without the items of some rows; their row numbers stay."""
    if not len(rows):
        return catalog
    changed = Catalog(catalog.items.without(rows), catalog.frame)
    changed.__dict__.update({k: v for k, v in catalog.__dict__.items() if k == "_attributes"})
    return changed


def only_live(catalog: Catalog) -> tuple[Catalog, Rows]:
    """The catalog without rows of deleted items, and the old row of each."""
    if catalog.live is None:
        return catalog, np.arange(len(catalog))
    rows = np.flatnonzero(catalog.live)
    frame = catalog.frame.take(rows).reset_index(drop=True)
    return Catalog.of(frame), rows


def _aligned(old: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both frames with the same columns of the same types."""
    names = list(dict.fromkeys([*old.columns, *new.columns]))
    pairs = {name: _pair(old, new, str(name)) for name in names}
    left = pd.DataFrame({name: pair[0] for name, pair in pairs.items()}, index=old.index)
    right = pd.DataFrame({name: pair[1] for name, pair in pairs.items()}, index=new.index)
    return left, right


def _pair(old: pd.DataFrame, new: pd.DataFrame, name: str) -> tuple[pd.Series, pd.Series]:
    left = old[name] if name in old else _blank(new[name], old.index)
    right = new[name] if name in new else _blank(old[name], new.index)
    if _kind(left) != _kind(right):
        return clean.texts(left), clean.texts(right)
    return left, right


def _blank(like: pd.Series, index: pd.Index) -> pd.Series:
    """Nothing, in a type that goes with another column."""
    kind = _kind(like)
    if kind == "number":
        return pd.Series(np.nan, index=index)
    if kind == "time":
        return pd.Series(np.datetime64("NaT", "s"), index=index, dtype=like.dtype)
    return pd.Series("", index=index, dtype="str")


def _kind(series: pd.Series) -> str:
    types = pd.api.types
    if types.is_bool_dtype(series):
        return "flag"
    if types.is_numeric_dtype(series):
        return "number"
    return "time" if types.is_datetime64_any_dtype(series) else "text"
