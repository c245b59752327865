"""Named parts of a text, and the best of those that overlap."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["product", "brand", "attribute", "category", "model"]
KINDS: tuple[Kind, ...] = ("product", "brand", "attribute", "category", "model")

_MODEL = re.compile(r"(?<![a-z0-9])[a-z0-9]+(?:[-/.+][a-z0-9]+)*(?![a-z0-9])")
_QUANTITY = re.compile(
    r"\d+(?:\.\d+)?(?:[-x/*]\d+(?:\.\d+)?)*"
    r"(?:ml|l|g|kg|mg|cm|mm|m|km|v|w|kw|a|ah|mah|wh|gb|tb|mb|g|t|hz|k|d|p|x|s|pcs|oz|inch|in|mp)?"
    r"(?:[-x/*+]\d+.*)?"
)
_SPAN_COST = 0.5
"""What each further span costs, in characters: one long word beats the two words inside it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a normalised text that means something.

    Attributes:
        start, end: character offsets in the normalised text; ``end`` is exclusive.
        text: ``text[start:end]`` of the normalised text.
        kind: what it is.
        value: the canonical value: the brand that an alias stands for, else the surface.
        name: the attribute's name (``颜色``), "" for the other kinds.
        confidence: how sure, 0..1.
    """

    start: int
    end: int
    text: str
    kind: Kind
    value: str
    name: str = ""
    confidence: float = 1.0


def models(text: str) -> Iterator[Span]:
    """Model numbers: runs that mix letters and digits and are no quantity.

    >>> [span.text for span in models("联想z62 小新lx125/tk120 500ml")]
    ['z62', 'lx125/tk120']
    """
    for match in _MODEL.finditer(text):
        run = match.group()
        has_digit = any(c.isdigit() for c in run)
        if has_digit and any(c.isalpha() for c in run) and not _QUANTITY.fullmatch(run):
            # What starts with a digit (``3m``, ``2way``) is as often something else.
            confidence = 0.8 if run[0].isalpha() else 0.5
            yield Span(match.start(), match.end(), run, "model", run, "", confidence)


class Range(Protocol):
    """Characters ``start`` to ``end`` of a text."""

    @property
    def start(self) -> int:
        """The first of them."""

    @property
    def end(self) -> int:
        """The first after them."""


def blanked(text: str, ranges: Iterable[Range]) -> str:
    """The text with blanks in place of some ranges: the same length, the same offsets."""
    for found in ranges:
        text = text[: found.start] + " " * (found.end - found.start) + text[found.end :]
    return text


def best_spans(spans: Iterable[Span]) -> list[Span]:
    """The non-overlapping spans with the highest sum of confidence × length, in text order.

    Weighted interval scheduling by dynamic programming (Kleinberg & Tardos 2006, 6.1); each span
    costs half a character, so that the longer match wins where confidences are alike.
    """
    ordered = sorted(spans, key=lambda span: (span.end, span.start))
    if not ordered:
        return []
    length = ordered[-1].end
    best = [0.0] * (length + 1)
    chosen: list[Span | None] = [None] * (length + 1)
    i = 0
    for end in range(1, length + 1):
        best[end] = best[end - 1]
        while i < len(ordered) and ordered[i].end == end:
            span = ordered[i]
            gain = best[span.start] + span.confidence * (end - span.start - _SPAN_COST)
            if gain > best[end]:
                best[end], chosen[end] = gain, span
            i += 1
    found: list[Span] = []
    end = length
    while end > 0:
        last = chosen[end]
        if last is None:
            end -= 1
        else:
            found.append(last)
            end = last.start
    return found[::-1]
