"""Pinyin that was typed but not turned into characters: what it most likely stands for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.text.pinyin import readings, split_syllables, syllables
from semrec.text.spelling_counts import encode
from semrec.text.spelling_model import CONTEXT, CharacterModel

_PER_SYLLABLE = 24
_BEAM = 8
_LONGEST = 6


@dataclass(frozen=True)
class Sounds:
    """The usual characters of each syllable.

    Attributes:
        text: lines of a syllable, a space and its characters, UTF-8, shape ``(bytes,)``.
    """

    text: NDArray[np.uint8]

    @classmethod
    def of(cls, counts: Mapping[str, float]) -> Sounds:
        """From the characters in use and how often each occurs."""
        by_syllable: defaultdict[str, list[str]] = defaultdict(list)
        for char in sorted(counts, key=lambda c: -counts[c]):
            for reading in readings(char):
                by_syllable[reading].append(char)
        lines = [
            f"{syllable} {''.join(chars[:_PER_SYLLABLE])}\n"
            for syllable, chars in sorted(by_syllable.items())
            if syllable in syllables()
        ]
        return cls(np.frombuffer("".join(lines).encode(), dtype=np.uint8))

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All that must be saved, as named arrays; ``Sounds(**arrays)`` takes it back."""
        return {"text": self.text}

    @cached_property
    def characters(self) -> dict[str, str]:
        """The characters of each syllable, most usual first."""
        lines = self.text.tobytes().decode().splitlines()
        return dict(line.split(" ") for line in lines)

    def meanings(self, letters: str, before: str, model: CharacterModel) -> Iterator[str]:
        """The likeliest few character strings that are read like ``letters``; none if no pinyin.

        Args:
            letters: a run of Latin letters.
            before: the text that stands before it.
            model: judges the strings.
        """
        parts = split_syllables(letters, self.characters)
        if not 0 < len(parts) <= _LONGEST:
            return
        # Beam search from left to right.
        beam = [("", 0.0)]
        for part in parts:
            longer = [
                (text + char, score) for text, score in beam for char in self.characters[part]
            ]
            tails = [(before + text)[-CONTEXT - 1 :].rjust(CONTEXT + 1, "\0") for text, _ in longer]
            codes = encode("".join(tails)).reshape(len(tails), -1)
            gains = model.log_probs(codes, model.counts(codes))[:, -1]
            scored = [(t, s + float(g)) for (t, s), g in zip(longer, gains, strict=True)]
            beam = sorted(scored, key=lambda pair: -pair[1])[:_BEAM]
        yield from (text for text, _ in beam[:3])
