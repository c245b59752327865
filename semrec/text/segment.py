"""Chinese text to terms: dictionary words, and grams that find what the dictionary splits wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from semrec.text.alphanumeric import FAMILY, joined, run_terms
from semrec.text.dictionary import Tokenizer, plain_tokenizer, tokenizer_with
from semrec.text.noise import split_noise
from semrec.text.normalise import normalise
from semrec.text.units import Quantity, quantities

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+(?:[-./][^\W_{_HAN}]+)*")
_FIRST_HAN = re.compile(rf"[{_HAN}]")
_NEIGHBOURS = re.compile(r"(?<![^\W_])([a-z]+)[ _-](?=([a-z]*\d[a-z\d]*|[a-z]+)(?![^\W_]))")

KIND = "#"
"""Before a unit, in the term that says: some quantity of this kind."""
_STORAGE = {"8", "16", "32", "64", "128", "256", "512"}
"""Gigabytes that people write as ``g``."""
_CACHED_RUNS = 1 << 16

_LONG = 0.2
"""Weight of a Han term of several characters, beside its characters, which carry the weight:
words and pairs say that characters stand together. Chosen on pseudo-queries from titles and on
log queries with their nearest titles by sentence embeddings."""
_OTHER = -0.5
"""Weight of "some quantity of this kind", "some model of this family"."""


class Segmenter:
    """Cuts text into search terms.

    A Han run gives its words in jieba's search mode (long words and the words inside them), its
    characters and its character pairs; a run of letters and digits gives itself and its parts
    (``iphone15`` → ``iphone``, ``15``). A quantity adds its canonical spelling (五百毫升 →
    ``500ml``) and its kind (``#ml``), a model number its family (``~iphone``). Seller noise stays
    one term a phrase.

    Nothing is shared with jieba's module-level functions. The dictionary loads at the first use;
    segmenters without words of their own share one tokenizer, which nobody changes. Safe to use
    from several threads and after a fork: there is no lock, and what two threads both load is
    the same.

    Args:
        words: words of the shop that must not be cut (brands, product words).
    """

    def __init__(self, words: Sequence[str] = ()) -> None:
        self._own_words = tuple(normalise(word) for word in words)
        self._cutter: Tokenizer | None = None
        # Titles of one shop repeat their phrases; cutting is what takes the time.
        self._words = lru_cache(_CACHED_RUNS)(self._cut)

    def terms(self, text: str) -> list[str]:
        """All terms of a text, repeated as often as they occur; order carries no meaning."""
        text, terms = split_noise(normalise(text))
        found = quantities(text)
        starts = {quantity.start for quantity in found}
        for match in _RUNS.finditer(text):
            run = match[0]
            if _FIRST_HAN.match(run):
                terms += self._words(run)
                terms += grams(run)
            elif match.start() in starts:
                # The unit alone would make 250ml more like 500ml than 0.5l is.
                terms += [term for term in run_terms(run) if not term.isalpha()]
            else:
                terms += run_terms(run)
        terms += quantity_terms(text, found)
        for match in _NEIGHBOURS.finditer(text):
            if match.start(2) not in starts:  # ``max 256g`` names no model
                terms += joined(match[1], match[2])
        return terms

    def words(self, text: str) -> list[str]:
        """The words alone, as a person would name them: for reasons, not for retrieval."""
        words: list[str] = []
        for run in _RUNS.findall(normalise(text)):
            is_han = _FIRST_HAN.match(run) is not None
            words += (self._words(run) or [run]) if is_han else [run]
        return list(dict.fromkeys(words))

    def _cut(self, run: str) -> tuple[str, ...]:
        # Single characters come from ``grams``; twice would only double their weight.
        if len(run) == 1:
            return ()
        return tuple(word for word in self._tokenizer().lcut_for_search(run) if len(word) > 1)

    def _tokenizer(self) -> Tokenizer:
        if self._cutter is None:
            own = self._own_words
            self._cutter = tokenizer_with(own) if own else plain_tokenizer()
        return self._cutter


def term_weight(term: str) -> float:
    """What a term counts in the lexical index, by its kind.

    A quantity that both texts have raises the score; two different ones of one kind (128GB and
    256GB, z62 and z7) share only the kind, which lowers it. The kind is never rarer than its
    values, so what two equal quantities add always exceeds what their kind takes away.
    """
    if term[0] in (KIND, FAMILY):
        return _OTHER
    return _LONG if len(term) > 1 and _FIRST_HAN.match(term) else 1.0


def grams(run: str) -> Iterator[str]:
    """Characters and character pairs of a run of Han characters."""
    yield from run
    for left, right in pairwise(run):
        yield left + right


def quantity_terms(text: str, found: Iterable[Quantity]) -> list[str]:
    """Canonical spelling and kind of the quantities found in a normalised text.

    >>> quantity_terms("0.5l 一件", quantities("0.5l 一件"))
    ['500ml', '#ml', '1件']
    """
    terms: list[str] = []
    for each in found:
        if each.text != text[each.start : each.end]:
            terms.append(each.text)
        if each.kind == "g" and each.text[:-1] in _STORAGE:
            terms.append(f"{each.text[:-1]}gb")
        elif each.comparable:
            terms.append(KIND + each.kind)
    return terms
