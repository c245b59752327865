"""Known brand names as a cue for the tagger: hashes of names, no texts.

A name that stands in a list of brands need not be one here (红豆, 经典); how much it says is for
the tagger to learn, by how usual the name is as a word. The shipped hashes are made by ``python -m
semrec.text.mining.gazetteer brands.txt``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semrec.text.dictionary import dictionary_words
from semrec.text.normalise import normalise

ASSET = "brand_names.npz"
PROVENANCE = "brand_names.provenance.json"
LONGEST = 8
"""Longer names are left out."""
_SPLIT = re.compile(r"[/()]")
_RARE = 100
"""From this count on a dictionary word is a usual one."""
_PRIME = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Gazetteer:
    """Hashes of known names.

    Attributes:
        hashes: ascending, shape ``(names,)``, uint32.
    """

    hashes: NDArray[np.uint32]

    @classmethod
    def of(cls, names: Iterable[str]) -> Gazetteer:
        """From brand names; ``骆驼(camel)`` gives both."""
        parts = {part.strip() for name in names for part in _SPLIT.split(normalise(name))}
        kept = [part for part in parts if 1 < len(part) <= LONGEST and any(map(str.isalpha, part))]
        by_length = (
            _hashes(_codes("".join(part for part in kept if len(part) == size)), size)[::size]
            for size in range(2, LONGEST + 1)
        )
        return cls(np.unique(np.concatenate(list(by_length))))

    def places(self, texts: Sequence[str]) -> NDArray[np.uint64]:
        """For each character of the joined texts what it is of the longest name there; 0 outside.

        Names are taken from the left, the longest first, and cut no Latin word and no number. The
        figure tells the place in the name, its length, and how usual the name is as a word.
        """
        joined = "\n".join(texts) + "\n"
        longest = self._longest(joined)
        places = np.zeros(len(joined), dtype=np.uint64)
        at = 0
        for start in np.flatnonzero(longest).tolist():
            if start < at:
                continue
            size = int(longest[start])
            word = joined[start : start + size]
            base = 1 + 100 * _usual(word) + 10 * min(size, 4)
            places[start : start + size] = base + 1
            places[start] = base
            places[start + size - 1] = base + 2
            at = start + size
        return places

    def _longest(self, joined: str) -> NDArray[np.int64]:
        codes = _codes(joined)
        letters = np.array([c.isascii() and c.isalpha() for c in joined])
        digits = np.array([c.isascii() and c.isdigit() for c in joined])
        inside = (letters[1:] & letters[:-1]) | (digits[1:] & digits[:-1])
        breaks = np.concatenate([[True], ~inside, [True]])
        longest = np.zeros(len(joined), dtype=np.int64)
        for size in range(2, min(LONGEST, len(joined)) + 1):
            hashes = _hashes(codes, size)
            place = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
            known = self.hashes[place] == hashes
            known &= breaks[: len(hashes)] & breaks[size : size + len(hashes)]
            longest[: len(hashes)][known] = size
        return longest


@cache
def default_gazetteer() -> Gazetteer:
    """The names that come with the package."""
    file = resources.files("semrec.text") / "assets" / ASSET
    with resources.as_file(file) as path, np.load(path, allow_pickle=False) as saved:
        return Gazetteer(np.cumsum(saved["steps"], dtype=np.uint32))


def save(gazetteer: Gazetteer, path: Path) -> None:
    """Write the hashes as differences, which compress well."""
    np.savez_compressed(path, steps=np.diff(gazetteer.hashes, prepend=np.uint32(0)))


def _usual(word: str) -> int:
    """How usual a name is as a word: 1, 2 short and long Latin, 3 no word, 4 a rare, 5 a usual."""
    if word.isascii():
        return 1 if len(word) <= 3 else 2
    count = dictionary_words().get(word, 0)
    return 3 if not count else 4 if count < _RARE else 5


def _codes(text: str) -> NDArray[np.uint64]:
    raw = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return raw.astype(np.uint64)


def _hashes(codes: NDArray[np.uint64], size: int) -> NDArray[np.uint32]:
    """The hash of the ``size`` characters from each place on, one a place."""
    count = max(len(codes) - size + 1, 0)
    state = np.full(count, size, dtype=np.uint64)
    for offset in range(size):
        state = (state ^ codes[offset : offset + count]) * _PRIME
        state ^= state >> np.uint64(29)
    return (state >> np.uint64(32)).astype(np.uint32)


def main(names: Path) -> None:
    """Write the hashes of a file of names, one a line, and where they come from."""
    listed = names.read_text(encoding="utf-8").splitlines()
    gazetteer = Gazetteer.of(listed)
    folder = Path(__file__).parents[1] / "assets"
    save(gazetteer, folder / ASSET)
    provenance = {
        "file": ASSET,
        "what": f"{len(gazetteer.hashes)} hashes of brand names of 2 to {LONGEST} characters",
        "data": f"{names.parent.name}/{names.name}, {len(listed)} names",
        "command": f"python -m semrec.text.mining.gazetteer {names.name}",
    }
    text = json.dumps(provenance, ensure_ascii=False, indent=2)
    (folder / PROVENANCE).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
