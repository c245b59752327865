"""Clauses of a review: what stands between two marks, or before a word that turns it around."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BREAK = re.compile(
    r"[,，.。!！?？;；:：、~…\s()（）]+(?!\d)|(?=但是|但愿|不过|可惜|只是|然而|就是(?!说)|虽然|除了)|(?<!不)(?<!非)(?=但)"
)
CONTRAST = re.compile(r"^(?:但是|但|不过|可惜|只是|然而|就是|唯一)")


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each clause of a normalised text, in order.

    >>> text = "屏幕不错,但是续航差"
    >>> [text[start:end] for start, end in clauses(text)]
    ['屏幕不错', '但是续航差']
    """
    start = 0
    for match in _BREAK.finditer(text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)
