"""From a query to a :class:`QueryIntent`: what is wanted, for whom, at what price, and what not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np

from semrec.text.attribute_vocab import vocabulary
from semrec.text.attributes import SURE, read_parts
from semrec.text.intent import QueryIntent
from semrec.text.kind import read_kind
from semrec.text.needs import find_needs
from semrec.text.negation import parse_negation
from semrec.text.normalise import normalise
from semrec.text.pieces import Piece, cut_pieces
from semrec.text.price import parse_price
from semrec.text.sort import parse_sort
from semrec.text.spans import Span, blanked
from semrec.types import Hits

_LONGEST = 128
"""Characters of a query that are read for pieces; nobody types more."""
_EVIDENCE = 50
"""How many matching items tell the category."""
_SHARPNESS = 4.0
"""An item counts by its score relative to the best one, to this power."""
_SHOWN = 0.01
"""Categories with a smaller share are left out."""
_HANGING = re.compile(r"^的 ?| 的(?= |$)")


class Corrected(Protocol):
    """What a speller says."""

    @property
    def text(self) -> str:
        """The corrected query."""

    @property
    def confidence(self) -> float:
        """How sure the correction is, 0..1."""


class Speller(Protocol):
    """Corrects slips."""

    def correct(self, query: str) -> Corrected:
        """The query without slips."""


class Words(Protocol):
    """The shop's lexicon, as far as it is needed here."""

    def matches(self, text: str) -> Iterable[Span]:
        """Every occurrence of every word; offsets refer to the normalised text."""


class Understander:
    """Understands queries with what the shop knows.

    Args:
        lexicon: the shop's words.
        words: dictionary words inside a text, overlapping ones too (``Segmenter.words``).
        speller: corrects slips; None to take every query as it is.
        search_rows: text → items that match it, best first, with positive scores; None for no
            category.
        categories: the category of each row, "" if unknown, shape ``(items,)``.
    """

    def __init__(
        self,
        lexicon: Words,
        words: Callable[[str], Sequence[str]],
        speller: Speller | None = None,
        search_rows: Callable[[str], Hits] | None = None,
        categories: Sequence[str] = (),
    ) -> None:
        self._lexicon = lexicon
        self._words = words
        self._speller = speller
        self._search_rows = search_rows
        self._categories = categories

    def understand(self, query: str) -> QueryIntent:
        """Understand one query, any string; what stands in it is never an error."""
        text = normalise(query)
        corrected, confidence = self._correct(text)
        plain = corrected[:_LONGEST]
        price = parse_price(plain)
        exclusions = parse_negation(plain, self._cut, self._products)
        sort = parse_sort(plain)
        wanted = blanked(plain, [*exclusions, *([price] if price else [])])
        asked = blanked(wanted, [sort] if sort and sort.order != "newest" else [])
        parts = read_parts(self._pieces(asked, plain))
        certain = {
            "brand": parts.brand is not None and parts.brand_certain,
            "price": price is not None and price.certain,
            "exclude": bool(exclusions) and all(found.certain for found in exclusions),
        }
        return QueryIntent(
            text=text,
            corrected=corrected,
            wanted=_stripped(asked),
            confidence=confidence,
            brand=parts.brand,
            category=self._category(wanted.strip()),
            product=parts.product,
            attributes=parts.attributes,
            price=None if price is None else (price.low, price.high),
            sort=None if sort is None else sort.order,
            exclude=tuple(dict.fromkeys(word for found in exclusions for word in found.words)),
            needs=tuple(find_needs(wanted)),
            kind=read_kind(plain),
            certain=frozenset(name for name, is_so in certain.items() if is_so),
        )

    def _correct(self, text: str) -> tuple[str, float]:
        if self._speller is None or not text:
            return text, 1.0
        said = self._speller.correct(text)
        corrected = normalise(said.text)
        return (corrected, said.confidence) if corrected != text else (text, 1.0)

    def _pieces(self, text: str, normalised: str) -> list[Piece]:
        """The pieces of a text that is ``normalised`` with blanks for what was read already.

        Words of the lexicon are looked up before the blanks, which a second normalising would
        fold, and those that the blanks cut are dropped.
        """
        matches = self._lexicon.matches(normalised)
        spans = [span for span in matches if text[span.start : span.end] == span.text]
        return cut_pieces(text, vocabulary(), spans, self._words)

    def _products(self, text: str) -> list[tuple[int, int]]:
        found = self._lexicon.matches(text)
        kinds = {"product", "category"}
        return [(s.start, s.end) for s in found if s.kind in kinds and s.confidence >= SURE]

    def _cut(self, text: str) -> list[str]:
        return [piece.text for piece in self._pieces(text, text)]

    def _category(self, text: str) -> Mapping[str, float]:
        if self._search_rows is None or not text:
            return {}
        return category_shares(self._search_rows(text), self._categories)


def category_shares(hits: Hits, categories: Sequence[str]) -> dict[str, float]:
    """The categories of matching items, each with its probability, the likeliest first.

    ``p(c) ∝ Σ (s_i / s_1)^4`` over the best 50 items ``i`` of category ``c`` with score ``s_i``.

    Args:
        hits: matching items; those with scores of 0 or less say nothing.
        categories: the category of each row, "" if unknown.
    """
    best = hits.top(_EVIDENCE)
    positive = best.scores > 0
    if not positive.any():
        return {}
    weights = (best.scores[positive] / best.scores[0]).astype(np.float64) ** _SHARPNESS
    shares: dict[str, float] = {}
    for row, weight in zip(best.rows[positive], weights, strict=True):
        name = categories[int(row)]
        if name:
            shares[name] = shares.get(name, 0.0) + float(weight)
    total = sum(shares.values())
    ranked = sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))
    kept = {name: share / total for name, share in ranked if share / total >= _SHOWN}
    rest = sum(kept.values())
    return {name: share / rest for name, share in kept.items()}


def _stripped(text: str) -> str:
    """The text without the blanks, and without the 的 that hung on what they were."""
    return _HANGING.sub("", " ".join(text.split()))
