"""The words of one shop: mined once at build time and saved, and those that it wrote itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from numpy.typing import NDArray

from semrec.data.catalog import Catalog
from semrec.errors import DataError
from semrec.text.dictionary import plain_tokenizer
from semrec.text.lexicon import Lexicon, new_words
from semrec.text.mining.mine import MAX_TEXTS, beginning, distinct, mine, sample
from semrec.text.segment import Segmenter
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
        mined: brands, product words, categories, attribute values of the catalog and its queries.
        speller: corrects slips in queries.
        suggester: completes what is being typed.
        own: words and synonyms that the shop wrote itself, as they are now.
        indexed: the same as they were when the items were cut into terms.
    """

    mined: Lexicon
    speller: Speller
    suggester: Suggester
    own: Lexicon = field(default_factory=Lexicon)
    indexed: Lexicon = field(default_factory=Lexicon)

    @classmethod
    def build(
        cls, catalog: Catalog, queries: Iterable[str] | None = None, own: Lexicon | None = None
    ) -> ShopWords:
        """Mine a shop's words: some 7 s for 15,000 titles, at most 30 s for any number.

        Args:
            catalog: the shop's products.
            queries: what people typed, each as often as it was typed; empty ones are left out.
            own: words that the shop wrote itself; see ``semrec.text.user_words``.
        """
        own = own or Lexicon()
        asked = Counter(text for query in queries or () if (text := beginning(query)))
        # The tagger and the suggester cut the same titles.
        cut = cache(plain_tokenizer().lcut)
        titles = distinct(catalog.texts("title"))
        mined = mine(catalog, asked, cut=cut)
        words = mined.merge(own).words()
        typed = [text for text, count in asked.items() for _ in range(min(count, _MAX_REPEATS))]
        return cls(
            mined,
            Speller.build(sample(titles, _MAX_SPELLED), typed, words, cut=cut),
            Suggester.build(sample(titles, MAX_TEXTS), asked, words, cut),
            own,
            own,
        )

    @cached_property
    def lexicon(self) -> Lexicon:
        """All words together; where they contradict each other, the shop's own win."""
        return self.mined.merge(self.own)

    @cached_property
    def segmenter(self) -> Segmenter:
        """Cuts titles and queries as the items of the index were cut."""
        return Segmenter(_kept_whole(self.indexed).words())

    def with_own(self, own: Lexicon) -> ShopWords:
        """The same with other words of the shop's own, for queries; the index stays as it was."""
        return replace(self, own=own)

    def unindexed(self) -> list[str]:
        """Words of the shop's own that only a rebuild keeps whole in the titles, sorted."""
        return new_words(_kept_whole(self.indexed), _kept_whole(self.own))

    def arrays(self) -> dict[str, dict[str, NDArray[Any]]]:
        """The arrays of ``speller`` and ``suggester``; lexicons have ``to_dict``."""
        return {"speller": self.speller.arrays(), "suggester": self.suggester.arrays()}

    def lexicons(self) -> tuple[Lexicon, Lexicon, Lexicon]:
        """``mined``, ``own`` and ``indexed``."""
        return self.mined, self.own, self.indexed

    @classmethod
    def from_parts(
        cls,
        lexicons: Sequence[Lexicon],
        arrays: Mapping[str, Mapping[str, NDArray[Any]]],
        where: str = "words",
    ) -> ShopWords:
        """The inverse of ``lexicons`` and ``arrays``; memory-mapped arrays stay so.

        Args:
            lexicons: what ``lexicons()`` gave; the shop's own may be left out.
            arrays: what ``arrays()`` gave.
            where: names the source in errors.

        Raises:
            DataError: a part is missing.
        """
        missing = [part for part in _PARTS if not arrays.get(part)]
        if missing:
            raise DataError(f"{where}: no {missing[0]!r} beside it; legal: {', '.join(_PARTS)}")
        mined, *own = lexicons
        speller = Speller.from_arrays(arrays["speller"])
        return cls(mined, speller, Suggester.from_arrays(arrays["suggester"]), *own)


def _kept_whole(own: Lexicon) -> Lexicon:
    """What is not cut: all but synonyms, which only queries are searched with."""
    return replace(own, synonyms={})
