"""A query cut into pieces that mean something: the cheapest path through a lattice of words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from semrec.text.codes import Code, find_codes
from semrec.text.spans import Span

PieceKind = Literal["code", "vocabulary", "lexicon", "word", "rest"]

_COSTS: dict[PieceKind, float] = {
    "code": 0.9,
    "lexicon": 0.95,
    "vocabulary": 1.0,
    "word": 1.1,
    "rest": 1.6,
}
"""What a piece costs: few long pieces beat many short ones, known words beat the dictionary."""
PARTICLES = frozenset("的了和与及跟给吗呢吧啊个把被从在是有我你他")
"""Characters that carry no meaning of their own here, and that no name contains."""
SUFFIXES = {
    "色": "颜色",
    "味": "口味",
    "风": "款式风格",
    "款": "款式风格",
    "版": "款式风格",
    "型": "款式风格",
    "式": "款式风格",
    "形": "款式风格",
    "装": "规格",
}
"""Endings that make an attribute value of the word before them, and the attribute's name."""
PREFIXES = dict.fromkeys("无防抗免去除不可带", "功能")
"""Beginnings that make a feature of the word after them, and the attribute's name."""
_SINGLE = 0.3
"""What a piece of one character costs more: 大 in 大金 is no size."""
_PER_CHARACTER = 0.03
"""What each character of a word saves, so that 180 + 排烟管 beats 180排 + 烟管."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece; ``start`` and ``end`` are offsets in the normalised text.

    Exactly the evidence that found it is there: ``code`` for sizes and Latin runs, ``spans`` for
    words of the shop's lexicon, ``name`` (of the attribute) for general vocabulary.
    """

    start: int
    end: int
    text: str
    kind: PieceKind
    name: str = ""
    code: Code | None = None
    spans: tuple[Span, ...] = ()


def cut_pieces(
    text: str,
    vocabulary: Mapping[str, str],
    spans: Iterable[Span],
    words: Callable[[str], Sequence[str]],
) -> list[Piece]:
    """Cut a normalised text; blanks are left out, and characters nobody knows are joined.

    Args:
        text: a normalised text.
        vocabulary: value → attribute name.
        spans: occurrences of the lexicon's words, overlapping ones too.
        words: dictionary words inside a text, in any order, overlapping ones too.
    """
    edges = _edges(text, vocabulary, spans, words)
    best = [0.0] + [float("inf")] * len(text)
    chosen: list[Piece | None] = [None] * (len(text) + 1)
    for start in range(len(text)):
        if best[start] == float("inf"):
            continue
        for piece in edges[start]:
            cost = best[start] + _cost(piece)
            if cost < best[piece.end]:
                best[piece.end], chosen[piece.end] = cost, piece
    path: list[Piece] = []
    end = len(text)
    while end > 0 and (piece_ := chosen[end]) is not None:
        path.append(piece_)
        end = piece_.start
    return _joined(piece for piece in reversed(path) if piece.text.strip())


def _cost(piece: Piece) -> float:
    if piece.text.isspace():
        return 0.0
    length = piece.end - piece.start
    saved = _PER_CHARACTER * length if piece.kind in {"word", "lexicon"} else 0.0
    return _COSTS[piece.kind] - saved + (_SINGLE if length == 1 else 0.0)


def _edges(
    text: str,
    vocabulary: Mapping[str, str],
    spans: Iterable[Span],
    words: Callable[[str], Sequence[str]],
) -> list[list[Piece]]:
    edges: list[list[Piece]] = [
        [Piece(i, i + 1, char, "word" if char in PARTICLES else "rest")]
        for i, char in enumerate(text)
    ]
    for code in find_codes(text):
        for each in (code, *code.shorter()):
            edges[each.start].append(Piece(each.start, each.end, each.text, "code", code=each))
    longest = max(map(len, vocabulary), default=0)
    for start in range(len(text)):
        for end in range(start + 1, min(len(text), start + longest) + 1):
            name = vocabulary.get(text[start:end])
            if name is not None and not _inside_run(text, start, end):
                edges[start].append(Piece(start, end, text[start:end], "vocabulary", name))
    by_place: dict[tuple[int, int], list[Span]] = {}
    for span in spans:
        if span.kind == "model":  # these are codes
            continue
        by_place.setdefault((span.start, span.end), []).append(span)
    for (start, end), found in by_place.items():
        name = vocabulary.get(text[start:end], "")
        piece = Piece(start, end, text[start:end], "lexicon", name, spans=tuple(found))
        edges[start].append(piece)
    shop = {place for place, found in by_place.items() if any(s.kind == "product" for s in found)}
    for start, word in _places(text, words(text)):
        end = start + len(word)
        # The dictionary has 真皮沙发 in one; the shop's 沙发 and a known 真皮 say more.
        if any(text[start:i] in vocabulary and (i, end) in shop for i in range(start + 1, end)):
            continue
        edges[start].append(Piece(start, end, word, "word"))
    for start, char in enumerate(text[:-1]):
        if char in PREFIXES:
            edges[start] += [_with_prefix(char, piece) for piece in edges[start + 1] if _han(piece)]
    return [_with_suffixes(text, start, found) for start, found in enumerate(edges)]


def _han(piece: Piece) -> bool:
    return piece.kind in {"word", "rest"} and all("一" <= char <= "鿿" for char in piece.text)


def _with_prefix(char: str, piece: Piece) -> Piece:
    """What a prefix makes of the word after it: 无 + 铝 is a feature."""
    return Piece(piece.start - 1, piece.end, char + piece.text, "word", PREFIXES[char])


def _places(text: str, words: Iterable[str]) -> Iterator[tuple[int, str]]:
    for word in set(words):
        # Guessed words may begin with a particle: 的猫粮.
        is_word = len(word) > 1 and not word.isascii() and "的" not in (word[0], word[-1])
        start = text.find(word) if is_word else -1
        while start >= 0:
            if not _inside_run(text, start, start + len(word)):
                yield start, word
            start = text.find(word, start + 1)


def _with_suffixes(text: str, start: int, pieces: list[Piece]) -> list[Piece]:
    """The pieces at one place, and what a suffix makes of them: 薄荷 + 味 is a flavour."""
    made = list(pieces)
    for piece in pieces:
        name = SUFFIXES.get(text[piece.end : piece.end + 1])
        if name and (_han(piece) or piece.kind == "vocabulary"):
            made.append(
                Piece(start, piece.end + 1, text[start : piece.end + 1], "vocabulary", name)
            )
    return made


def _inside_run(text: str, start: int, end: int) -> bool:
    """Whether a place would cut a Latin word or a number in two."""

    def same(left: str, right: str) -> bool:
        ascii_pair = left.isascii() and right.isascii()
        return ascii_pair and left.isalnum() and right.isalnum()

    return (start > 0 and same(text[start - 1], text[start])) or (
        end < len(text) and same(text[end - 1], text[end])
    )


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """A character nobody knows belongs to the unknown or plain word before it: 爱乐 + 薇."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and _extends(last, piece):
            joined[-1] = Piece(last.start, piece.end, last.text + piece.text, last.kind)
        else:
            joined.append(piece)
    return joined


def _extends(last: Piece, piece: Piece) -> bool:
    plain = last.kind in {"word", "rest"} and not last.name and last.text not in PARTICLES
    return plain and piece.kind == "rest" and last.end == piece.start
