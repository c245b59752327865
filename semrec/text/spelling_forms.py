"""How characters are written and read: what a slip of the hand or of the ear takes for another.

Strokes are one of five kinds (horizontal, vertical, left-falling, dot or right-falling, turning),
in the order in which they are written. Two characters that share a part share a run of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

ALIKE = ("strokes", "part", "tone", "reading")
"""What :meth:`Forms.alike` tells, each from 0 to 1."""
_LOOK_ALIKES = 8
_STROKES = 0.85
_PART = 0.6


@dataclass(frozen=True)
class Forms:
    """Strokes and usual reading of each character.

    Attributes:
        text: lines of a character, its usual reading, its tone, and its strokes in digits 1..5,
            parted by blanks; UTF-8, shape ``(bytes,)``.
    """

    text: NDArray[np.uint8]

    @classmethod
    def of(cls, forms: Mapping[str, tuple[str, str, str]]) -> Forms:
        """From the reading, tone and strokes of each character."""
        lines = [" ".join((char, *form)) + "\n" for char, form in sorted(forms.items())]
        return cls(np.frombuffer("".join(lines).encode(), dtype=np.uint8))

    @cached_property
    def forms(self) -> dict[str, tuple[str, str, str]]:
        """Reading, tone and strokes of each character."""
        parts = (line.split(" ") for line in self.text.tobytes().decode().splitlines())
        return {char: (reading, tone, strokes) for char, reading, tone, strokes in parts}

    def alike(self, one: str, other: str) -> tuple[float, float, float, float]:
        """How alike two texts of the same length are, on average over where they differ.

        Returns:
            The share of strokes in common and in order, the share in one run at the beginning or
            the end, whether the tone is the same, whether the usual reading is; zeros if the
            texts do not differ, and where a character is unknown.
        """
        told = [
            self._alike(a, b)
            for a, b in zip(one, other, strict=True)
            if a != b and a in self.forms and b in self.forms
        ]
        changed = sum(a != b for a, b in zip(one, other, strict=True))
        if not told:
            return 0.0, 0.0, 0.0, 0.0
        strokes, part, tone, reading = (sum(each) / changed for each in zip(*told, strict=True))
        return strokes, part, tone, reading

    def _alike(self, one: str, other: str) -> tuple[float, float, float, float]:
        (reading, tone, a), (reading_2, tone_2, b) = self.forms[one], self.forms[other]
        total = len(a) + len(b)
        part = max(_common_start(a, b), _common_start(a[::-1], b[::-1]))
        same = float(reading == reading_2)
        return 2 * _common(a, b) / total, 2 * part / total, float(tone == tone_2), same

    def look_alikes(self, usual: Sequence[str]) -> Iterator[tuple[str, str]]:
        """For each character the usual ones that are written most like it or share a part.

        Args:
            usual: characters that may be meant.
        """
        targets = [char for char in usual if char in self.forms]
        written = _Strokes.of([self.forms[char][2] for char in targets])
        for char, (_, _, strokes) in self.forms.items():
            common, part = written.alike(strokes)
            score = np.where((common >= _STROKES) | (part >= _PART), common + part, 0)
            for at in np.argsort(-score, kind="stable")[: _LOOK_ALIKES + 1]:
                if score[at] > 0 and targets[at] != char:
                    yield char, targets[at]


@dataclass(frozen=True)
class _Strokes:
    """Many characters' strokes: shape ``(characters, longest)``, uint8, zero behind the last."""

    strokes: NDArray[np.uint8]
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Iterable[str]) -> _Strokes:
        listed = list(texts)
        longest = max(map(len, listed))
        raw = "".join(text.ljust(longest, "0") for text in listed).encode()
        strokes = np.frombuffer(raw, dtype=np.uint8).reshape(-1, longest) - ord("0")
        return cls(strokes, np.array([len(text) for text in listed]))

    def alike(self, one: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What :func:`_common` and the longer of :func:`_common_start` say of each, as shares."""
        masks = np.zeros(6, dtype=np.uint64)
        for at, stroke in enumerate(one):
            masks[int(stroke)] |= np.uint64(1 << at)
        row = np.full(len(self.lengths), (1 << len(one)) - 1, dtype=np.uint64)
        for column in self.strokes.T:
            hit = row & masks[column]
            row = (row + hit) | (row - hit)
        row &= np.uint64((1 << len(one)) - 1)
        common = len(one) - np.bitwise_count(row).astype(np.float64)
        mine = np.frombuffer(one.encode(), dtype=np.uint8) - ord("0")
        width = min(len(one), self.strokes.shape[1])
        start = np.cumprod(self.strokes[:, :width] == mine[:width], axis=1).sum(axis=1)
        places = self.lengths[:, None] - 1 - np.arange(width)
        last = np.take_along_axis(self.strokes, np.maximum(places, 0), axis=1)
        end = np.cumprod((last == mine[::-1][:width]) & (places >= 0), axis=1).sum(axis=1)
        total = len(one) + self.lengths
        return 2 * common / total, 2 * np.maximum(start, end) / total


def _common(one: str, other: str) -> int:
    """Length of the longest common subsequence, a row of the table in the bits of a number.

    Hyyrö (2004), "Bit-parallel LCS-length computation revisited".
    """
    masks = dict.fromkeys(other, 0)
    for at, stroke in enumerate(one):
        masks[stroke] = masks.get(stroke, 0) | 1 << at
    full = (1 << len(one)) - 1
    row = full
    for stroke in other:
        hit = row & masks[stroke]
        row = (row + hit) | (row - hit)
    return len(one) - (row & full).bit_count()


def _common_start(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
