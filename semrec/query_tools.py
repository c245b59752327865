"""What a shop's words tell of a query: understanding, categories, completions.

The words are mined when the index is built, or at the first use where none are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from semrec.data.catalog import Catalog
from semrec.embed.protocol import Encoder
from semrec.index.dense import DenseIndex
from semrec.index.lexical import LexicalIndex
from semrec.rank.blend import share
from semrec.rank.classify import Evidence, classify
from semrec.rank.intent_boost import IntentSearch, Plan
from semrec.rank.retrieve import Source
from semrec.text.intent import QueryIntent
from semrec.text.segment import Segmenter
from semrec.text.shop_words import ShopWords
from semrec.text.sort import Sort
from semrec.text.suggest import Suggestion
from semrec.text.synonyms import Synonyms
from semrec.text.understand import Understander
from semrec.types import Hits, Mask, Rows, Scores

_EVIDENCE = 50


class QueryTools:
    """The query side of one shop.

    Args:
        catalog: the shop's products.
        lexical, dense: its indexes, in the order of the catalog's rows.
        segmenter: cuts queries as the lexical index was cut.
        words: the shop's words as they were saved; None to mine the catalog at the first use.
        orders: what the shop can be sorted by (``intent_boost.known_orders``).
    """

    def __init__(
        self,
        catalog: Catalog,
        lexical: LexicalIndex,
        dense: DenseIndex,
        segmenter: Segmenter,
        words: ShopWords | None = None,
        orders: Mapping[Sort, Scores] | None = None,
    ) -> None:
        self._catalog = catalog
        self._lexical = lexical
        self._dense = dense
        self._segmenter = segmenter
        self._given = words
        self._orders = orders or {}

    def understand(self, query: str) -> QueryIntent:
        """What a query asks for."""
        return self._understander.understand(query)

    def plan(self, query: str, allowed: Mask | None = None) -> Plan:
        """How to search with what was understood.

        Args:
            query: what a shopper types.
            allowed: the caller's own filters, shape ``(items,)``; None = all.
        """
        intent = self.understand(query)
        plan = self._search.plan(intent, allowed)
        names = self._names(plan.text, intent.brand)
        voice = self._saying(names)
        said = dict.fromkeys((*self._own_synonyms.of(plan.text), *(names if voice else ())))
        if not said:
            return plan
        return replace(
            plan,
            voices=plan.voices if voice is None else (*plan.voices, voice),
            notes=(*plan.notes, f"也按同义词找了：{'、'.join(said)}"),
            others=self._own_synonyms.wordings(plan.text),
        )

    def classify(
        self, query: str, labels: Sequence[str], encoder: Encoder | None
    ) -> list[tuple[str, float]]:
        """Category names with probabilities, the likeliest first."""
        hits = self._matching(query).top(_EVIDENCE)
        titles, categories = self._catalog.frame["title"], self._catalog.frame["category"]
        evidence = Evidence(
            [str(titles.iat[row]) for row in hits.rows],
            hits.scores,
            [str(categories.iat[row]) for row in hits.rows],
            self._dense.reconstruct(hits.rows),
        )
        product = self.understand(query).product
        return classify(query, labels, encoder, product=product, evidence=evidence)

    def suggest(self, prefix: str, k: int) -> list[Suggestion]:
        """Completions of what was typed."""
        return self._words.suggester.suggest(prefix, k)

    def _matching(self, text: str) -> Hits:
        return self._lexical.search(self._segmenter.terms(text), _EVIDENCE)

    def _saying(self, words: Sequence[str]) -> Source | None:
        """BM25 of some words alone, as a share of the shop's best; None where nothing has any."""
        terms = [term for word in words for term in self._segmenter.terms(word)]
        best = self._lexical.search(terms, 1)
        if not len(best):
            return None
        most = float(best.scores[0])

        def score(rows: Rows) -> Scores:
            return share(self._lexical.score_rows(terms, rows), most)

        return Source("synonym", score, lambda k, rows: self._lexical.search(terms, k, rows))

    def _names(self, text: str, brand: str | None) -> list[str]:
        """Mined names of the brand that a text was found to name, beside those in the text.

        Mined names count only for a brand: 小米 is also something to eat.
        """
        names = (brand, *self._words.mined.synonyms.get(brand, ())) if brand else ()
        return [name for name in dict.fromkeys(names) if name not in text]

    @cached_property
    def _own_synonyms(self) -> Synonyms:
        return Synonyms(self._words.own.synonyms)

    @cached_property
    def _words(self) -> ShopWords:
        return self._given or ShopWords.build(self._catalog)

    @cached_property
    def _search(self) -> IntentSearch:
        return IntentSearch(
            self._catalog, self._lexical, self._segmenter.terms, self._words.lexicon, self._orders
        )

    @cached_property
    def _understander(self) -> Understander:
        return Understander(
            self._words.lexicon,
            self._segmenter.words,
            self._words.speller,
            self._matching,
            self._catalog.frame["category"].array,  # read by row: a list takes seconds to make
        )
