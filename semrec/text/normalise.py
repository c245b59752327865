"""One spelling for what means the same: the form in which texts are compared, never shown."""

from __future__ import annotations

import html
import re
import unicodedata

_TAG = re.compile(r"<[^<>]{0,500}>")
_SPACE = re.compile(r"\s+")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def normalise(text: str) -> str:
    """Fold width, case and compatibility forms; drop markup, control characters and extra space.

    Pure and idempotent: ``normalise(normalise(x)) == normalise(x)`` for any string, broken
    surrogates included.

    >>> normalise("ＩＰＨＯＮＥ　１５&nbsp;<b>手机壳</b>")
    'iphone 15 手机壳'
    """
    # One step can give the next something to do (``&amp;lt;``, or ``İ`` in lower case), so they
    # are repeated until nothing changes.
    while (folded := _fold(text)) != text:
        text = folded
    return text


def _fold(text: str) -> str:
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    text = unicodedata.normalize("NFKC", text).lower()
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(c) in _INVISIBLE else c for c in text)
    return _SPACE.sub(" ", text).strip()
