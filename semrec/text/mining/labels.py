"""Spans as one label a character (BIES: begin, inside, end, single; ``O`` outside)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Tagged = tuple[int, int, str]
"""Start, end (exclusive) and kind of a span."""

KINDS = ("product", "brand")
"""What the tagger finds."""
LABELS = ("O", *(f"{place}-{kind}" for kind in KINDS for place in "BIES"))
"""The labels, in the order of the model's columns."""


def encode(spans: Iterable[Tagged], length: int) -> list[int]:
    """Indices into :data:`LABELS`, one a character; spans must not overlap."""
    labels = [0] * length
    for start, end, kind in spans:
        first = 1 + 4 * KINDS.index(kind)
        if end - start == 1:
            labels[start] = first + 3
        else:
            labels[start:end] = [first, *[first + 1] * (end - start - 2), first + 2]
    return labels


def decode(labels: Sequence[int]) -> list[Tagged]:
    """The spans that a sequence of labels stands for; broken ones are left out."""
    spans: list[Tagged] = []
    start, kind = -1, -1
    for i, label in enumerate(labels):
        place, now = (label - 1) % 4, (label - 1) // 4
        if label == 0:
            start = -1
        elif place == 3:
            spans.append((i, i + 1, KINDS[now]))
            start = -1
        elif place == 0:
            start, kind = i, now
        elif now != kind:
            start = -1
        elif place == 2 and start >= 0:
            spans.append((start, i + 1, KINDS[kind]))
            start = -1
    return spans
