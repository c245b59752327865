"""Quantities in titles and queries, in one unit of each kind: 0.5L, 500毫升 and 500ml are equal."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from semrec.text.numerals import NUMERAL, parse_numeral

_MEASURES: dict[str, dict[str, str]] = {
    "ml": {"ml": "1", "毫升": "1", "cc": "1", "l": "1000", "升": "1000", "公升": "1000"},
    "g": {
        "mg": "1/1000",
        "毫克": "1/1000",
        "g": "1",
        "克": "1",
        "kg": "1000",
        "千克": "1000",
        "公斤": "1000",
        "斤": "500",
    },
    "mm": {
        "mm": "1",
        "毫米": "1",
        "cm": "10",
        "厘米": "10",
        "公分": "10",
        "m": "1000",
        "米": "1000",
    },
    "in": {"寸": "1", "英寸": "1", "吋": "1", "inch": "1"},
    "gb": {"mb": "1/1024", "gb": "1", "tb": "1024"},
    "mah": {"mah": "1", "毫安时": "1", "毫安": "1", "ah": "1000", "安时": "1000"},
    "w": {"w": "1", "瓦": "1", "kw": "1000", "千瓦": "1000"},
    "v": {"v": "1", "伏": "1"},
    "hz": {"hz": "1", "赫兹": "1", "khz": "1000"},
    "码": {"码": "1"},
    "匹": {"匹": "1"},
    "段": {"段": "1"},
}
"""Kind → what one of each unit comes to; titles that differ in such a quantity differ."""
_COUNTED = "件支片包盒瓶期岁双层门粒颗枚只个张卷本套人座档条根块袋桶箱罐斗格"
"""Units that are counted; what comes two in a pack may also come three in a pack."""
_NAMED = (
    "kva pcs ppr kwh psi rpm mpa lbs km dm nm va wh oz ft in kv dn um a t k p x d n u s f c ° "
    "平方米 立方米 平方 公里 英尺 片装 只装 个装 瓶装 包装 支装 小时 分钟"
)
"""Units that say a size where they stand in a query; nothing is converted or compared."""
_NAMED_SHORT = (
    "两吨尺号级线芯孔目缸叶瓣股相极位键弦齿安度倍对册页头口轮节排面开折管灯户天月年次"
    "杯串朵抽刀轴分厘毛元圈路色"
)
"""Units of one character that are named and not compared, as those of ``_NAMED``."""

_UNITS = {surface: (kind, Fraction(size)) for kind, units in _MEASURES.items()
          for surface, size in units.items()} | {c: (c, Fraction(1)) for c in _COUNTED}  # fmt: skip
_QUANTITY = re.compile(
    # Not inside a model number or another number, but after the ``x`` of 2x1.8米.
    r"(?:(?<![a-z\d.])|(?<=\dx))"
    rf"(?:(?P<digits>\d{{1,9}}(?:\.\d{{1,4}})?)\s?|(?P<numeral>{NUMERAL}))"
    rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})"
    r"(?:(?<![a-z])|(?![a-z\d]))"
)


def unit_names(without: Collection[str] = ()) -> tuple[list[str], list[str]]:
    """How units are written, in Latin and in Chinese, the longest first.

    Args:
        without: names that are left out.
    """
    names = sorted(
        {*_UNITS, *_NAMED.split(), *_NAMED_SHORT} - set(without),
        key=lambda name: (-len(name), name),
    )
    latin = [name for name in names if name.isascii() or name == "°"]
    return latin, [name for name in names if name not in latin]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit, where it stands in a normalised text.

    Attributes:
        value: in the canonical unit.
        kind: the canonical unit: ``ml``, ``g``, ``mm``, ``in``, ``gb``, ``件``, …
    """

    start: int
    end: int
    value: Fraction
    kind: str

    @property
    def comparable(self) -> bool:
        """Whether another value of this kind makes another product; counts do not."""
        return self.kind in _MEASURES

    @property
    def text(self) -> str:
        """The canonical spelling: ``500ml``."""
        number = f"{float(self.value):.4f}".rstrip("0").rstrip(".")
        return f"{number}{self.kind}"


def quantities(text: str) -> list[Quantity]:
    """The quantities in a normalised text, from left to right.

    Chinese numerals count only before a unit: 五百毫升 and 两斤 are quantities, the 三 of 三星
    and the 一 of 一次性 are not.

    >>> [q.text for q in quantities("五百毫升 2斤装 0.5l 14英寸 三星 十二期")]
    ['500ml', '1000g', '500ml', '14in', '12期']
    """
    found = []
    for match in _QUANTITY.finditer(text):
        digits, numeral = match["digits"], match["numeral"]
        value = Fraction(digits) if digits else parse_numeral(numeral)
        if value:
            kind, size = _UNITS[match["unit"]]
            found.append(Quantity(match.start(), match.end(), value * size, kind))
    return found
