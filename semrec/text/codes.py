"""Where sizes, counts, ages and codes stand in a query: ``500ml``, ``6岁``, ``100*120``, ``bj20``.

What a quantity amounts to, ``semrec.text.units`` says; both read the same units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from semrec.text.units import unit_names

CodeKind = Literal["size", "age", "version", "number", "model", "word"]

_NUMBER = r"\d+(?:\.\d+)?"
_NUMERAL = r"[一二两三四五六七八九十百半]{1,4}"
# Years are ages, and a 五斗柜 is a piece of furniture.
_LATIN_UNITS, _HAN_UNITS = (
    "|".join(map(re.escape, names)) for names in unit_names(without={"岁", "斗"})
)
_AGE = re.compile(rf"(?:{_NUMBER}(?:-{_NUMBER})?|{_NUMERAL})(?:岁半?|周岁|个月|月龄|多岁)")
_VERSION = re.compile(rf"(?:{_NUMBER}|{_NUMERAL})代|20\d\d年?(?:款|版)?|\d\d款")
_DIMENSION = re.compile(
    rf"(?:{_NUMBER}(?:{_LATIN_UNITS})?\s?[*x×]\s?)+{_NUMBER}(?:{_LATIN_UNITS}|{_HAN_UNITS})?(?![a-z\d])"
)
_QUANTITY = re.compile(
    rf"{_NUMBER}(?:[-~]{_NUMBER}|/{_NUMBER})?\s?(?:(?:{_LATIN_UNITS})(?![a-z\d])|(?:{_HAN_UNITS}))"
    rf"(?:{_NUMBER}|半)?|{_NUMERAL}(?:{_HAN_UNITS})(?:[一二三四五六七八九半](?![一-鿿]))?"
)
_THREAD = re.compile(r"m\d+(?:\.\d+)?(?:[*x]\d+(?:\.\d+)?)?(?![a-z\d])|a[3-6](?![a-z\d])")
_CODE = re.compile(r"[a-z0-9]+(?:[-./+&'][a-z0-9]+)*")
_PARTS = re.compile(r"[a-z]+|\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Code:
    """A size, an age, a number or a run of Latin letters in a normalised text."""

    start: int
    end: int
    text: str
    kind: CodeKind

    def shorter(self) -> tuple[Code, ...]:
        """The number alone where a Chinese unit may as well begin the next word (180排烟管)."""
        number = re.match(rf"{_NUMBER}(?={_HAN_UNITS})", self.text)
        if self.kind != "size" or number is None:
            return ()
        return (Code(self.start, self.start + number.end(), number[0], "number"),)

    def stem(self) -> str:
        """The leading letters of a model, which name the series (``bj20``: ``bj``); "" if none."""
        first = _PARTS.match(self.text)
        has_more = first is not None and first.end() < len(self.text)
        return first[0] if first and has_more and first[0].isalpha() else ""


def find_codes(text: str) -> list[Code]:
    """All codes of a normalised text, not overlapping, in text order.

    >>> [(code.text, code.kind) for code in find_codes("bj20后视镜 6岁 500ml*3瓶")]
    [('bj20', 'model'), ('6岁', 'age'), ('500ml*3瓶', 'size')]
    """
    found: list[Code] = []
    taken = [False] * len(text)
    for code in _candidates(text):
        if not any(taken[code.start : code.end]) and _whole(text, code):
            taken[code.start : code.end] = [True] * (code.end - code.start)
            found.append(code)
    return sorted(found, key=lambda code: code.start)


def _candidates(text: str) -> Iterator[Code]:
    patterns: tuple[tuple[CodeKind, re.Pattern[str]], ...] = (
        ("age", _AGE),
        ("version", _VERSION),
        ("size", _DIMENSION),
        ("size", _THREAD),
        ("size", _QUANTITY),
    )
    for kind, pattern in patterns:
        for match in pattern.finditer(text):
            yield Code(match.start(), match.end(), match[0], kind)
    for match in _CODE.finditer(text):
        run = match[0]
        kind = "number" if not re.search("[a-z]", run) else "word" if run.isalpha() else "model"
        yield Code(match.start(), match.end(), run, kind)


def _whole(text: str, code: Code) -> bool:
    """Whether a code starts where a run starts: the ``5g`` of ``a5g`` is none."""
    if not (code.text[0].isascii() and code.start):
        return True
    before = text[code.start - 1]
    return not (before.isascii() and before.isalnum())
