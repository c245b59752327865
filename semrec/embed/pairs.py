"""Pseudo-queries from titles: pairs of a query and what it should find, without a log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from semrec.types import Rows

_LONGEST = 4
"""Words of a pseudo-query at most; nine of ten real queries have no more."""
_SPAN_SHARE = 0.5
"""Share of pseudo-queries whose words stand side by side; the others are samples by idf."""
_REMOVED_SHARE = 0.5
"""Share of pairs whose title loses the query's words, so that the context is learned."""


@dataclass(frozen=True)
class Pair:
    """A pseudo-query, and the title that it should find, perhaps without the query's words."""

    query: str
    title: str


class PseudoQueries:
    """Draws queries from titles.

    Args:
        titles: normalised titles.
        words: cuts a title into its words.
    """

    def __init__(self, titles: Sequence[str], words: Callable[[str], Sequence[str]]) -> None:
        self._titles = titles
        self._words = [list(words(title)) for title in titles]
        counts = Counter(word for found in self._words for word in found)
        rarity = {word: np.log1p(len(titles) / count) for word, count in counts.items()}
        self._weights = [np.array([rarity[word] for word in found]) for found in self._words]

    def draw(self, rows: Rows, rng: np.random.Generator) -> list[Pair]:
        """A pair of each title; one without words is its own query."""
        return [self._pair(int(row), rng) for row in rows]

    def _pair(self, row: int, rng: np.random.Generator) -> Pair:
        words, title = self._words[row], self._titles[row]
        if not words:
            return Pair(title, title)
        size = min(len(words), int(rng.integers(1, _LONGEST + 1)))
        if rng.random() < _SPAN_SHARE:
            start = int(rng.integers(0, len(words) - size + 1))
            chosen = words[start : start + size]
        else:
            # The largest of these keys are a weighted sample without replacement
            # (Efraimidis & Spirakis 2006).
            keys = rng.random(len(words)) ** (1 / self._weights[row])
            chosen = [words[i] for i in sorted(np.argpartition(keys, -size)[-size:])]
        if rng.random() < _REMOVED_SHARE:
            for word in chosen:
                title = title.replace(word, " ")
        return Pair("".join(chosen), title)
