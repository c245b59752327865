"""Other words for what a query says: mined brand aliases and the shop's own synonyms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product

from semrec.text.lexicon import same_run

_MOST = 8
"""Wordings of one text that are searched for; each costs as much as the text itself."""


class Synonyms:
    """Words with others of the same meaning.

    Args:
        others: word → its synonyms, all normalised (``Lexicon.synonyms``).
    """

    def __init__(self, others: Mapping[str, tuple[str, ...]]) -> None:
        self._others = others
        self._longest = max(map(len, others), default=0)

    def of(self, text: str) -> tuple[str, ...]:
        """The synonyms of the words in a normalised text, each once, in text order.

        Of words that overlap the longest from the left counts; what the text says itself is left
        out.

        >>> Synonyms({"chando": ("自然堂",), "手机壳": ("手机套", "保护壳")}).of("chando手机壳")
        ('自然堂', '手机套', '保护壳')
        """
        found = (other for word in self._pieces(text) for other in self._others.get(word, ()))
        return tuple(dict.fromkeys(other for other in found if other not in text))

    def wordings(self, text: str) -> tuple[str, ...]:
        """The other ways to say a normalised text, each with synonyms in the place of words.

        At most 7; first those that put others for the last words, where the product stands.

        >>> Synonyms({"喵粮": ("猫粮",), "幼猫": ("奶猫",)}).wordings("幼猫喵粮")
        ('幼猫猫粮', '奶猫喵粮', '奶猫猫粮')
        """
        choices = [(word, *self._others.get(word, ())) for word in self._pieces(text)]
        said = ("".join(words) for words in islice(product(*choices), _MOST))
        return tuple(dict.fromkeys(wording for wording in said if wording != text))

    def _pieces(self, text: str) -> Iterator[str]:
        """The text in pieces: words that have synonyms, and the characters between them."""
        start = 0
        while start < len(text):
            longest = min(len(text), start + self._longest)
            ends = range(longest, start, -1)
            end = next((end for end in ends if self._is_word(text, start, end)), None)
            end = end or start + 1
            yield text[start:end]
            start = end

    def _is_word(self, text: str, start: int, end: int) -> bool:
        """Whether a synonym is known for a piece that cuts no Latin word and no number."""
        if text[start:end] not in self._others:
            return False
        cut_before = start > 0 and same_run(text[start - 1], text[start])
        cut_after = end < len(text) and same_run(text[end - 1], text[end])
        return not (cut_before or cut_after)
