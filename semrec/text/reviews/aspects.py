"""Aspects in a review, each with its polarity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from semrec.text.normalise import normalise
from semrec.text.reviews.aspect_vocab import ASPECTS, NAMES, NEGATIONS
from semrec.text.reviews.clauses import clauses
from semrec.text.reviews.polarity import Target, load_polarity

_JUDGED = 0.9
"""Probability that a word such as 掉色 means what it says."""
_DENIED = re.compile("(?:" + "|".join(NEGATIONS) + ")(?:是|会|容易|算|那么|觉得|怎么|很|太|有)?$")
_ASKED = re.compile(r"[吗么呢?？]$|^(?:希望|但愿|不知道|不知|如果|要是|据说|听说)")


@dataclass(frozen=True, slots=True)
class Opinion:
    """One judgement of one aspect.

    Attributes:
        aspect: number of the aspect in ``aspect_vocab.NAMES``.
        positive: probability that it is praise, in [0, 1].
        word: the word that named the aspect.
        start, end: the clause, in the normalised text.
    """

    aspect: int
    positive: float
    word: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """The aspect's name."""
        return NAMES[self.aspect]


@dataclass(frozen=True, slots=True)
class _Mention:
    text: int
    aspect: int
    word: str
    sign: int
    target: Target


def find_opinions(texts: Sequence[str]) -> list[list[Opinion]]:
    """The opinions of each text, in text order; one for an aspect and clause.

    A word that judges by itself (便宜, 掉色) decides, turned around by a negation right before it;
    the polarity of a word that only names (屏幕) comes from its clause, by the trained model.

    Args:
        texts: any texts; they are normalised here.

    >>> [(found.name, found.positive > 0.5) for found in find_opinions(["屏幕很清晰，但是掉色"])[0]]
    [('屏幕', True), ('不掉色', False)]
    """
    mentions = [
        mention
        for number, text in enumerate(texts)
        for mention in _mentions(number, normalise(text))
    ]
    named = [mention.target for mention in mentions if not mention.sign]
    judged = iter(load_polarity().positive(named).tolist())
    found: list[list[Opinion]] = [[] for _ in texts]
    for mention in mentions:
        target = mention.target
        positive = next(judged) if not mention.sign else 0.5 + mention.sign * (_JUDGED - 0.5)
        opinion = Opinion(mention.aspect, positive, mention.word, *target.clause)
        found[mention.text].append(opinion)
    return found


def _mentions(number: int, text: str) -> Iterator[_Mention]:
    words, pattern = _words()
    for start, end in clauses(text):
        clause = text[start:end]
        if _ASKED.search(clause):
            continue  # A wish or a question judges nothing.
        best: dict[int, _Mention] = {}
        for match in pattern.finditer(clause):
            aspect, sign = words[match[0]]
            if sign and _DENIED.search(clause[: match.start()]):
                sign = -sign
            target = Target(text, start + match.start(), start + match.end(), (start, end))
            # 面料舒服: the judging word says more than the one that only names.
            if aspect not in best or (sign and not best[aspect].sign):
                best[aspect] = _Mention(number, aspect, match[0], sign, target)
        yield from best.values()


@cache
def _words() -> tuple[dict[str, tuple[int, int]], re.Pattern[str]]:
    words: dict[str, tuple[int, int]] = {}
    for number, aspect in enumerate(ASPECTS):
        for sign, listed in ((0, aspect.terms), (1, aspect.praise), (-1, aspect.complaint)):
            for word in listed:
                words.setdefault(word, (number, sign))
    # Alternatives are tried from left to right, so the longest must come first.
    ordered = sorted(words, key=len, reverse=True)
    return words, re.compile("|".join(map(re.escape, ordered)))
