"""One value or one column made clean: ids, texts, numbers, times, attributes."""

from __future__ import annotations

import html
import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NULLS = frozenset({"nan", "NaN", "None", "null", "NULL", "N/A", "<NA>", "\\N"})
"""Texts that other programs write for a missing value."""

_HTML = re.compile(
    r"<(script|style)\b.*?</\1\s*>|<!--.*?-->"
    r"|</?(?:a|b|body|br|center|dd|div|dl|dt|em|font|h[1-6]|head|hr|html|i|img|li|ol|p|s|script"
    r"|span|strong|style|sub|sup|table|tbody|td|th|thead|tr|u|ul)(?:\s+[\w:-]+\s*=[^<>]*|\s*/?)>",
    re.IGNORECASE | re.DOTALL,
)
# Only with the semicolon: "B&notebook" is no entity.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Format characters that show nothing; the zero-width joiner stays, emoji are built with it.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u2060\ufeff\ufffd]"
)
_SUSPECT = re.compile(
    "[<&\x00-\x1f\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff\ufffd]|  |^ | $"
)
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+")
_CURRENCY = re.compile(r"^(?:RMB|CNY|[¥￥])\s*|\s*(?:元起?|RMB|CNY|起)$", re.IGNORECASE)
_DATE_WORDS = re.compile(r"[年月/.]")
_DATE_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S")
# Fourteen digits (20161114083000), which as milliseconds would lie six centuries ahead.
_DATE_AND_TIME_DIGITS = (19_700_101_000_000, 21_001_231_235_959)
_TIME_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))


def one_id(value: object) -> str:
    """An id as text: 123 and 123.0 become ``"123"``; "" if missing."""
    if isinstance(value, str):
        text = whole(value).strip()
        return "" if text in NULLS else text
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, float | np.floating):
        number = float(value)
        return "" if math.isnan(number) else str(int(number) if number.is_integer() else number)
    return whole(str(value))


def whole(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON writers leave when they cut emoji."""
    return text if text.isascii() else text.encode("utf-8", errors="ignore").decode("utf-8")


def ids(values: Iterable[object] | pd.Series) -> pd.Series:
    """:func:`one_id` for a column; dtype str, index kept."""
    series = _series(values)
    if pd.api.types.is_numeric_dtype(series):
        series = _by_unique(series, one_id)
    elif not _is_text(series):
        series = pd.Series([one_id(v) for v in series.to_numpy(object)], series.index, dtype="str")
    series = series.str.strip()
    return series.mask(series.isin(NULLS) | series.isna(), "")


def one_text(value: str) -> str:
    """Text as a buyer reads it: no HTML, no control characters, single spaces, Unicode NFC.

    Not NFKC: what is shown stays as the seller wrote it.
    """
    if _SUSPECT.search(value):
        value = _ENTITY.sub(lambda match: html.unescape(match[0]), _HTML.sub(" ", value))
        value = _HTML.sub(" ", value)
        value = " ".join(_INVISIBLE.sub("", value).split())
    value = unicodedata.normalize("NFC", value)
    return "" if value in NULLS else value


def texts(values: Iterable[object] | pd.Series) -> pd.Series:
    """:func:`one_text` for a column; lists joined, mappings as JSON, "" if missing; dtype str."""
    series = _series(values)
    if not _is_text(series):
        series = pd.Series([plain(v) for v in series.to_numpy(object)], series.index, dtype="str")
    return _by_unique(series.fillna(""), one_text)


def plain(value: Any) -> str:
    """Any value of a table as text."""
    if isinstance(value, Mapping):
        return whole(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str))
    if isinstance(value, list | tuple | set | np.ndarray):
        return ", ".join(filter(None, (plain(each) for each in value)))
    return one_id(value)


def numbers(
    values: Iterable[object] | pd.Series, minimum: float = 0.0
) -> tuple[pd.Series, NDArray[np.bool_]]:
    """Prices and counts: ``¥1,299.00``, ``1299元``, full-width digits.

    Returns:
        float64 with NaN where missing or unreadable, and a mask of the unreadable ones; infinite
        numbers and those below the minimum count as unreadable.
    """
    series = _series(values)
    result = _floats(series)
    rest = result.isna().to_numpy(dtype=bool, copy=True)
    rest[rest] = (ids(series[rest]) != "").to_numpy(dtype=bool)
    result[rest] = np.array([_one_number(text) for text in texts(series[rest])], dtype=np.float64)
    bad = (result.isna() & rest) | np.isinf(result) | (result < minimum)
    return result.mask(bad), bad.to_numpy(dtype=bool)


def _floats(series: pd.Series) -> pd.Series:
    try:
        return pd.to_numeric(series, errors="coerce").astype("float64")
    except OverflowError:
        # JSON may hold integers beyond any float; as text they are no number or infinite.
        return pd.to_numeric(ids(series), errors="coerce").astype("float64")


def _one_number(text: str) -> float:
    text = _CURRENCY.sub("", _CURRENCY.sub("", unicodedata.normalize("NFKC", text))).strip()
    return float(text.replace(",", "")) if _NUMBER.fullmatch(text) else math.nan


def seconds(values: Iterable[object] | pd.Series) -> pd.Series:
    """Points in time as seconds since 1970, float64; NaN where missing or unreadable.

    Numbers are seconds; beyond 1e11 milliseconds, and so on to nanoseconds. A column of nothing
    but eight-digit numbers that are dates is read as dates (20161114). Text is ISO 8601 or
    ``2016/1/5 8:30:00`` or ``2016年1月5日``. Times without a zone count as UTC. Times before 1970
    are unreadable.
    """
    series = _series(values)
    if pd.api.types.is_datetime64_any_dtype(series):
        return _epoch(series)
    number = _floats(series)
    number = number.mask(number.between(*_DATE_AND_TIME_DIGITS))
    known = number.notna().to_numpy(dtype=bool)
    if known.any() and number[known].between(19_700_101, 21_001_231).all():
        dates = number[known].astype("int64").astype("str")
        parsed = pd.to_datetime(dates, format="%Y%m%d", errors="coerce", utc=True)
        if parsed.notna().all():
            number[known] = _epoch(parsed)
    for limit, unit in _TIME_UNITS:
        number = number.mask(number > limit, number / unit)
    if not known.all():
        number[~known] = _parse_times(series[~known])
    return number.where(np.isfinite(number) & (number >= 0))


def moments(times: pd.Series) -> pd.Series:
    """Seconds since 1970 as datetime64[s], rounded; NaT for NaN."""
    known = times.notna().to_numpy(dtype=bool)
    stamps = np.full(len(times), np.datetime64("NaT", "s"))
    stamps[known] = times[known].round().astype("int64").to_numpy().astype("datetime64[s]")
    return pd.Series(stamps, index=times.index)


def _parse_times(series: pd.Series) -> pd.Series:
    text = ids(series).str.replace("日", " ").str.strip()
    result = _epoch(pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True))
    for form in _DATE_FORMATS:
        rest = result.isna() & (text != "")
        if not rest.any():
            break
        dashed = text[rest].str.replace(_DATE_WORDS, "-", regex=True)
        result[rest] = _epoch(pd.to_datetime(dashed, format=form, errors="coerce", utc=True))
    return result


def _epoch(times: pd.Series) -> pd.Series:
    if times.dt.tz is not None:
        times = times.dt.tz_convert("UTC").dt.tz_localize(None)
    # Microseconds reach the year 9999, which shops write for "never".
    stamps = times.to_numpy().astype("datetime64[us]")
    seconds = np.where(np.isnat(stamps), np.nan, stamps.astype("int64") / 1e6)
    return pd.Series(seconds, index=times.index)


def attributes(value: Any) -> str | None:
    """Attributes as one JSON object with sorted keys, "" if there are none, None if unreadable.

    Args:
        value: a mapping, a JSON object as text, or ``"材质:棉;颜色:红"`` (also with ： ； =).
    """
    pairs = _pairs(value)
    if pairs is None:
        return None
    cleaned = {one_text(plain(key)): one_text(plain(each)) for key, each in pairs}
    kept = {key: each for key, each in cleaned.items() if key and each}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else ""


def _pairs(value: Any) -> list[tuple[Any, Any]] | None:
    if isinstance(value, Mapping):
        return list(value.items())
    text = one_text(plain(value))
    if not text:
        return []
    if text[0] in "{[":
        try:
            parsed = json.loads(text)
        except json.JSONDecodeError:
            return None
        return list(parsed.items()) if isinstance(parsed, dict) else None
    split = [
        re.split("[:：=]", part, maxsplit=1) for part in re.split("[;；]", text) if part.strip()
    ]
    return [(pair[0], pair[1]) for pair in split] if all(len(p) == 2 for p in split) else None


def _series(values: Iterable[object] | pd.Series) -> pd.Series:
    if isinstance(values, pd.Series):
        return values
    return pd.Series(values if isinstance(values, np.ndarray) else list(values), dtype=object)


def _is_text(series: pd.Series) -> bool:
    return isinstance(series.dtype, pd.StringDtype)


def _by_unique(series: pd.Series, function: Callable[[Any], str]) -> pd.Series:
    """Map a column whose values repeat; each distinct value is converted once."""
    codes, unique = pd.factorize(series, use_na_sentinel=False)
    mapped = np.array([function(value) for value in unique], dtype=object)
    return pd.Series(mapped[codes] if len(codes) else [], index=series.index, dtype="str")
