"""Term → number, for vocabularies of millions: one sorted block of bytes, hardly read to open."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_STRIDE = 16
"""Of so many terms one is kept as an object, by which a term's neighbourhood is found."""


class Vocabulary:
    """An immutable sorted list of terms, searched by bisection in a (mapped) byte block.

    Args:
        block: the terms in UTF-8, sorted by their bytes, one after the other, uint8.
        offsets: where each term starts, and the end; shape ``(terms + 1,)``, int64.
    """

    def __init__(self, block: NDArray[np.uint8], offsets: NDArray[np.int64]) -> None:
        self.block = block
        self.offsets = offsets
        # Slices and numbers of a view are plain Python's, several times as fast as numpy's.
        self._raw = block.data
        self._places = offsets.data

    @classmethod
    def of(cls, terms: Iterable[str]) -> Vocabulary:
        """Sort the distinct ``terms``; their numbers are their positions in that order."""
        encoded = sorted({_encode(term) for term in terms})
        lengths = np.fromiter((len(term) for term in encoded), np.int64, len(encoded))
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets)

    @classmethod
    def ranked(cls, numbers: Mapping[str, int]) -> tuple[Vocabulary, NDArray[np.int64]]:
        """The vocabulary of numbered terms, and old number → number in it, shape ``(terms,)``.

        Args:
            numbers: each term's number, ``0 … n-1`` in any order.
        """
        terms = sorted(numbers, key=_encode)
        rank = np.empty(len(terms), dtype=np.int64)
        rank[np.fromiter((numbers[term] for term in terms), np.int64, len(terms))] = np.arange(
            len(terms)
        )
        return cls.of(terms), rank

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self):
            raise IndexError(f"term {number} of {len(self)}")
        return self._bytes(number).decode("utf-8", "surrogatepass")

    def find(self, term: str) -> int:
        """The number of a term, -1 if there is no such term."""
        wanted, raw, places = _encode(term), self._raw, self._places
        after = bisect_left(self._landmarks, wanted) * _STRIDE
        # The first term that is not smaller stands behind the landmark before, up to this one.
        low, high = max(after - _STRIDE + 1, 0), min(after, len(places) - 1)
        while low < high:  # written out: ``bisect_left`` with a key takes twice as long
            middle = (low + high) // 2
            if raw[places[middle] : places[middle + 1]].tobytes() < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self._bytes(low) == wanted else -1

    @cached_property
    def _landmarks(self) -> list[bytes]:
        """Every so many-th term: bisecting plain objects is ten times as fast as cutting terms."""
        return [self._bytes(number) for number in range(0, len(self), _STRIDE)]

    def _bytes(self, number: int) -> bytes:
        return self._raw[self._places[number] : self._places[number + 1]].tobytes()


def _encode(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")
