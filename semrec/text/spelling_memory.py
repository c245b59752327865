"""Which slips people make again and again: what stood where something else was meant."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.text.spelling_edits import Edit

REMEMBERED = ("seen", "seen_typed", "seen_length")
"""What :meth:`SlipMemory.evidence` tells of an edit: how often just this was mended, how often what
stands there was wrong, both as ``log(1 + n)``, and whether the edit changes the length."""


@dataclass(frozen=True)
class SlipMemory:
    """Pieces of text that were typed for others, with counts.

    Attributes:
        text: lines of what was typed, a tab and what was meant, UTF-8, shape ``(bytes,)``.
        counts: how often, shape ``(lines,)``, float32.
    """

    text: NDArray[np.uint8]
    counts: NDArray[np.float32]

    @classmethod
    def of(cls, slips: Iterable[tuple[str, str]]) -> SlipMemory:
        """From folded texts and what was meant by each, both the same where nothing was wrong."""
        found = Counter(pair for typed, meant in slips for pair in pieces(typed, meant))
        listed = sorted(pair for pair in found if not _BREAKS & set("".join(pair)))
        raw = "".join(f"{typed}\t{meant}\n" for typed, meant in listed).encode()
        counts = np.array([found[pair] for pair in listed], dtype=np.float32)
        return cls(np.frombuffer(raw, dtype=np.uint8), counts)

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All that must be saved, as named arrays; ``SlipMemory(**arrays)`` takes it back."""
        return {"text": self.text, "counts": self.counts}

    def characters(self) -> Iterator[tuple[str, str]]:
        """Single characters that were typed for others, the most frequent slips first."""
        ordered = sorted(self._seen.items(), key=lambda item: (-item[1], item[0]))
        return (pair for pair, _ in ordered if len(pair[0]) == len(pair[1]) == 1)

    def evidence(self, shape: str, edits: Sequence[Edit]) -> NDArray[np.float32]:
        """What is remembered of each edit of a folded text, shape ``(edits, len(REMEMBERED))``.

        Of an edit of several characters the least remembered one counts.
        """
        told = np.zeros((len(edits), len(REMEMBERED)), dtype=np.float32)
        for row, edit in zip(told, edits, strict=True):
            changed = list(_differing(shape[edit.start : edit.stop], edit.text))
            if changed:
                row[0] = np.log1p(min(self._seen.get(pair, 0.0) for pair in changed))
                row[1] = np.log1p(min(self._typed.get(typed, 0.0) for typed, _ in changed))
            row[2] = edit.stop - edit.start != len(edit.text)
        return told

    @cached_property
    def _seen(self) -> dict[tuple[str, str], float]:
        lines = self.text.tobytes().decode().split("\n")[:-1]
        pairs = ((typed, meant) for typed, _, meant in (line.partition("\t") for line in lines))
        return dict(zip(pairs, self.counts.tolist(), strict=True))

    @cached_property
    def _typed(self) -> dict[str, float]:
        found: defaultdict[str, float] = defaultdict(float)
        for (typed, _), count in self._seen.items():
            found[typed] += count
        return found


_BREAKS = {"\t", "\n"}


def pieces(typed: str, meant: str) -> list[tuple[str, str]]:
    """Where two texts differ: character by character if that keeps the length, else in one piece.

    >>> pieces("垃级捅", "垃圾桶")
    [('级', '圾'), ('捅', '桶')]
    >>> pieces("忏悔水印框", "忏悔录水印框")
    [('', '录')]
    """
    shorter = min(len(typed), len(meant))
    front = next((i for i in range(shorter) if typed[i] != meant[i]), shorter)
    rest = shorter - front
    back = next((i for i in range(rest) if typed[-1 - i] != meant[-1 - i]), rest)
    return list(_differing(typed[front : len(typed) - back], meant[front : len(meant) - back]))


def _differing(typed: str, meant: str) -> Iterator[tuple[str, str]]:
    if len(typed) != len(meant):
        yield typed, meant
        return
    yield from ((one, other) for one, other in zip(typed, meant, strict=True) if one != other)
