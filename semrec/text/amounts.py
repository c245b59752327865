"""Amounts of money in digits or Chinese numerals: ``1.5万``, ``2k``, ``两百五``, ``一千二``."""

from __future__ import annotations

from semrec.text.numerals import parse_numeral

_SCALES = "十百千万"
_SUFFIXES = {"k": 1000, "w": 10_000, "十": 10, "百": 100, "千": 1000, "万": 10_000}

AMOUNT = (
    r"(?:\d{1,9}(?:\.\d{1,2})?(?:[百千万]|[kw](?![a-z]))?"
    r"|[一二两三四五六七八九十百千万][零一二两三四五六七八九十百千万]{0,8})"
)
"""A regular expression for what :func:`amount` reads."""


def amount(text: str) -> float:
    """The value of an amount, 0.0 if the text is none.

    >>> amount("两百五"), amount("1.5万"), amount("一千零五十"), amount("百"), amount("299")
    (250.0, 15000.0, 1050.0, 100.0, 299.0)
    """
    suffix = _SUFFIXES.get(text[-1:], 1)
    digits = text if suffix == 1 else text[:-1]
    if digits.isascii() and digits.replace(".", "", 1).isdigit():
        return float(digits) * suffix
    number = parse_numeral("一" + text if text[:1] in set(_SCALES[1:]) else text)
    return 0.0 if number is None else float(number)
