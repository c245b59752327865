"""How telling a piece of text is: rare character pairs tell much, common ones little."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RUNS = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[^\W\da-z_]+")


@dataclass(frozen=True)
class Commonness:
    """Inverse document frequency of grams, Spärck Jones 1972, on the scale 0 to 1.

    Attributes:
        keys: sorted hashes of the known grams, shape ``(grams,)``, uint32.
        values: their idf as a share of that of an unknown gram, in 255ths, shape ``(grams,)``.
    """

    keys: NDArray[np.uint32]
    values: NDArray[np.uint8]

    def of(self, gram: str) -> float:
        """How rare a gram is, 0..1; 1 for one that was never seen."""
        key = np.uint32(_hash(gram))
        at = int(np.searchsorted(self.keys, key))
        known = at < len(self.keys) and self.keys[at] == key
        return float(self.values[at]) / 255 if known else 1.0

    def weight(self, text: str) -> float:
        """How telling a piece is: the mean rarity of its grams by the root of their number."""
        own = grams(text)
        if not own:
            return 0.0
        return float(np.mean([self.of(gram) for gram in own])) * float(np.sqrt(len(own)))

    @classmethod
    def count(cls, texts: Iterable[str], least: int = 3) -> Commonness:
        """Count the grams of normalised texts; those in fewer than ``least`` are left out."""
        counts: Counter[str] = Counter()
        total = 0
        for text in texts:
            counts.update(set(grams(text)))
            total += 1
        kept = {_hash(gram): n for gram, n in counts.items() if n >= least}
        keys = np.array(sorted(kept), dtype=np.uint32)
        frequencies = np.array([kept[key] for key in sorted(kept)], dtype=np.float64)
        top = np.log(max(total, 2))
        values = np.clip(np.log(total / np.maximum(frequencies, 1)) / top, 0, 1)
        return cls(keys, np.round(values * 255).astype(np.uint8))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What :meth:`from_arrays` takes."""
        return {"idf_keys": self.keys, "idf_values": self.values}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Commonness:
        """The same again."""
        return cls(arrays["idf_keys"].astype(np.uint32), arrays["idf_values"].astype(np.uint8))


def grams(text: str) -> list[str]:
    """Pairs of Han characters, and whole runs of letters and of digits; one character alone.

    >>> grams("苹果13手机壳")
    ['苹果', '13', '手机', '机壳']
    """
    found: list[str] = []
    for run in _RUNS.findall(text):
        if run.isascii() or len(run) == 1:
            found.append(run)
        else:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
    return found


def _hash(gram: str) -> int:
    """FNV-1a of the UTF-8 bytes, 32 bits: the same in every process."""
    value = 0x811C9DC5
    for byte in gram.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value
