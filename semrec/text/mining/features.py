"""What the tagger sees of each character: its neighbours and the dictionary words around it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from semrec.text.dictionary import Cut, plain_tokenizer
from semrec.text.mining.gazetteer import default_gazetteer

Hashes = NDArray[np.uint32]
"""One hash for each character and template, shape ``(characters, templates)``."""

_EDGE = "\n\n"
"""Stands before, between and after the texts; as wide as the widest template reaches."""
_CHARACTERS: tuple[tuple[int, ...], ...] = (
    (0,),
    (-1,),
    (1,),
    (-2,),
    (2,),
    (-1, 0),
    (0, 1),
    (-2, -1),
    (1, 2),
)
_TRIGRAMS: tuple[tuple[int, ...], ...] = ((-1, 0, 1), (-2, -1, 0), (0, 1, 2))
_SHAPES: tuple[tuple[int, ...], ...] = ((-1, 0, 1), (-2, -1, 0, 1, 2))
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_TEMPLATES = len(_CHARACTERS) + len(_TRIGRAMS) + len(_SHAPES) + 9
_FIRST = 3
"""So many characters from the start of a title have a place of their own."""


def features(texts: Sequence[str], cut: Cut | None = None) -> tuple[Hashes, NDArray[np.int64]]:
    """Hashed indicator features, for all characters of all texts one after the other.

    Character uni-, bi- and trigrams within two characters, the shapes (Han, letter, digit, other)
    around, and of jieba's segmentation the place in the word together with the word, the one
    before and the one after; whether known brand names stand there. Feature hashing after
    Weinberger et al. 2009.

    Args:
        texts: normalised texts.
        cut: jieba's segmentation, None to make it here.

    Returns:
        Hashes, and the length of each text, shape ``(texts,)``, int64.
    """
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    codes, shapes = _codes(_EDGE + "".join(text + _EDGE for text in texts))
    inside = codes != ord("\n")
    at = np.flatnonzero(inside)
    columns: list[NDArray[np.uint64]] = []
    for offsets in (*_CHARACTERS, *_TRIGRAMS):
        columns.append(_mix(len(columns), [codes[at + offset] for offset in offsets]))
    for offsets in _SHAPES:
        columns.append(_mix(len(columns), [shapes[at + offset] for offset in offsets]))
    place, words = _words(texts, cut or plain_tokenizer().lcut)
    place = place[inside]
    columns.append(_mix(len(columns), [place]))
    for shifted in words:
        columns.append(_mix(len(columns), [place, shifted[inside]]))
    names = default_gazetteer().places(texts)
    # Every text is followed by one line feed there and by two here.
    here = np.concatenate([[0, 0], np.insert(names, np.cumsum(lengths + 1) - 1, 0)])
    here = here.astype(np.uint64)
    first = np.minimum(np.concatenate([np.arange(n) for n in (*lengths, 0)]), _FIRST)
    first = first.astype(np.uint64)
    for parts in ([here[at]], [here[at - 1], here[at]], [here[at], here[at + 1]]):
        columns.append(_mix(len(columns), parts))
    columns.append(_mix(len(columns), [here[at], first]))
    columns.append(_mix(len(columns), [first]))
    return np.stack(columns, axis=1).astype(np.uint32), lengths


def _codes(joined: str) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Each character's code and shape; digits are one, and so are spaces and punctuation."""
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    distinct, inverse = np.unique(raw, return_inverse=True)
    folded = [_folded(chr(code)) for code in distinct.tolist()]
    codes = np.array([ord(character) for character, _ in folded], dtype=np.uint64)
    shapes = np.array([ord(shape) for _, shape in folded], dtype=np.uint64)
    return codes[inverse], shapes[inverse]


def _folded(character: str) -> tuple[str, str]:
    if character == "\n":
        return "\n", "\n"
    if not character.isalnum():
        return " ", " "
    if character.isdigit():
        return "0", "0"
    if character.isascii():
        return character, "a"
    return character, "h" if "\u3400" <= character <= "\u9fff" else "x"


def _words(texts: Sequence[str], cut: Cut) -> tuple[NDArray[np.uint64], list[NDArray[np.uint64]]]:
    """For each character of the joined texts: place in its word; hash of it, the last, the next."""
    words = [_EDGE]
    for text in texts:
        words += cut(text)
        words.append(_EDGE)
    sizes = np.array([len(word) for word in words], dtype=np.int64)
    hashes = np.array([zlib.crc32(w.encode("utf-8", "replace")) for w in words], dtype=np.uint64)
    ends = np.cumsum(sizes)
    total = int(ends[-1])
    place = np.ones(total, dtype=np.uint64)
    place[ends - sizes] = 0
    place[ends - 1] = 2
    place[(ends - 1)[sizes == 1]] = 3
    shifted = [hashes, np.roll(hashes, 1), np.roll(hashes, -1)]
    return place, [np.repeat(each, sizes) for each in shifted]


def _mix(template: int, parts: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """A 32-bit hash of the template's number and its parts (multiply and shift, wrapping)."""
    value = np.full(len(parts[0]), template + 1, dtype=np.uint64)
    for part in parts:
        value = (value ^ part) * _PRIME
        value ^= value >> np.uint64(29)
    return value & np.uint64(0xFFFFFFFF)
