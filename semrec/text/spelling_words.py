"""How likely a text is as words, and the words that sound like a part of it.

A slip usually breaks a word: of 连衣群 the dictionary knows only pieces. The unigram model of words
(the text's likeliest cut) sees that where character n-grams only see an unusual neighbour.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.text.dictionary import Cut, dictionary_words
from semrec.text.pinyin import near_sound, readings
from semrec.text.spelling_edits import HAN, Edit
from semrec.text.spelling_slips import Slip

_LONGEST = 8
_LONGEST_LISTED = 6
"""Longer words of the general dictionary are sayings."""
_DICTIONARY = 0.05
"""What a word of the general dictionary counts where the shop never uses it."""
_UNKNOWN = 0.02
"""What a character that is no word counts."""
_LEAST = 2.0
"""Rarer words are no correction."""
_SPOKEN = range(2, 5)
"""Lengths of the words that are taken for one another by sound."""
_PER_SOUND = 6


@dataclass(frozen=True)
class WordModel:
    """Words with counts.

    Attributes:
        text: the words, each ended by a line feed, UTF-8, shape ``(bytes,)``.
        counts: how often each occurs, shape ``(words,)``, float32.
        spoken: lines of a character, a space and how it is usually read, UTF-8, shape ``(bytes,)``.
    """

    text: NDArray[np.uint8]
    counts: NDArray[np.float32]
    spoken: NDArray[np.uint8]

    @classmethod
    def of(cls, counts: Mapping[str, float]) -> WordModel:
        """From words and how often each occurs; words with a line feed are left out."""
        listed = sorted(word for word in counts if word.strip() and "\n" not in word)
        characters = sorted({char for word in listed for char in word if HAN.match(char)})
        lines = [f"{char} {found[0]}\n" for char in characters if (found := readings(char))]
        raw = "".join(f"{word}\n" for word in listed).encode("utf-8", "surrogatepass")
        return cls(
            np.frombuffer(raw, dtype=np.uint8),
            np.array([counts[word] for word in listed], dtype=np.float32),
            np.frombuffer("".join(lines).encode(), dtype=np.uint8),
        )

    @classmethod
    def merged(cls, parts: Sequence[Mapping[str, float]], weights: Sequence[float]) -> WordModel:
        """From several countings, each with its weight."""
        counts: defaultdict[str, float] = defaultdict(float)
        for part, weight in zip(parts, weights, strict=True):
            for word, count in part.items():
                counts[word] += weight * count
        return cls.of(counts)

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All that must be saved, as named arrays; ``WordModel(**arrays)`` takes it back."""
        return {"text": self.text, "counts": self.counts, "spoken": self.spoken}

    def words(self) -> dict[str, float]:
        """Each word with its count."""
        listed = self.text.tobytes().decode("utf-8", "surrogatepass").split("\n")[:-1]
        return dict(zip(listed, self.counts.tolist(), strict=True))

    def log_prob(self, text: str) -> float:
        """Log-probability of the likeliest cut of a folded text into words; blanks are free."""
        best = [0.0] + [-math.inf] * len(text)
        for start, char in enumerate(text):
            so_far = best[start]
            if char == " ":
                best[start + 1] = max(best[start + 1], so_far)
                continue
            for end in range(start + 1, min(len(text), start + _LONGEST) + 1):
                gain = self._log(text[start:end])
                if gain is None and end == start + 1:
                    # Latin letters and digits are cheap: most runs of them are in no list.
                    gain = self._unknown / (2 if char.isascii() else 1)
                if gain is not None and so_far + gain > best[end]:
                    best[end] = so_far + gain
        return best[-1]

    def longest_word(self, text: str, start: int, stop: int) -> int:
        """Characters of the longest dictionary word that holds a place of a text; 0 if none does.

        What people often type wrong the shop's own words know both ways (手抢, 手枪).
        """
        for size in range(_LONGEST_LISTED, 1, -1):
            first = max(0, min(start, stop - size))
            last = min(max(start, stop - size), len(text) - size)
            if any(self._dictionary.get(text[at : at + size]) for at in range(first, last + 1)):
                return size
        return 0

    def homophones(self, shape: str) -> Iterator[Edit]:
        """Words that sound like a part of a folded text and differ in several characters."""
        sounds = [self._sounds.get(char) for char in shape]
        for start in range(len(shape)):
            for size in _SPOKEN:
                spoken = sounds[start : start + size]
                if len(spoken) < size or None in spoken:
                    break
                typed = shape[start : start + size]
                for word in self._by_sound.get(" ".join(map(str, spoken)), ()):
                    if sum(a != b for a, b in zip(word, typed, strict=True)) > 1:
                        yield Edit(start, start + size, word, Slip.HOMOPHONE_WORD)

    def _log(self, word: str) -> float | None:
        known = self._logs.get(word)
        if known is None and self._dictionary.get(word):
            return self._in_dictionary
        return known

    @cached_property
    def _logs(self) -> dict[str, float]:
        return {word: math.log(count / self._total) for word, count in self.words().items()}

    @cached_property
    def _total(self) -> float:
        return float(self.counts.sum()) + 1.0

    @cached_property
    def _unknown(self) -> float:
        return math.log(_UNKNOWN / self._total)

    @cached_property
    def _in_dictionary(self) -> float:
        return math.log(_DICTIONARY / self._total)

    @cached_property
    def _dictionary(self) -> Mapping[str, int]:
        return dictionary_words()

    @cached_property
    def _sounds(self) -> dict[str, str]:
        lines = self.spoken.tobytes().decode().splitlines()
        return {line[0]: near_sound(line[2:]) for line in lines}

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        usual = sorted(self.words().items(), key=lambda pair: (-pair[1], pair[0]))
        for word, count in usual:
            sounds = [self._sounds.get(char) for char in word]
            if count >= _LEAST and len(word) in _SPOKEN and None not in sounds:
                key = " ".join(map(str, sounds))
                if len(found[key]) < _PER_SOUND:
                    found[key].append(word)
        return dict(found)


def count_words(sources: Sequence[Sequence[str]], cut: Cut) -> list[Counter[str]]:
    """The words of titles and queries, which are cut, and of lists of words, which are not.

    Args:
        sources: folded titles, queries and words.
        cut: cuts a text into words.
    """
    titles, queries, words = sources
    found = [Counter(w for text in texts for w in cut(text)) for texts in (titles, queries)]
    return [*found, Counter(words)]
