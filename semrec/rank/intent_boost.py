"""What a search does with what it understood: conditions that hold, voices that weigh, notes.

Only what :attr:`QueryIntent.certain` names is a condition. Everything else is one more voice in the
blend, with shares of its own maximum in [0, 1]: an item that it does not fit is lower, never out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from semrec.data.catalog import Catalog
from semrec.index.lexical import LexicalIndex
from semrec.rank.blend import share
from semrec.rank.conditions import Condition, brand_condition, exclusion, price_condition, relaxed
from semrec.rank.retrieve import Source
from semrec.text.alphanumeric import FAMILY
from semrec.text.attribute_vocab import BRAND, MODEL, SIZE
from semrec.text.attributes import SURE
from semrec.text.intent import SORT_NAMES, QueryIntent
from semrec.text.lexicon import Lexicon
from semrec.text.segment import KIND
from semrec.text.sort import Sort
from semrec.types import Hits, Mask, Rows, Scores

SIGNALS = ("product", "brand", "attribute", "number", "need", "order")
"""The names of the voices; ``config.blend.search`` has a weight for each."""
_SURE = 0.5
"""From this confidence on a correction may be searched for instead of what finds nothing: then one
in four hundred right log queries would be (``tests/bench/bench_spelling.py --folds``)."""
_SILENT = 0.5
_OTHER_ATTRIBUTES = {BRAND, MODEL, SIZE}
_DAY = 86_400.0


@dataclass(frozen=True)
class Plan:
    """How a query is searched.

    Attributes:
        text: what the legs look for: the query without price, exclusions and order.
        allowed: which items may be answered, shape ``(items,)``; None = all.
        voices: what weighs beside the legs; ``need`` finds items of its own.
        notes: what the user should know, in Chinese.
        others: other wordings of ``text``, by the shop's own synonyms; an item may fit any.
    """

    text: str
    allowed: Mask | None = None
    voices: tuple[Source, ...] = ()
    notes: tuple[str, ...] = field(default=())
    others: tuple[str, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        """The text and its other wordings."""
        return (self.text, *self.others)


class IntentSearch:
    """Plans the searches of one shop.

    Args:
        catalog: the shop's products.
        index: their lexical index.
        terms: cuts a text into terms as the index was cut.
        lexicon: the shop's words.
        orders: see :func:`known_orders`.
    """

    def __init__(
        self,
        catalog: Catalog,
        index: LexicalIndex,
        terms: Callable[[str], list[str]],
        lexicon: Lexicon,
        orders: Mapping[Sort, Scores],
    ) -> None:
        self._catalog = catalog
        self._index = index
        self._terms = terms
        self._lexicon = lexicon
        self._orders = orders

    def plan(self, intent: QueryIntent, allowed: Mask | None = None) -> Plan:
        """How to search for what was understood.

        Args:
            intent: the query, understood.
            allowed: the caller's own filters, which are never relaxed.
        """
        text, said = self._text(intent)
        conditions = self._conditions(intent)
        mask, notes = relaxed(conditions, allowed, self._about(intent.product))
        product = self._known_product(intent)
        voices = (
            self._matching("product", [product] if product else []),
            self._matching("brand", self._names(intent)),
            self._matching("attribute", _attribute_values(intent)),
            self._numbers(text),
            self._matching("need", intent.expansion(), finds=True),
            self._order(intent.sort),
        )
        heard = tuple(voice for voice in voices if voice is not None)
        told = _told(intent, {voice.name for voice in heard})
        return Plan(text, mask, heard, (*said, *notes, *told))

    # ---- the text ----------------------------------------------------------------------------

    def _text(self, intent: QueryIntent) -> tuple[str, list[str]]:
        """What to look for, and the note on a correction."""
        if intent.corrected == intent.text:
            return intent.wanted or intent.text, []
        found = len(self._holding(intent.text)) > 0
        if not found and intent.confidence >= _SURE and len(self._holding(intent.corrected)):
            note = f"没有找到“{intent.text}”，已按“{intent.corrected}”搜索。"
            return intent.wanted or intent.corrected, [note]
        return intent.text, [f"您是不是要找：{intent.corrected}"]

    def _holding(self, text: str) -> Rows:
        # Kinds of quantities and families of models say nothing of the spelling.
        terms = [term for term in self._terms(text) if term[0] not in (KIND, FAMILY)]
        return self._index.holding(terms)

    # ---- conditions --------------------------------------------------------------------------

    def _conditions(self, intent: QueryIntent) -> list[Condition]:
        found: list[Condition | None] = []
        if "exclude" in intent.certain:
            found += [exclusion(self._catalog, self._index, word) for word in intent.exclude]
        if "brand" in intent.certain and intent.brand:
            names = self._names(intent)
            found.append(brand_condition(self._catalog, self._index, intent.brand, names))
        if "price" in intent.certain and intent.price:
            found.append(price_condition(self._catalog, intent.price))
        return [condition for condition in found if condition is not None]

    def _about(self, product: str | None) -> Mask | None:
        """The items with the query's product word; None where there are none."""
        rows = self._holding(product) if product else np.empty(0, np.int64)
        if not len(rows):
            return None
        about = np.zeros(len(self._index), dtype=np.bool_)
        about[rows] = True
        return about

    def _names(self, intent: QueryIntent) -> list[str]:
        """All names of the query's brand."""
        brands = self._lexicon.brands.items() if intent.brand else ()
        return [surface for surface, brand in brands if brand == intent.brand]

    def _known_product(self, intent: QueryIntent) -> str | None:
        """The product word, if it is no guess."""
        entries = self._lexicon.entries(intent.product) if intent.product else []
        sure = any(e.kind in ("product", "category") and e.confidence >= SURE for e in entries)
        return intent.product if sure else None

    # ---- voices ------------------------------------------------------------------------------

    def _matching(self, name: str, words: Sequence[str], *, finds: bool = False) -> Source | None:
        """BM25 of some words alone, as a share of the shop's best; None where nothing has them."""
        terms = [term for word in words if word for term in self._terms(word)]
        best = self._index.search(terms, 1)
        if not len(best):
            return None
        most = float(best.scores[0])

        def score(rows: Rows) -> Scores:
            return share(self._index.score_rows(terms, rows), most)

        def find(k: int, allowed: Mask | None) -> Hits:
            return self._index.search(terms, k, allowed)

        return Source(name, score, find if finds else None)

    def _numbers(self, text: str) -> Source | None:
        """Whether an item has the query's quantities and models: 1 yes, 0 another, else ½."""
        pairs = number_terms(self._terms(text))
        if not pairs:
            return None

        def score(rows: Rows) -> Scores:
            total = np.zeros(len(rows), dtype=np.float32)
            for kind, values in pairs.items():
                same = np.isin(rows, self._having(values))
                other = np.isin(rows, self._index.holding([kind])) & ~same
                total += np.where(same, 1.0, np.where(other, 0.0, _SILENT)).astype(np.float32)
            return total / np.float32(len(pairs))

        return Source("number", score)

    def _having(self, terms: Sequence[str]) -> Rows:
        return np.unique(np.concatenate([self._index.holding([term]) for term in terms]))

    def _order(self, sort: Sort | None) -> Source | None:
        if sort is None or sort not in self._orders:
            return None
        places = _percentiles(self._orders[sort])
        return Source("order", lambda rows: places[rows])


def known_orders(catalog: Catalog, sales: Scores, ratings: Scores) -> dict[Sort, Scores]:
    """For each order that the shop has data for a value an item, higher is better.

    Args:
        catalog: gives prices and dates.
        sales: how much each item is asked for, 0 where nobody did, shape ``(items,)``.
        ratings: mean rating of each item, NaN where there is none, shape ``(items,)``.

    Returns:
        Order → shape ``(items,)``, float32, NaN where unknown.
    """
    dates = catalog.frame["created_at"]
    days = (dates - dates.min()).dt.total_seconds() / _DAY
    values: dict[Sort, Scores] = {
        "price_asc": -catalog.frame["price"].to_numpy(dtype=np.float32),
        "sales": np.where(sales > 0, sales, np.nan).astype(np.float32),
        "rating": np.asarray(ratings, dtype=np.float32),
        "newest": days.to_numpy(dtype=np.float32),
    }
    return {sort: known for sort, known in values.items() if not np.isnan(known).all()}


def number_terms(terms: Sequence[str]) -> dict[str, list[str]]:
    """Kind of quantity or family of model → the terms that are right for it.

    >>> number_terms(["256gb", "#gb", "z62", "z", "62", "~z", "手机"])
    {'#gb': ['256gb'], '~z': ['z62']}
    """
    found: dict[str, list[str]] = {}
    for kind in dict.fromkeys(term for term in terms if term[0] in (KIND, FAMILY)):
        name = kind[1:]
        right = [term for term in terms if _is_of(term, name, model=kind[0] == FAMILY)]
        if right:
            found[kind] = list(dict.fromkeys(right))
    return found


def _is_of(term: str, name: str, *, model: bool) -> bool:
    """Whether a term is a number with this unit, or a number of this model family."""
    number = term.removeprefix(name) if model else term.removesuffix(name)
    return number != term and number[:1].isdigit()


def _attribute_values(intent: QueryIntent) -> list[str]:
    values = [
        value
        for name, values in intent.attributes.items()
        if name not in _OTHER_ATTRIBUTES
        for value in values
    ]
    return [value for value in values if value not in (intent.product or "")]


def _percentiles(values: Scores) -> Scores:
    """The share of the known values that each is at least as high as, in [0, 1]; NaN kept."""
    known = np.sort(values[~np.isnan(values)])
    places = np.searchsorted(known, values, side="right") / np.float32(max(len(known), 1))
    ranked: Scores = np.where(np.isnan(values), np.nan, places).astype(np.float32)
    return ranked


def _told(intent: QueryIntent, heard: Collection[str]) -> list[str]:
    """What changed the search beside its conditions, and what could not be done."""
    notes = []
    if intent.sort:
        name = SORT_NAMES[intent.sort]
        can = "order" in heard
        notes.append(f"排序：{name}" if can else f"店铺没有数据，未能按“{name}”排序。")
    if "need" in heard:
        tags = "、".join(need.tag for need in intent.needs)
        notes.append(f"按“{tags}”也找了：{'、'.join(intent.expansion())}")
    return notes
