"""Which characters are taken for one another, by sound or by shape; and which follow which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.text.pinyin import near_sound, readings
from semrec.text.spelling_slips import Slip

_PER_KIND = 40
_PER_RARE = 12
"""Homophones of a character that nobody means; it is more often written than spelled wrong."""
_FOLLOWERS = 48
SUBSTITUTIONS = (Slip.HOMOPHONE, Slip.SHAPE, Slip.NEAR_HOMOPHONE)
"""Slips that put one character for another, likeliest first; relations store the position."""


@dataclass(frozen=True)
class Relation:
    """A sparse relation from a character to others.

    Attributes:
        sources: code points, ascending, shape ``(n,)``.
        starts: where each source's targets begin, shape ``(n + 1,)``.
        targets: code points, shape ``(starts[-1],)``, int64.
        kinds: what relates each target to its source, the shape of ``targets``, int8.
    """

    sources: NDArray[np.int64]
    starts: NDArray[np.int64]
    targets: NDArray[np.int64]
    kinds: NDArray[np.int8]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that must be saved, as named arrays; ``Relation(**arrays)`` takes it back."""
        return {
            "sources": self.sources,
            "starts": self.starts,
            "targets": self.targets,
            "kinds": self.kinds,
        }

    def of(self, code: int) -> slice:
        """Where the targets of a character stand; an empty slice if it has none."""
        at = int(np.searchsorted(self.sources, code))
        if at == len(self.sources) or self.sources[at] != code:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))

    @classmethod
    def of_lists(cls, lists: Mapping[int, Sequence[tuple[int, int]]]) -> Relation:
        """From the ``(target, kind)`` pairs of each source."""
        sources = sorted(lists)
        sizes = [len(lists[source]) for source in sources]
        flat = [pair for source in sources for pair in lists[source]]
        return cls(
            np.array(sources, dtype=np.int64),
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            np.array([target for target, _ in flat], dtype=np.int64),
            np.array([kind for _, kind in flat], dtype=np.int8),
        )


def confusions(
    counts: Mapping[str, float],
    shapes: Iterable[tuple[str, str]],
    seen: Iterable[tuple[str, str]] = (),
) -> Relation:
    """For each character, those that it may have been typed for.

    Args:
        counts: the characters in use and how often each occurs.
        shapes: pairs that look alike, in both directions; where the first is not in use (岀, 籐),
            it may still be typed for the second.
        seen: what was typed for what, whatever it is (乚 for l).
    """
    usual = sorted(counts, key=lambda char: -counts[char])
    same: defaultdict[str, list[str]] = defaultdict(list)
    near: defaultdict[str, list[str]] = defaultdict(list)
    for char in usual:
        for reading in readings(char):
            same[reading].append(char)
            near[near_sound(reading)].append(char)
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for one, other in shapes:
        if other in counts:
            alike[one].append(other)
    for one, other in seen:
        alike[one].append(other)
    lists = {}
    for char in dict.fromkeys((*usual, *alike)):
        most = _PER_KIND if char in counts else _PER_RARE
        by_kind = (
            [other for r in readings(char) for other in same[r][:most]],
            alike[char],
            [other for r in readings(char) for other in near[near_sound(r)][:most]],
        )
        lists[ord(char)] = _likeliest(char, by_kind)
    return Relation.of_lists({source: pairs for source, pairs in lists.items() if pairs})


def _likeliest(char: str, by_kind: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Each target once, with the likeliest of the kinds that lead to it."""
    kind_of: dict[str, int] = {}
    for kind, others in enumerate(by_kind):
        for other in others:
            if other != char:
                kind_of.setdefault(other, kind)
    return [(ord(other), kind) for other, kind in kind_of.items()]


def followers(pairs: NDArray[np.int64], counts: NDArray[np.float32]) -> Relation:
    """For each character the few dozen that most often follow it.

    Args:
        pairs: code points of a character and the next, shape ``(n, 2)``.
        counts: how often each pair occurs, shape ``(n,)``.
    """
    order = np.lexsort((-counts, pairs[:, 0]))
    ones, others = pairs[order, 0], pairs[order, 1]
    sources, begins = np.unique(ones, return_index=True)
    rank = np.arange(len(ones)) - np.repeat(begins, np.diff([*begins, len(ones)]))
    kept = rank < _FOLLOWERS
    sizes = np.add.reduceat(kept.astype(np.int64), begins) if len(ones) else begins
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return Relation(sources, starts, others[kept], np.zeros(int(kept.sum()), dtype=np.int8))
