"""The words of one shop, mined once at build time and saved: lexicon, speller, suggester."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from numpy.typing import NDArray

from semrec.data.catalog import Catalog
from semrec.errors import DataError
from semrec.text.dictionary import plain_tokenizer
from semrec.text.lexicon import Lexicon
from semrec.text.mining.mine import MAX_TEXTS, distinct, mine, sample
from semrec.text.normalise import normalise
from semrec.text.spelling import Speller
from semrec.text.suggest import Suggester

_MAX_SPELLED = 200_000
"""Titles from which spelling is learned; of more, evenly spaced ones."""
_MAX_REPEATS = 20
"""A query that was typed more often teaches spelling no more."""
_PARTS = ("speller", "suggester")


@dataclass(frozen=True)
class ShopWords:
    """What a shop's catalog and queries teach about words.

    Attributes:
        lexicon: brands, product words, categories, attribute values.
        speller: corrects slips in queries.
        suggester: completes what is being typed.
    """

    lexicon: Lexicon
    speller: Speller
    suggester: Suggester

    @classmethod
    def build(cls, catalog: Catalog, queries: Iterable[str] | None = None) -> ShopWords:
        """Mine a shop's words: some 7 s for 15,000 titles, at most 30 s for any number.

        Args:
            catalog: the shop's products.
            queries: what people typed, each as often as it was typed; empty ones are left out.
        """
        asked = Counter(text for query in queries or () if (text := normalise(query)))
        # The tagger and the suggester cut the same titles.
        cut = cache(plain_tokenizer().lcut)
        titles = distinct(catalog.texts("title"))
        lexicon = mine(catalog, asked, cut=cut)
        words = lexicon.words()
        typed = [text for text, count in asked.items() for _ in range(min(count, _MAX_REPEATS))]
        return cls(
            lexicon,
            Speller.build(sample(titles, _MAX_SPELLED), typed, words, cut=cut),
            Suggester.build(sample(titles, MAX_TEXTS), asked, words, cut),
        )

    def arrays(self) -> dict[str, dict[str, NDArray[Any]]]:
        """The arrays of ``speller`` and ``suggester``; the lexicon has ``to_dict``."""
        return {"speller": self.speller.arrays(), "suggester": self.suggester.arrays()}

    @classmethod
    def from_parts(
        cls,
        lexicon: Mapping[str, Any],
        arrays: Mapping[str, Mapping[str, NDArray[Any]]],
        where: str = "lexicon",
    ) -> ShopWords:
        """The inverse of ``lexicon.to_dict`` and ``arrays``; memory-mapped arrays stay so.

        Args:
            lexicon: what ``lexicon.to_dict()`` gave.
            arrays: what ``arrays()`` gave.
            where: names the source of the lexicon in errors.

        Raises:
            DataError: a part is missing, or the lexicon is of another schema.
        """
        missing = [part for part in _PARTS if not arrays.get(part)]
        if missing:
            raise DataError(f"{where}: no {missing[0]!r} beside it; legal: {', '.join(_PARTS)}")
        return cls(
            Lexicon.from_dict(lexicon, where),
            Speller.from_arrays(arrays["speller"]),
            Suggester.from_arrays(arrays["suggester"]),
        )
