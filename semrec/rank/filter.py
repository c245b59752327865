"""Which items a caller allows: ``{"category": "美妆", "price": (None, 500)}``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from semrec.data.catalog import Catalog
from semrec.errors import InvalidArgument, UnknownColumn, UnknownValue, shorten
from semrec.types import Mask

Filters = Mapping[str, Any]
# Levels of a category path, and the values of an attribute that has several.
_LEVELS = re.compile(r"\s*[>|]\s*|,\s+")


def allowed_rows(catalog: Catalog, filters: Filters | None) -> Mask | None:
    """The items that pass every filter; None if there is no filter and no item was deleted.

    A filter is a column (or the name of an attribute) and either one value, a list of values of
    which one must hold, or a pair ``(low, high)`` of bounds, inclusive, None = open. A category
    path such as ``美妆>面膜`` (or ``美妆|面膜``) is found by the whole path or any of its levels.

    Raises:
        UnknownColumn: neither a column nor an attribute has that name.
        UnknownValue: no item has that value.
        InvalidArgument: bounds on a column without numbers, or bounds that are no numbers.
    """
    if not filters:
        return catalog.live
    if not isinstance(filters, Mapping):
        raise InvalidArgument(
            f"filters = {shorten(filters)}; legal: a dict such as {{'price': (1, 9)}}"
        )
    live = catalog.live
    mask = np.ones(len(catalog), dtype=np.bool_) if live is None else live
    for column, wanted in filters.items():
        values = _values(catalog, column)
        if isinstance(wanted, tuple):
            mask &= _within(column, values, wanted)
        else:
            options = list(wanted) if isinstance(wanted, list | set | frozenset) else [wanted]
            mask &= _equals(column, values, options)
    return mask


def _values(catalog: Catalog, column: object) -> pd.Series[Any]:
    if column in catalog.frame.columns and column != "attributes":
        return catalog.frame[column]
    values = None
    if isinstance(column, str):
        values = catalog.attribute(column.removeprefix("attributes."))
    if values is None:
        columns = [each for each in catalog.frame.columns if each != "attributes"]
        raise UnknownColumn(column, [*columns, *catalog.attribute_names()])
    return values


def _within(column: str, values: pd.Series[Any], bounds: tuple[Any, ...]) -> Mask:
    if len(bounds) != 2:
        raise InvalidArgument(f"filter {column} = {shorten(bounds)}: bounds are a pair (low, high)")
    if pd.api.types.is_datetime64_any_dtype(values):
        low, high = (_date(column, bound) for bound in bounds)
    else:
        values = pd.to_numeric(values, errors="coerce")
        if values.notna().sum() == 0:
            raise InvalidArgument(f"filter {column} = {shorten(bounds)}: {column} has no numbers")
        low, high = (_number(column, bound) for bound in bounds)
    if low is not None and high is not None and low > high:
        raise InvalidArgument(
            f"filter {column} = {shorten(bounds)}: the low bound is above the high"
        )
    mask: Mask = values.notna().to_numpy(dtype=np.bool_, copy=True)
    if low is not None:
        mask &= (values >= low).to_numpy(dtype=np.bool_)
    if high is not None:
        mask &= (values <= high).to_numpy(dtype=np.bool_)
    return mask


def _number(column: str, bound: Any) -> float | None:
    if bound is None:
        return None
    try:
        number = float(bound)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if math.isnan(number):
        raise InvalidArgument(
            f"filter {column}: bound {shorten(bound)} is no number; legal: a number or None"
        )
    return number


def _date(column: str, bound: Any) -> Any:
    if bound is None:
        return None
    try:
        date = pd.Timestamp(bound)
    except (TypeError, ValueError, OverflowError):
        date = pd.NaT
    if date is pd.NaT:
        raise InvalidArgument(
            f"filter {column}: bound {shorten(bound)} is no date; legal: 2026-11-24 or None"
        )
    return date


def _equals(column: str, values: pd.Series[Any], options: list[Any]) -> Mask:
    mask = np.zeros(len(values), dtype=np.bool_)
    numeric = pd.api.types.is_numeric_dtype(values)
    text = values if numeric else values.astype(str)
    for option in options:
        found = text == _number(column, option) if numeric else _has_level(text, str(option))
        if not found.any():
            present = values[values.notna() & (values.astype(str) != "")]
            raise UnknownValue(column, option, present.value_counts().index)
        mask |= found.to_numpy(dtype=np.bool_)
    return mask


def _has_level(text: pd.Series[Any], option: str) -> pd.Series[Any]:
    values = text.unique()
    holds = [value for value in values if value == option or option in levels(value)]
    return text.isin(holds)


def levels(value: str) -> list[str]:
    """The levels of a category path, or the several values of an attribute."""
    return _LEVELS.split(value)
