"""One spelling for what means the same: the form in which texts are compared, never shown."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from semrec.text.simplify import simplify

Offsets = NDArray[np.int64]
"""Where each character of a normalised text stands in the original: start and end, ``(n, 2)``."""

# As ``html.unescape`` reads them.
_ENTITY = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)")
_TAG = re.compile(r"<[^<>]{0,500}>")
# Compatibility forms would glue them to the word before: ``Nike™`` is not ``niketm``.
_TRADEMARK = re.compile(r"[™℠]")
_SYMBOL = re.compile(r"[^\w\s!-~]")
_REPEATED = re.compile(r"([^\w\s])\1{2,}")
_SPACE = re.compile(r"\s+")
_EDGE = re.compile(r"^ | $")
_MARKUP = re.compile(r"[&<>]")
_ROUNDS = 20
"""Markup that is nested deeper is none, and taking it off layer by layer would be quadratic."""

_DROPPED = {"Cf", "Me"}
_BLANKED = {"Cc", "Cs", "Co", "Cn", "So", "Sk"}
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_DEGREE = "°"

Replace = Callable[[str], str]


def _symbol(character: str) -> str:
    if _VARIATION_SELECTORS.match(character):
        return ""
    category = unicodedata.category(character)
    if category in _DROPPED:
        return ""
    return " " if category in _BLANKED and character != _DEGREE else character


def _blank(_: str) -> str:
    return " "


# What stands before and after the folding of characters, in this order.
_BEFORE: tuple[tuple[re.Pattern[str], Replace], ...] = (
    (_ENTITY, html.unescape),
    (_TAG, _blank),
    (_TRADEMARK, _blank),
)
_AFTER: tuple[tuple[re.Pattern[str], Replace], ...] = (
    (_SYMBOL, _symbol),
    (_REPEATED, lambda repeated: repeated[0]),
    (_SPACE, _blank),
    (_EDGE, lambda _: ""),
)


def normalise(text: str) -> str:
    """Fold width, case, script and compatibility forms; drop markup, emoji and extra space.

    Traditional characters become simplified, three or more equal punctuation marks one. Pure and
    idempotent: ``normalise(normalise(x)) == normalise(x)`` for any string, broken surrogates
    included.

    >>> normalise("ＩＰＨＯＮＥ　１５&nbsp;<b>手機殼</b>！！！")
    'iphone 15 手机壳!'
    """
    # One step can give the next something to do (``&amp;lt;``, or ``İ`` in lower case), so they
    # are repeated until nothing changes.
    rounds = 0
    while (changed := _once(text)) != text:
        rounds += 1
        text = _MARKUP.sub(" ", changed) if rounds == _ROUNDS else changed
    return text


def normalise_with_offsets(text: str) -> tuple[str, Offsets]:
    """:func:`normalise`, and where each of its characters came from.

    Returns:
        The normalised text of length ``n``, and offsets of shape ``(n, 2)``, int64: character
        ``i`` stands for ``text[offsets[i, 0]:offsets[i, 1]]``. Both columns ascend.

    >>> normalise_with_offsets("<b>㎏</b>")[1].tolist()
    [[3, 4], [3, 4]]
    """
    spans = [(i, i + 1) for i in range(len(text))]
    rounds = 0
    while True:
        rounds += 1
        before = text
        for pattern, replace in _BEFORE:
            text, spans = _rewrite(text, spans, _matches(pattern, text), replace)
        text, spans = _rewrite(text, spans, _clusters(text), _fold)
        for pattern, replace in _AFTER:
            text, spans = _rewrite(text, spans, _matches(pattern, text), replace)
        if text == before:
            return text, np.array(spans, dtype=np.int64).reshape(len(text), 2)
        if rounds == _ROUNDS:
            text, spans = _rewrite(text, spans, _matches(_MARKUP, text), _blank)


def _once(text: str) -> str:
    if "&" in text or "<" in text or not text.isascii():
        for pattern, replace in _BEFORE:
            text = _substitute(pattern, replace, text)
    text = _fold(text)
    for pattern, replace in _AFTER:
        text = _substitute(pattern, replace, text)
    return text


def _substitute(pattern: re.Pattern[str], replace: Replace, text: str) -> str:
    return pattern.sub(lambda match: replace(match[0]), text)


def _fold(text: str) -> str:
    # ``casefold`` looks at one character at a time, ``lower`` at its neighbours too (Greek sigma).
    return simplify(unicodedata.normalize("NFKC", text).casefold())


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in pattern.finditer(text))


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """The pieces that NFKC composes within, never across: a character with its marks."""
    start = 0
    for i in range(1, len(text)):
        if not _joins(text[i]):
            yield start, i
            start = i
    if text:
        yield start, len(text)


def _joins(character: str) -> bool:
    """Whether a character can melt into the one before: a mark, or a Hangul vowel or final."""
    first = unicodedata.normalize("NFKD", character)[0]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"


def _rewrite(
    text: str, spans: list[tuple[int, int]], found: Iterator[tuple[int, int]], replace: Replace
) -> tuple[str, list[tuple[int, int]]]:
    """Replace the found pieces; every character of a replacement stands for its whole piece."""
    pieces: list[str] = []
    moved: list[tuple[int, int]] = []
    done = 0
    for start, end in found:
        new = replace(text[start:end])
        if new == text[start:end]:
            continue
        pieces += [text[done:start], new]
        moved += spans[done:start]
        moved += [(spans[start][0], spans[end - 1][1])] * len(new)
        done = end
    pieces.append(text[done:])
    return "".join(pieces), moved + spans[done:]
