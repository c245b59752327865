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
_DESCRIBED_BY = (0, 1, 1, 2, 2, 3)
"""How many words stand before the product word of a query, as in a log of a shop."""


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

    def asked(
        self, rows: Rows, products: Sequence[Sequence[str]], rng: np.random.Generator
    ) -> list[str]:
        """Queries as people write them: some words of the title, then what the product is called.

        Args:
            rows: titles, shape ``(n,)``.
            products: product words of each of ``rows``; a title without any gives a query of
                :meth:`draw`.
            rng: decides which words.
        """
        return [
            self._asked(int(row), str(names[int(rng.integers(len(names)))]), rng)
            if len(names)
            else self._pair(int(row), rng).query
            for row, names in zip(rows, products, strict=True)
        ]

    def _asked(self, row: int, product: str, rng: np.random.Generator) -> str:
        others = [
            i
            for i, word in enumerate(self._words[row])
            if word not in product and product not in word
        ]
        size = min(int(rng.choice(_DESCRIBED_BY)), len(others))
        chosen = self._sample(row, others, size, rng)
        return "".join([*chosen, product])

    def _sample(
        self, row: int, places: Sequence[int], size: int, rng: np.random.Generator
    ) -> list[str]:
        """Words by idf, in text order.

        The largest of these keys are a weighted sample without replacement (Efraimidis & Spirakis
        2006).
        """
        if not size:
            return []
        keys = rng.random(len(places)) ** (1 / self._weights[row][list(places)])
        return [self._words[row][places[i]] for i in sorted(np.argpartition(keys, -size)[-size:])]

    def _pair(self, row: int, rng: np.random.Generator) -> Pair:
        words, title = self._words[row], self._titles[row]
        if not words:
            return Pair(title, title)
        size = min(len(words), int(rng.integers(1, _LONGEST + 1)))
        if rng.random() < _SPAN_SHARE:
            start = int(rng.integers(0, len(words) - size + 1))
            chosen = words[start : start + size]
        else:
            chosen = self._sample(row, range(len(words)), size, rng)
        if rng.random() < _REMOVED_SHARE:
            for word in chosen:
                title = title.replace(word, " ")
        return Pair("".join(chosen), title)


def product_words(titles: Sequence[str]) -> list[list[str]]:
    """What each normalised title calls its product, of two characters or more (手机壳)."""
    from semrec.text.mining.tagger import default_tagger

    found = default_tagger().tag_many(titles)
    return [
        [span.text for span in spans if span.kind == "product" and len(span.text) > 1]
        for spans in found
    ]
