"""Words of Latin letters (brands above all) and how to find those one slip of the finger away.

Symmetric deletes (Garbe 2012): two words within one edit share a form with one letter left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

LATIN_RUN = re.compile(r"[a-z]{3,20}")
_SHORTEST = 4


@dataclass(frozen=True)
class LatinWords:
    """A vocabulary of Latin words.

    Attributes:
        text: the words, each ended by a line feed, UTF-8, shape ``(bytes,)``.
        forms: hashes of the words' forms with one letter left out, ascending, shape ``(n,)``.
        owners: which word each form belongs to, shape ``(n,)``.
    """

    text: NDArray[np.uint8]
    forms: NDArray[np.uint32]
    owners: NDArray[np.int32]

    @classmethod
    def of(cls, words: Iterable[str]) -> LatinWords:
        """Index the words."""
        listed = sorted(set(words))
        pairs = [(h, at) for at, w in enumerate(listed) if len(w) >= 3 for h in _forms(w)]
        hashes = np.array([h for h, _ in pairs], dtype=np.uint32)
        owners = np.array([at for _, at in pairs], dtype=np.int32)
        order = np.argsort(hashes, kind="stable")
        raw = "".join(f"{word}\n" for word in listed).encode()
        return cls(np.frombuffer(raw, dtype=np.uint8), hashes[order], owners[order])

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All that must be saved, as named arrays; ``LatinWords(**arrays)`` takes it back."""
        return {"text": self.text, "forms": self.forms, "owners": self.owners}

    @cached_property
    def words(self) -> list[str]:
        """The words, sorted."""
        return self.text.tobytes().decode().split()

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._known

    def near(self, word: str) -> list[str]:
        """Words that differ by one letter put in, left out or replaced, or two swapped."""
        if len(word) < _SHORTEST:
            return []
        found: set[str] = set()
        for form in _forms(word):
            begin = np.searchsorted(self.forms, form, side="left")
            end = np.searchsorted(self.forms, form, side="right")
            found.update(self.words[at] for at in self.owners[begin:end])
        return sorted(other for other in found if other != word and one_edit_apart(word, other))


def latin_counts(texts: Iterable[str]) -> Counter[str]:
    """How often each Latin word occurs in folded texts."""
    return Counter(word for text in texts for word in LATIN_RUN.findall(text))


def one_edit_apart(one: str, other: str) -> bool:
    """Whether two different words are one insertion, deletion, replacement or swap apart."""
    if len(one) > len(other):
        one, other = other, one
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return len(one) + 1 == len(other) and one[start:] == other[start + 1 :]
    swapped = one[start : start + 2] == other[start : start + 2][::-1]
    rest = start + 2 if swapped else start + 1
    return one[rest:] == other[rest:]


def _forms(word: str) -> Iterator[int]:
    yield crc32(word.encode())
    for at in range(len(word)):
        yield crc32((word[:at] + word[at + 1 :]).encode())
