"""What a query or a title says: product words, brand, codes, quantities, opposed values, pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from semrec.rank.brand_names import brand_names
from semrec.rank.oppositions import Values, values_said
from semrec.text.attribute_vocab import vocabulary
from semrec.text.mining.tagger import Tagger, default_tagger
from semrec.text.negation import parse_negation
from semrec.text.normalise import normalise
from semrec.text.numerals import NUMERAL, parse_numeral
from semrec.text.pieces import PARTICLES, Piece, cut_pieces
from semrec.text.price import parse_price
from semrec.text.segment import Segmenter
from semrec.text.sort import parse_sort
from semrec.text.spans import Span, blanked
from semrec.text.units import Quantity, quantities

_LONGEST = 160
"""Characters of a text that are read."""
_RUN = re.compile(r"[a-z0-9]+(?:[-./+][a-z0-9]+)*")
_ORDINAL = re.compile(
    rf"(?P<before>必修|选修|第)(?P<first>\d{{1,2}}|{NUMERAL})(?P<unit>[册章课季部卷]?)"
    rf"|(?P<second>\d{{1,2}}|{NUMERAL})(?P<after>年级|代|册|段|期|级|单元)"
)
"""Which of a series: 三年级, 十代, 必修一."""
_CLASS = re.compile(r"(?<![a-z0-9])[a-z]\d?[级系]")
_SPLIT = re.compile(r"[-./+]")
_LATIN_NAME = re.compile(r"[a-z][a-z']+(?:[ -][a-z']+)?")
_COMMON_TEXT = """
大众 现代 先锋 老板 黑人 兄弟 石头 蝴蝶 骆驼 山水 大王 美的 渴望 皇家 精工 清风 好奇 老人 回力
派克 百乐 斑马 晨光 得力 真我 乔丹 公牛 大唐 欧珀 希捷 斐乐 三菱 福特 天梭 mi ua uni peak camel
giant tiger pilot zebra breeze switch surface bull stanley butterfly grace gap mac coach wd hr hla
aux belle estee mate uni
"""
_COMMON = frozenset(_COMMON_TEXT.split())
"""Brands whose name is also an ordinary word: they count where the tagger sees a brand."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, read.

    Attributes:
        text: the normalised text, without what it excludes.
        products: product words in text order.
        brands: canonical names.
        codes: runs with a digit that are no quantities (``z62``, ``6205``).
        quantities: numbers with units.
        ordinals: which of a series, as kind and number (三年级: ``("年级", 3)``).
        values: dimension → values said.
        pieces: the text cut into pieces; () for titles, which are not cut.
        excluded: what a query does not want.
    """

    text: str
    products: tuple[Span, ...] = ()
    brands: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    quantities: tuple[Quantity, ...] = ()
    ordinals: tuple[tuple[str, Fraction], ...] = ()
    values: Values = field(default_factory=dict)
    pieces: tuple[Piece, ...] = ()
    excluded: tuple[str, ...] = ()

    @property
    def head(self) -> Span | None:
        """The last product word: what is meant, since Chinese describes first and names then."""
        return self.products[-1] if self.products else None


class Reader:
    """Reads queries and titles.

    Args:
        tagger: finds product words and brands; None for the one that comes with the package.
        words: dictionary words inside a text.
        brands: names of brands → canonical name, beside the well-known ones.
        kept: how many readings of titles are kept.
    """

    def __init__(
        self,
        tagger: Tagger | None = None,
        words: Callable[[str], Sequence[str]] | None = None,
        brands: Mapping[str, str] | None = None,
        kept: int = 1 << 15,
    ) -> None:
        self._tagger = tagger or default_tagger()
        self._words = words or Segmenter().words
        self._brands = {**brand_names(), **(brands or {})}
        self._most = kept
        self._kept: dict[str, Reading] = {}

    def query(self, text: str) -> Reading:
        """Read a query; what it excludes, and price and order, which no title names, are out."""
        plain = normalise(text)[:_LONGEST]
        refused = parse_negation(plain, self._words)
        price, sort = parse_price(plain), parse_sort(plain)
        told = [price] if price else []
        order = [sort] if sort and sort.order != "newest" else []
        asked = " ".join(blanked(plain, [*refused, *told, *order]).split())
        spans = self._tagger.tag(asked)
        pieces = cut_pieces(asked, vocabulary(), spans, self._words)
        useful = tuple(piece for piece in pieces if piece.text not in PARTICLES)
        excluded = tuple(dict.fromkeys(word for found in refused for word in found.words))
        return self._reading(asked, spans, useful, excluded, head_of(spans, useful))

    def titles(self, texts: Sequence[str]) -> list[Reading]:
        """Read titles; recent ones are remembered."""
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        if len(self._kept) + len(new) > self._most:
            self._kept = {text: self._kept[text] for text in set(texts) if text in self._kept}
        plain = [normalise(text)[:_LONGEST] for text in new]
        for text, title, spans in zip(new, plain, self._tagger.tag_many(plain), strict=True):
            products = tuple(span for span in spans if span.kind == "product")
            self._kept[text] = self._reading(title, spans, (), (), products)
        return [self._kept[text] for text in texts]

    def _reading(
        self,
        text: str,
        spans: Sequence[Span],
        pieces: tuple[Piece, ...],
        excluded: tuple[str, ...],
        products: tuple[Span, ...],
    ) -> Reading:
        amounts = tuple(quantities(text))
        return Reading(
            text=text,
            products=products,
            brands=frozenset(self._brands_in(text, spans)),
            codes=frozenset(codes_in(text, amounts)),
            quantities=amounts,
            ordinals=tuple(ordinals_in(text)),
            values=values_said(text),
            pieces=pieces,
            excluded=excluded,
        )

    def _brands_in(self, text: str, spans: Sequence[Span]) -> set[str]:
        tagged = [span.text for span in spans if span.kind == "brand"]
        found = {self._brands.get(name.replace(" ", ""), name) for name in tagged}
        for start in range(len(text)):
            for end in range(start + 2, min(len(text), start + 5) + 1):
                name = text[start:end]
                if not name.isascii() and name in self._brands and name not in _COMMON:
                    found.add(self._brands[name])
        for match in _LATIN_NAME.finditer(text):
            for name in (match[0], *re.split("[ -]", match[0])):
                known = name.replace(" ", "")
                if known in self._brands and known not in _COMMON:
                    found.add(self._brands[known])
        return found


def head_of(spans: Sequence[Span], pieces: Sequence[Piece]) -> tuple[Span, ...]:
    """The product words of a query; without any, its last Han piece that names no attribute."""
    products = tuple(span for span in spans if span.kind == "product")
    last = pieces[-1] if pieces else None
    if products and (last is None or products[-1].end >= last.start or last.kind != "word"):
        return products
    for piece in reversed(pieces):
        if piece.kind in {"word", "lexicon", "rest"} and not piece.text.isascii():
            is_brand = any(span.kind == "brand" for span in piece.spans)
            if not is_brand and len(piece.text) > 1:
                head = Span(piece.start, piece.end, piece.text, "product", piece.text, "", 0.5)
                return (*products, head) if piece.start >= _end(products) else products
    return products


def _end(products: Sequence[Span]) -> int:
    return products[-1].end if products else 0


def codes_in(text: str, amounts: Sequence[Quantity]) -> set[str]:
    """Runs of letters and digits with a digit, without those that are quantities.

    >>> sorted(codes_in("联想z62 6205轴承 500ml", quantities("联想z62 6205轴承 500ml")))
    ['6205', 'z62']
    """
    taken = {i for each in amounts for i in range(each.start, each.end)}
    found: set[str] = set(_CLASS.findall(text))
    for match in _RUN.finditer(text):
        for part in _SPLIT.split(match[0]):
            if any(c.isdigit() for c in part) and match.start() not in taken and len(part) > 1:
                found.add(part)
    return found


def ordinals_in(text: str) -> list[tuple[str, Fraction]]:
    """Which of a series, as kind and number.

    >>> [(kind, int(number)) for kind, number in ordinals_in("三年级 必修二 10代雅阁")]
    [('年级', 3), ('必修', 2), ('代', 10)]
    """
    found = []
    for match in _ORDINAL.finditer(text):
        said = match["first"] or match["second"]
        number = Fraction(said) if said.isdigit() else parse_numeral(said)
        if number:
            kind = match["after"] or (match["before"] if match["before"] != "第" else "")
            found.append((kind or match["unit"] or "第", Fraction(number)))
    return found
