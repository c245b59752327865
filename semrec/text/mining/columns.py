"""What the columns of a catalog say outright: brands, categories, attribute values."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from semrec.data.catalog import Catalog
from semrec.text.normalise import normalise

_PARTS = re.compile(r"[/()|>,、;]+")
_NO_BRAND = {"其他", "其它", "other", "others", "无", "无品牌", "暂无", "暂无品牌", "null", "none"}
_NO_VALUE = {"是", "否", "有", "无", "其他", "其它", "other", "不支持", "支持", "暂无"}
_OTHER_KINDS = ("品牌", "brand", "型号", "model", "货号", "条形码", "款号")
"""Attributes whose values are brands or numbers of one item and describe nothing."""
_MAX_BRAND = 30
_MAX_VALUE = 8
_MAX_NAMES = 3
_MAX_ALIASES = 5
"""Names of one brand; a cell with more is a list of brands, or a mistake."""


def brands(values: Iterable[str]) -> dict[str, str]:
    """Surfaces of the brand column, each with the brand as the column writes it.

    ``CHANDO/自然堂`` gives the surfaces ``chando/自然堂``, ``chando`` and ``自然堂``; a surface of
    several brands belongs to the most frequent.
    """
    owners: dict[str, Counter[str]] = defaultdict(Counter)
    for value, count in Counter(values).items():
        whole = normalise(value)
        for surface in dict.fromkeys((whole, *_parts(whole))):
            if _is_name(surface):
                owners[surface][value] += count
    return {surface: counts.most_common(1)[0][0] for surface, counts in owners.items()}


def aliases(surfaces: Iterable[str]) -> list[tuple[str, ...]]:
    """Names of one brand that a column writes together, as ``chando/自然堂``."""
    written = (dict.fromkeys(filter(_is_name, _parts(each))) for each in surfaces)
    return [tuple(names) for names in written if 1 < len(names) <= _MAX_ALIASES]


def categories(catalog: Catalog) -> frozenset[str]:
    """Names of categories, of all levels that have a column."""
    columns = [c for c in catalog.frame.columns if "category" in str(c).lower() or "类" in str(c)]
    names = {normalise(value) for column in columns for value in set(catalog.texts(column))}
    names |= {part for name in names for part in _parts(name)}
    return frozenset(name for name in names if 1 < len(name) <= _MAX_BRAND)


def attributes(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Attribute values with the names of the attributes that have them, the most frequent first."""
    owners: dict[str, Counter[str]] = defaultdict(Counter)
    for row in range(len(catalog)):
        for name, value in catalog.attributes_of(row).items():
            if not any(other in name.lower() for other in _OTHER_KINDS):
                for part in _parts(normalise(value)):
                    owners[part][name] += 1
    return {
        value: tuple(name for name, _ in counts.most_common(_MAX_NAMES))
        for value, counts in owners.items()
        if 1 < len(value) <= _MAX_VALUE and value not in _NO_VALUE and not _is_number(value)
    }


def _parts(text: str) -> list[str]:
    return [part for part in (each.strip() for each in _PARTS.split(text)) if part]


def _is_name(surface: str) -> bool:
    fits = 1 < len(surface) <= _MAX_BRAND
    return fits and surface not in _NO_BRAND and not _is_number(surface)


def _is_number(text: str) -> bool:
    return not any(character.isalpha() for character in text)
