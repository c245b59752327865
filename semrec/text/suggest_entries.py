"""What can be suggested: queries, words and title phrases, cleaned, each once, with its weight."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from semrec.text.dictionary import Cut
from semrec.text.normalise import normalise

_LONGEST = 30
_SAYS_SOMETHING = re.compile(r"[a-z\u3400-\u9fff]")
_WORD = re.compile(r"[\w\u3400-\u9fff]+")
_WORDS_PER_PHRASE = 3
_PHRASE_MIN = 3
# A person who typed it says more than a seller who wrote it.
_TITLE_SHARE = 0.2
_PER_CHARACTER = 0.02


class Kind(StrEnum):
    """Where a suggestion comes from."""

    QUERY = "query"
    WORD = "word"
    PHRASE = "phrase"


@dataclass(frozen=True, slots=True)
class Entry:
    """A text to suggest, and how much speaks for it (logarithm of its popularity)."""

    text: str
    weight: float
    kind: Kind


def collect(
    titles: Iterable[str], queries: Mapping[str, float], words: Iterable[str], cut: Cut
) -> list[Entry]:
    """Everything worth suggesting, best first; spellings of one text are one entry."""
    votes: dict[str, float] = {}
    shown: dict[str, Entry] = {}

    def vote(text: str, count: float, kind: Kind) -> None:
        clean = normalise(text)
        key = clean.replace(" ", "")
        if not (1 < len(clean) <= _LONGEST and _SAYS_SOMETHING.search(clean) and count > 0):
            return
        votes[key] = votes.get(key, 0.0) + count
        shown.setdefault(key, Entry(clean, 0.0, kind))

    for query, count in queries.items():
        vote(query, count, Kind.QUERY)
    for word in words:
        vote(word, 1.0, Kind.WORD)
    for phrase, count in phrases(titles, cut).items():
        vote(phrase, count * _TITLE_SHARE, Kind.PHRASE)
    weighed = [
        Entry(entry.text, math.log1p(votes[key]) - _PER_CHARACTER * len(key), entry.kind)
        for key, entry in shown.items()
    ]
    return sorted(weighed, key=lambda entry: (-entry.weight, entry.text))


def phrases(titles: Iterable[str], cut: Cut) -> Counter[str]:
    """One to three words in a row that several titles share, and how many do."""
    found: Counter[str] = Counter()
    for title in titles:
        words = list(cut(normalise(title)))
        runs = set()
        for start in range(len(words)):
            text = ""
            for word in words[start : start + _WORDS_PER_PHRASE]:
                if not _WORD.fullmatch(word):
                    break
                text += word
                if len(text) > 1:
                    runs.add(text)
        found.update(runs)
    return Counter({text: count for text, count in found.items() if count >= _PHRASE_MIN})
