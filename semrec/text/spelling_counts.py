"""How often each character n-gram occurs, as sorted arrays of hashes: mergeable, mappable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ORDER = 4
"""Longest n-gram that is counted."""
PAD = 0
"""Stands before a text's start; no n-gram that holds it is ever counted."""
EDGE = ord("\n")
"""Marks where a text begins and ends."""

Codes = NDArray[np.int64]
"""Code points of characters, any shape."""
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def encode(text: str) -> Codes:
    """The code points of a text, shape ``(len(text),)``."""
    raw = text.encode("utf-32-le", "surrogatepass")
    return np.frombuffer(raw, dtype="<u4").astype(np.int64)


def ngram_keys(codes: Codes) -> list[NDArray[np.uint32]]:
    """Hash of the n-gram that ends at each position, one array per order 1..ORDER.

    Args:
        codes: shape ``(..., length)``.

    Returns:
        Arrays of the same shape; where fewer than n characters precede, the n-gram holds PAD.
    """
    raw = codes.astype(np.uint64)
    keys, state = [], np.zeros_like(raw)
    for n in range(ORDER):
        shifted = np.zeros_like(raw)
        shifted[..., n:] = raw[..., : raw.shape[-1] - n]
        state = (state ^ (shifted + np.uint64(n + 1))) * _MULTIPLIER
        state ^= state >> np.uint64(29)
        keys.append((state >> np.uint64(32)).astype(np.uint32))
    return keys


@dataclass(frozen=True)
class NgramCounts:
    """Counts of n-grams of one length.

    Thirty-two bits keep the table small; among a million n-grams, an unseen one is taken for a
    seen one with a chance of 1 in 4,300.

    Attributes:
        keys: hashes, ascending, shape ``(n,)``.
        counts: how often each occurs, shape ``(n,)``, float32.
    """

    keys: NDArray[np.uint32]
    counts: NDArray[np.float32]

    def lookup(self, keys: NDArray[np.uint32]) -> NDArray[np.float32]:
        """The count of each hash, zero where it is unknown; the shape of ``keys``."""
        if not len(self.keys):
            return np.zeros(keys.shape, dtype=np.float32)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        found: NDArray[np.float32] = np.where(self.keys[at] == keys, self.counts[at], 0)
        return found

    def at_least(self, count: float) -> NgramCounts:
        """Only the n-grams that occur that often."""
        kept = self.counts >= count
        return NgramCounts(self.keys[kept], self.counts[kept])

    @classmethod
    def tally(
        cls, keys: NDArray[np.uint32], weights: NDArray[np.float32] | None = None
    ) -> NgramCounts:
        """Count equal hashes, each occurrence with its weight (1 if none is given)."""
        unique, inverse = np.unique(keys, return_inverse=True)
        counts = np.bincount(inverse, weights=weights, minlength=len(unique))
        return cls(unique, counts.astype(np.float32))


def count_ngrams(texts: Iterable[str], *, edges: bool = True) -> list[NgramCounts]:
    """Count the n-grams of the texts, one table per order 1..ORDER.

    Args:
        texts: normalised texts.
        edges: count beginnings and ends too; off for texts (titles) that begin and end otherwise
            than those (queries) that the counts shall judge.
    """
    mark = chr(EDGE)
    # The padding keeps n-grams from running over from one text into the next.
    filler = "\0" * (ORDER - 1)
    framed = [f"{mark}{t}{mark}{filler}" if edges else f"{t}{filler}" for t in texts]
    codes = encode("".join(framed))
    tables = []
    for n, keys in enumerate(ngram_keys(codes), 1):
        whole = np.ones(len(codes), dtype=bool)
        for back in range(n):
            whole[back:] &= codes[: len(codes) - back] != PAD
            whole[:back] = False
        tables.append(NgramCounts.tally(keys[whole]))
    return tables


def merge_counts(
    parts: Sequence[Sequence[NgramCounts]], weights: Sequence[float]
) -> list[NgramCounts]:
    """Add up several countings, each with its weight."""
    merged = []
    for tables in zip(*parts, strict=True):
        keys = np.concatenate([table.keys for table in tables])
        counts = [t.counts * np.float32(w) for t, w in zip(tables, weights, strict=True)]
        merged.append(NgramCounts.tally(keys, np.concatenate(counts)))
    return merged


def count_pairs(texts: Iterable[str], *, edges: bool = True) -> PairCounts:
    """Count which character follows which, by name: what n-gram hashes cannot tell.

    Args:
        texts: normalised texts.
        edges: as in ``count_ngrams``.
    """
    mark = chr(EDGE)
    framed = [f"{mark}{t}{mark}\0" if edges else f"{t}\0" for t in texts]
    codes = encode("".join(framed))
    inside = (codes[:-1] != PAD) & (codes[1:] != PAD)
    pairs = np.stack([codes[:-1], codes[1:]], axis=1)[inside]
    return PairCounts.tally(pairs, np.ones(len(pairs), dtype=np.float32))


@dataclass(frozen=True)
class PairCounts:
    """How often one character follows another.

    Attributes:
        pairs: code points, ascending, shape ``(n, 2)``.
        counts: shape ``(n,)``, float32.
    """

    pairs: Codes
    counts: NDArray[np.float32]

    @classmethod
    def tally(cls, pairs: Codes, weights: NDArray[np.float32]) -> PairCounts:
        """Count equal pairs, each occurrence with its weight."""
        keys, inverse = np.unique(pairs[:, 0] << 21 | pairs[:, 1], return_inverse=True)
        counts = np.bincount(inverse, weights=weights, minlength=len(keys)).astype(np.float32)
        return cls(np.stack([keys >> 21, keys & ((1 << 21) - 1)], axis=1), counts)

    @classmethod
    def merged(cls, parts: Sequence[PairCounts], weights: Sequence[float]) -> PairCounts:
        """Add up several countings, each with its weight."""
        pairs = np.concatenate([part.pairs for part in parts])
        counts = [p.counts * np.float32(w) for p, w in zip(parts, weights, strict=True)]
        return cls.tally(pairs, np.concatenate(counts))

    def characters(self) -> dict[str, float]:
        """How often each Chinese character occurs, but for where a text begins."""
        codes, inverse = np.unique(self.pairs[:, 1], return_inverse=True)
        counts = np.bincount(inverse, weights=self.counts, minlength=len(codes))
        han = (codes >= 0x3400) & (codes <= 0x9FFF)
        return dict(zip(map(chr, codes[han]), counts[han].tolist(), strict=True))

    def shorter_ngrams(self) -> list[NgramCounts]:
        """The same as tables of the n-grams of length 1 and 2."""
        keys = ngram_keys(self.pairs)
        single = NgramCounts.tally(keys[0][:, 1], self.counts)
        return [single, NgramCounts.tally(keys[1][:, 1], self.counts)]
