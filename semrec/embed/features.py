"""Text to hashed features: what a student embedding sums.

Han characters and pairs; runs of letters and digits whole, in part, and in triples; each once,
however often it stands in a text: a title is no better for saying the same again (手机壳手机套).
All of it is integer arithmetic over arrays of code points, for many texts at once. Words are left
out because cutting takes longer than everything else together, Han triples because students without
them find more: there are too many rare ones to learn.
Source: Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.text.normalise import normalise

Codes = NDArray[np.uint64]
"""Unicode code points, widened so that products wrap around."""

MAX_CHARS = 1024
"""Characters kept of a text: 30 are usual in a title."""
_HAN, _LETTER, _DIGIT = 1, 2, 3
_HAN_RANGES = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3134F))
_CODE_POINTS = 0x110000
_BORDER = "\n"
_MIX = np.uint64(0x9E3779B97F4A7C15)
_FINAL = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(32)
_TEXT_SHIFT = np.uint64(40)
"""Bits of a feature's hash that are kept; those above number the text, of up to 16 million."""
_FEATURE = np.uint64((1 << 40) - 1)
_HAN_RUN, _RUN, _PART, _TRIPLE = (np.uint64(salt) for salt in (0, 1, 2, 3))


@dataclass(frozen=True)
class Bag:
    """The features of several texts, one after the other.

    Attributes:
        ids: buckets, shape ``(features,)``, int64.
        offsets: where each text's features start, and where the last end, ``(texts + 1,)``, int64.
    """

    ids: NDArray[np.int64]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many features each text has, shape ``(texts,)``."""
        return np.diff(self.offsets)

    def take(self, rows: NDArray[np.int64]) -> Bag:
        """The features of some texts, in the order of ``rows``."""
        sizes = self.sizes[rows]
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        shift = np.repeat(self.offsets[rows] - offsets[:-1], sizes)
        return Bag(self.ids[shift + np.arange(offsets[-1])], offsets)

    def matrix(self, columns: int) -> sparse.csr_matrix:
        """Counts, shape ``(texts, columns)``, float32; a bucket may stand twice in a row."""
        ones = np.ones(len(self.ids), dtype=np.float32)
        return sparse.csr_matrix((ones, self.ids, self.offsets), shape=(len(self), columns))


def features(texts: Sequence[str], buckets: int) -> Bag:
    """The hashed features of each text, each once; none for a text without letters, digits or Han.

    Args:
        texts: raw texts; what stands behind the first ``MAX_CHARS`` characters is not read.
        buckets: a power of two. A feature's bucket among fewer buckets is its bucket among more,
            modulo the fewer, so that a table can be made larger by repeating it.
    """
    codes, owner = _code_points(texts)
    kinds = _kinds()[codes]
    wide = codes.astype(np.uint64) + np.uint64(1)
    found = [_han(wide, kinds), *_runs(wide, kinds)]
    hashes = np.concatenate([hashed for hashed, _ in found])
    owners = owner[np.concatenate([places for _, places in found])].astype(np.uint64)
    # Text and feature in one number: sorting puts what occurs twice side by side.
    keys = np.sort(owners << _TEXT_SHIFT | _scramble(hashes) & _FEATURE)
    keys = keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys
    counts = np.bincount((keys >> _TEXT_SHIFT).astype(np.int64), minlength=len(texts))
    ids = (keys & np.uint64(buckets - 1)).astype(np.int64)
    return Bag(ids, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))


class _Fold(dict[int, str]):
    """What :func:`normalise` makes of each character alone; filled as characters come."""

    def __missing__(self, code: int) -> str:
        folded = "" if 0xD800 <= code < 0xE000 else normalise(f"a{chr(code)}a")[1:-1]
        self[code] = folded
        return folded


_fold = _Fold({ord(_BORDER): _BORDER})


def _code_points(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """All characters, normalised, with a border after each text; and the number of its text."""
    tidy = [
        (normalise(text[:MAX_CHARS]) if "<" in text or "&" in text else text[:MAX_CHARS]).replace(
            _BORDER, " "
        )
        for text in texts
    ]
    joined = "".join([text + _BORDER for text in tidy]).translate(_fold)
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype="<u4")
    border = codes == ord(_BORDER)
    return codes, np.cumsum(border) - border


@cache
def _kinds() -> NDArray[np.uint8]:
    """Of each code point: Han, a letter, a digit, or 0 for what ends a run."""
    kinds = np.zeros(_CODE_POINTS, dtype=np.uint8)
    for code in range(0x10000):
        if not 0xD800 <= code < 0xE000 and chr(code).isalnum():
            kinds[code] = _DIGIT if chr(code).isdecimal() else _LETTER
    for first, last in _HAN_RANGES:
        kinds[first : last + 1] = _HAN
    return kinds


def _han(wide: Codes, kinds: NDArray[np.uint8]) -> tuple[Codes, NDArray[np.int64]]:
    """Hashes of characters and pairs, and where each starts."""
    ones = np.flatnonzero(kinds == _HAN)
    twos = ones[:-1][np.diff(ones) == 1]
    hashes = np.concatenate([_chain(wide, ones, 1), _chain(wide, twos, 2)])
    return hashes, np.concatenate([ones, twos])


def _runs(wide: Codes, kinds: NDArray[np.uint8]) -> list[tuple[Codes, NDArray[np.int64]]]:
    """Hashes of runs of letters and digits: whole, each part of one kind, and triples."""
    inside = kinds >= _LETTER
    starts = np.flatnonzero(inside & ~np.concatenate([[False], inside[:-1]]))
    if not len(starts):
        return []
    ends = np.flatnonzero(inside & ~np.concatenate([inside[1:], [False]])) + 1
    changes = inside & np.concatenate([[True], kinds[1:] != kinds[:-1]])
    parts = np.flatnonzero(changes)
    part_ends = np.concatenate([parts[1:], [len(kinds)]])
    # A part ends where its run does, if not before.
    part_ends = np.minimum(part_ends, ends[np.searchsorted(starts, parts, side="right") - 1])
    longer = ends - starts > 3
    triples = _spread(starts[longer], ends[longer] - 2)
    return [
        (_spans(wide, starts, ends) + _RUN, starts),
        (_spans(wide, parts, part_ends) + _PART, parts),
        (_chain(wide, triples, 3) + _TRIPLE, triples),
    ]


def _chain(wide: Codes, places: NDArray[np.int64], n: int) -> Codes:
    """One number of each ``n`` characters from a place on."""
    total = np.zeros(len(places), dtype=np.uint64)
    for i in range(n):
        total = (total + wide[places + i]) * _MIX
    return total + _HAN_RUN


def _spans(wide: Codes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Codes:
    """One number of each span of characters: a polynomial in the place inside the span."""
    places = _spread(starts, ends)
    lengths = ends - starts
    inside = (places - np.repeat(starts, lengths)).astype(np.uint64) + np.uint64(1)
    terms = _scramble(wide[places] * _MIX + inside)
    return np.add.reduceat(terms, np.concatenate([[0], np.cumsum(lengths)[:-1]]))


def _spread(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """All places from each start to before its end."""
    lengths = ends - starts
    borders = np.concatenate([[0], np.cumsum(lengths)])
    return np.repeat(starts - borders[:-1], lengths) + np.arange(borders[-1])


def _scramble(values: Codes) -> Codes:
    """Spread the bits (xor-shift-multiply), so that any low bits are as good as random."""
    values = (values ^ (values >> _SHIFT)) * _FINAL
    values = (values ^ (values >> _SHIFT)) * _FINAL
    return values ^ (values >> _SHIFT)
