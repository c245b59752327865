"""Every text that the query may have been meant as, one slip away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from semrec.text.spelling_confusion import SUBSTITUTIONS, Relation
from semrec.text.spelling_counts import EDGE, Codes, encode
from semrec.text.spelling_slips import Slip

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LEFTOVER = re.compile(r"(?<=[\u4e00-\u9fff])[a-z]$")
_KINDS = list(Slip)


@dataclass(frozen=True)
class Edit:
    """Characters ``start..stop`` of a text become ``text``."""

    start: int
    stop: int
    text: str
    slip: Slip

    def applied(self, text: str) -> str:
        """The text after the edit."""
        return text[: self.start] + self.text + text[self.stop :]


@dataclass(frozen=True)
class Edits:
    """Many edits with replacements of one length.

    Attributes:
        starts: shape ``(n,)``.
        stops: shape ``(n,)``.
        codes: what is put in, shape ``(n, length)``.
        kinds: position of the slip in the list of slips, shape ``(n,)``.
    """

    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    codes: Codes
    kinds: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)

    def take(self, chosen: NDArray[np.bool_]) -> Edits:
        """The edits where ``chosen`` is true."""
        return Edits(
            self.starts[chosen], self.stops[chosen], self.codes[chosen], self.kinds[chosen]
        )

    def edit(self, at: int) -> Edit:
        """One of the edits."""
        text = "".join(map(chr, self.codes[at]))
        slip = _KINDS[int(self.kinds[at])]
        return Edit(int(self.starts[at]), int(self.stops[at]), text, slip)


def batch(edits: Iterable[Edit]) -> list[Edits]:
    """Edits put together by the length of what they put in."""
    by_length: dict[int, list[Edit]] = {}
    for edit in edits:
        by_length.setdefault(len(edit.text), []).append(edit)
    return [
        Edits(
            np.array([e.start for e in group], dtype=np.int64),
            np.array([e.stop for e in group], dtype=np.int64),
            np.stack([encode(e.text) for e in group]),
            np.array([_KINDS.index(e.slip) for e in group], dtype=np.int64),
        )
        for group in by_length.values()
    ]


def one_character(codes: Codes, confused: Relation, followers: Relation) -> Edits:
    """Substitutions by what sounds or looks alike, and missing characters.

    Args:
        codes: the text without its edges, shape ``(length,)``.
        confused: what each character may stand for.
        followers: what may come after each character.
    """
    starts, stops, put, kinds = [], [], [], []
    substitution = np.array([_KINDS.index(slip) for slip in SUBSTITUTIONS])
    for at, code in enumerate(codes):
        found = confused.of(int(code))
        targets = confused.targets[found]
        starts.append(np.full(len(targets), at))
        stops.append(np.full(len(targets), at + 1))
        put.append(targets)
        kinds.append(substitution[confused.kinds[found]])
    for gap in _gaps(codes):
        left = int(codes[gap - 1]) if gap else EDGE
        targets = followers.targets[followers.of(left)]
        slip = Slip.MISSING if gap < len(codes) else Slip.MISSING_END
        starts.append(np.full(len(targets), gap))
        stops.append(np.full(len(targets), gap))
        put.append(targets)
        kinds.append(np.full(len(targets), _KINDS.index(slip)))
    put_in = np.concatenate(put).astype(np.int64)
    edits = Edits(
        np.concatenate(starts).astype(np.int64),
        np.concatenate(stops).astype(np.int64),
        put_in[:, None],
        np.concatenate(kinds).astype(np.int64),
    )
    return edits.take((edits.starts < edits.stops) | _is_han(put_in))


def rearranged(text: str) -> Iterator[Edit]:
    """Swapped neighbours, and characters that are too many."""
    for at, char in enumerate(text):
        if not HAN.match(char):
            continue
        after = text[at + 1 : at + 2]
        elsewhere = Slip.REPEATED if text.count(char) > 1 else Slip.EXTRA
        yield Edit(at, at + 1, "", Slip.DOUBLED if after == char else elsewhere)
        if HAN.match(after) and after != char:
            yield Edit(at, at + 2, after + char, Slip.SWAPPED)
        three = text[at : at + 3]
        if len(three) == 3 and all(map(HAN.match, three)) and len(set(three)) == 3:
            yield Edit(at, at + 3, three[1:] + char, Slip.MOVED)
            yield Edit(at, at + 3, three[2] + three[:2], Slip.MOVED)
    for leftover in _LEFTOVER.finditer(text):
        yield Edit(leftover.start(), leftover.end(), "", Slip.LEFTOVER)
    tokens = list(re.finditer(r"\S+", text))
    for one, other in pairwise(tokens):
        if one.group() in other.group():
            yield Edit(one.start(), other.start(), "", Slip.REPEATED_WORD)
        elif other.group() in one.group():
            yield Edit(one.end(), other.end(), "", Slip.REPEATED_WORD)


def _gaps(codes: Codes) -> Iterator[int]:
    """Places where a Chinese character may be missing: not inside words of letters and digits."""
    han = _is_han(codes)
    for gap in range(len(codes) + 1):
        if han[max(gap - 1, 0) : gap + 1].any():
            yield gap


def _is_han(codes: Codes) -> NDArray[np.bool_]:
    han: NDArray[np.bool_] = (codes >= 0x3400) & (codes <= 0x9FFF)
    return han
