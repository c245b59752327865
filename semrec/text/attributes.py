"""What the pieces of a query are: its product word, its brand, and its attributes by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from semrec.text import attribute_vocab as names
from semrec.text.pieces import PARTICLES, Piece
from semrec.text.spans import Span

SURE = 0.5
"""Brands and product words that the lexicon trusts less are read as plain words."""
_UNAMBIGUOUS = 0.8
"""From this confidence on a brand may serve as a hard filter."""
_EMPTY = """
怎么 怎样 如何 什么 哪个 哪种 哪些 哪里 哪款 多少 可以 一个 一款 一种
有没有 用 款 类 等 想 想要 买 找 适合 东西 送 给 要 需要 能 会 不 很
也 都 着 过 之 其 这 那 这个 那个 请问 如果 因为 关于 商品 产品 牌 品牌
以及 或者
"""
_EMPTY_WORDS = frozenset(_EMPTY.split())


@dataclass(frozen=True, slots=True)
class Parts:
    """What was found in a query.

    Attributes:
        product: the head noun, None if there is none.
        product_known: whether the shop's lexicon knows it as a product word.
        brand: the canonical brand, None if there is none.
        brand_certain: whether the lexicon is sure of it, and it is the only one.
        attributes: name → values in text order.
    """

    product: str | None
    product_known: bool
    brand: str | None
    brand_certain: bool
    attributes: Mapping[str, tuple[str, ...]]


def read_parts(pieces: Sequence[Piece]) -> Parts:
    """Read the pieces of one query; see :class:`Parts`.

    The product word is the last piece that the lexicon knows as a product or category: Chinese
    puts what is meant behind what describes it. Without one it is the last noun-like piece, with
    the piece before it if it is a single character (防虫 + 网).
    """
    head, known = _head(pieces)
    product = "".join(pieces[i].text for i in head) or None
    attributes: dict[str, dict[str, None]] = {}

    def add(name: str, value: str) -> None:
        attributes.setdefault(name, {})[value] = None

    brands = [span for piece in pieces for span in _spans(piece, "brand")]
    i = 0
    while i < len(pieces):
        piece = pieces[i]
        if i in head:
            for value, name in _inside(piece):
                add(name, value)
            if not known and piece.kind in {"word", "rest"} and len(piece.text) > 1:
                add(names.PRODUCT_NAME, piece.text)
        elif _is_grade(pieces, i):
            add(names.MATERIAL, piece.text + pieces[i + 1].text)
            i += 1
        else:
            follows = pieces[i + 1].text if i + 1 < len(pieces) else ""
            for value, name in _read(piece, follows):
                add(name, value)
        i += 1
    return Parts(
        product=product,
        product_known=known,
        brand=brands[0].value if brands else None,
        brand_certain=len({span.value for span in brands}) == 1
        and brands[0].confidence >= _UNAMBIGUOUS,
        attributes={name: tuple(values) for name, values in attributes.items()},
    )


def _spans(piece: Piece, *kinds: str) -> list[Span]:
    return [span for span in piece.spans if span.kind in kinds and span.confidence >= SURE]


def _head(pieces: Sequence[Piece]) -> tuple[tuple[int, ...], bool]:
    """Positions of the pieces that make the product word, and whether the lexicon knows it."""
    for i in range(len(pieces) - 1, -1, -1):
        if _spans(pieces[i], "product", "category") and not _spans(pieces[i], "brand"):
            return (i,), True
    for i in range(len(pieces) - 1, -1, -1):
        piece = pieces[i]
        if piece.code or piece.text in _EMPTY_WORDS or piece.text in PARTICLES:
            continue
        if _spans(piece, "brand") or (piece.kind == "vocabulary" and len(piece.text) > 1):
            continue
        if len(piece.text) > 1:
            return (i,), False
        before = pieces[i - 1] if i else None
        if before and before.end == piece.start and before.code is None:
            return (i - 1, i), False
        if piece.kind != "vocabulary":
            return (i,), False
    return (), False


def _is_grade(pieces: Sequence[Piece], i: int) -> bool:
    """A number before a material is its grade: 304不锈钢."""
    if i + 1 >= len(pieces):
        return False
    code, material = pieces[i].code, pieces[i + 1]
    together = pieces[i].end == material.start and material.name == names.MATERIAL
    return code is not None and code.kind in {"number", "model"} and together


def _read(piece: Piece, follows: str) -> list[tuple[str, str]]:
    """Values and attribute names that one piece gives; the text after it tells brands."""
    if piece.text in _EMPTY_WORDS or piece.text in PARTICLES:
        return []
    if piece.name:
        return [(piece.text, piece.name)]
    if _spans(piece, "brand") or follows.startswith("牌"):
        return [(piece.text, names.BRAND)]
    if piece.code is not None:
        return _read_code(piece)
    values = _inside(piece)
    for span in piece.spans:
        if span.kind == "attribute":
            return [*values, (piece.text, span.name)]
    name = names.PRODUCT_NAME if piece.start == 0 or piece.spans else names.STYLE
    return [*values, (piece.text, name)]


def _read_code(piece: Piece) -> list[tuple[str, str]]:
    code = piece.code
    if code is None:
        return []
    if code.kind == "age":
        return [(code.text, names.CROWD)]
    if code.kind == "version":
        return [(code.text, names.STYLE)]
    if code.kind in {"size", "number"}:
        return [(code.text, names.SIZE)]
    if code.kind == "word":
        return [(code.text, names.PRODUCT_NAME)]
    stem = code.stem()
    return [(code.text, names.MODEL), *([(stem, names.PRODUCT_NAME)] if len(stem) > 1 else [])]


def _inside(piece: Piece) -> list[tuple[str, str]]:
    """The general value that a longer word begins with: 雪纺连衣裙 is of 雪纺."""
    if piece.code is not None or len(piece.text) < 4:
        return []
    known = names.vocabulary()
    for end in range(len(piece.text) - 1, 1, -1):
        value = piece.text[:end]
        if value in known:
            return [(value, known[value])]
    return []
