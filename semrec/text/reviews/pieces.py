"""Word pieces: a text cut into the likeliest words of a fixed vocabulary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

PADDING, UNKNOWN, FIRST = 0, 1, 2
"""Numbers of nothing, of a character in no piece, and of the first piece."""
BLANK = "▁"
"""How a vocabulary of SentencePiece writes a blank."""
_UNLIKELY = -30.0
"""Log-probability of a character in no piece: below that of any piece."""


@dataclass(frozen=True)
class Pieces:
    """A unigram vocabulary (Kudo 2018): a text's cut maximises the sum of the scores.

    Attributes:
        texts: the pieces.
        scores: the natural log-probability of each.
    """

    texts: tuple[str, ...]
    scores: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {text: number for number, text in enumerate(self.texts, FIRST)}

    @cached_property
    def _scored(self) -> dict[str, float]:
        return dict(zip(self.texts, self.scores, strict=True))

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.texts), default=0)

    def cut(self, text: str) -> list[str]:
        """The pieces of a text in order, a character in none by itself; they join to the text.

        >>> Pieces(("很", "好用", "好", "用"), (-4.0, -6.0, -4.0, -5.0)).cut("很好用!")
        ['很', '好用', '!']
        """
        text = text.replace(" ", BLANK)
        scored, longest = self._scored, self._longest
        # Viterbi: `best[i]` is the score of the best cut of the first i characters.
        best = [0.0] * (len(text) + 1)
        begins = [0] * (len(text) + 1)
        for end in range(1, len(text) + 1):
            highest, begin = best[end - 1] + _UNLIKELY, end - 1
            for start in range(max(0, end - longest), end):
                score = scored.get(text[start:end])
                if score is not None and best[start] + score > highest:
                    highest, begin = best[start] + score, start
            best[end], begins[end] = highest, begin
        found = []
        end = len(text)
        while end:
            found.append(text[begins[end] : end])
            end = begins[end]
        return found[::-1]

    def numbers(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Numbers of the pieces of each text, ``UNKNOWN`` for a character in none."""
        get = self._numbers.get
        return [
            np.array([get(piece, UNKNOWN) for piece in self.cut(text)], dtype=np.int32)
            for text in texts
        ]

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``texts``, UTF-8 with a line break after each, uint8; ``scores``, float32."""
        joined = "\n".join(self.texts).encode()
        return {
            "texts": np.frombuffer(joined, dtype=np.uint8),
            "scores": np.array(self.scores, dtype=np.float32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Pieces:
        """The inverse of :meth:`arrays`.

        Raises:
            ValueError: there are not as many scores as texts.
        """
        texts = tuple(arrays["texts"].tobytes().decode().split("\n"))
        scores = tuple(arrays["scores"].tolist())
        if len(texts) != len(scores):
            raise ValueError(f"{len(texts)} pieces with {len(scores)} scores")
        return cls(texts, scores)


def padded(numbers: Sequence[NDArray[np.int32]], longest: int) -> NDArray[np.int64]:
    """One row a text, shape ``(texts, longest text, at least 1)``, int64; ``PADDING`` behind.

    Of a text with more than ``longest`` pieces, half is kept from each end.
    """
    half = longest // 2
    kept = [n if len(n) <= longest else np.concatenate([n[:half], n[-half:]]) for n in numbers]
    table = np.full((len(kept), max([1, *map(len, kept)])), PADDING, dtype=np.int64)
    for row, values in enumerate(kept):
        table[row, : len(values)] = values
    return table
