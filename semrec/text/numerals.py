"""Chinese numerals, as far as people write quantities with them."""

from __future__ import annotations

from fractions import Fraction

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}

NUMERAL = r"半|[一二两三四五六七八九十][零〇一二两三四五六七八九十百千万半]*"
"""A pattern for numerals; what it finds can still be no number (``十三两五半``)."""


def parse_numeral(text: str) -> Fraction | None:
    """The number that a Chinese numeral says; None if it says none.

    >>> [parse_numeral(t) for t in ("五百", "十二", "一百二", "两千零五十", "半")]
    [Fraction(500, 1), Fraction(12, 1), Fraction(120, 1), Fraction(2050, 1), Fraction(1, 2)]
    """
    if text == "半":
        return Fraction(1, 2)
    head, ten_thousands, tail = text.rpartition("万")
    high = _below_ten_thousand(head) if ten_thousands else 0
    low = _below_ten_thousand(tail) if tail else 0
    if high is None or low is None or not text:
        return None
    # ``一万二`` leaves the scale of its last digit out: 12,000.
    if ten_thousands and len(tail) == 1 and tail in _DIGITS:
        low *= 1000
    return Fraction(high * 10_000 + low)


def _below_ten_thousand(text: str) -> int | None:
    total, digit, scale = 0, 0, 10_000
    for character in text:
        if character in _SCALES and _SCALES[character] < scale:
            scale = _SCALES[character]
            total += (digit or 1) * scale
            digit = 0
        elif character in _DIGITS and not digit:
            digit = _DIGITS[character]
        else:
            return None
    # 一百二 leaves the scale of its last digit out, 一百零二 does not.
    spoken = 10 < scale < 10_000 and not _zero_before_last(text)
    return total + digit * (scale // 10 if spoken else 1)


def _zero_before_last(text: str) -> bool:
    return text[-2:-1] in ("零", "〇")
