"""Completes what is being typed: characters, pinyin, initials, or characters and then pinyin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.errors import InvalidArgument, shorten
from semrec.text.dictionary import Cut, plain_tokenizer
from semrec.text.normalise import normalise
from semrec.text.pinyin import phrase_reading, readings
from semrec.text.suggest_entries import Entry, Kind, collect
from semrec.text.suggest_keys import SortedKeys

_KINDS = list(Kind)
_LONGEST_KEY = 24
_LETTERS = re.compile(r"[a-z]+$")
_HAN = re.compile(r"[\u3400-\u9fff]")
# Of entries that begin with the characters typed, so many are compared with the pinyin after them.
_LOOKED_AT = 100
# In units of a weight, which is a logarithm: one is a factor of e in popularity.
_INSIDE = 1.5
_BY_SOUND = 0.3
_BY_INITIALS = 0.6


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One completion.

    Attributes:
        text: what to search for, normalised.
        score: higher is better: the logarithm of its popularity, less what the match lacks.
        kind: ``query``, ``word`` or ``phrase`` (words that titles share).
    """

    text: str
    score: float
    kind: str


@dataclass(frozen=True)
class Suggester:
    """Completes prefixes; made by ``build``.

    Attributes:
        texts: the entries' texts, each ended by a line feed, UTF-8, shape ``(bytes,)``.
        ends: where each text ends, shape ``(entries,)``.
        weights: of the entries, shape ``(entries,)``, float32.
        kinds: of the entries, shape ``(entries,)``, int8.
        by_text: keys in characters.
        by_sound: keys in pinyin.
        by_initials: keys in the first letters of the pinyin.
        readings: lines of a character, a space and its readings, UTF-8, shape ``(bytes,)``.
    """

    texts: NDArray[np.uint8]
    ends: NDArray[np.int64]
    weights: NDArray[np.float32]
    kinds: NDArray[np.int8]
    by_text: SortedKeys
    by_sound: SortedKeys
    by_initials: SortedKeys
    readings: NDArray[np.uint8]

    @classmethod
    def build(
        cls,
        titles: Iterable[str],
        queries: Mapping[str, float] | None = None,
        words: Iterable[str] = (),
        title_cut: Cut | None = None,
    ) -> Suggester:
        """Collect what can be suggested and index it.

        Args:
            titles: of the catalog; phrases that several share are suggested.
            queries: what people searched for and how often.
            words: brands, categories, product words.
            title_cut: cuts the titles; None for the dictionary.
        """
        cut = _cutter()
        entries = collect(titles, queries or {}, words, title_cut or cut)
        text_keys, sound_keys, initial_keys = [], [], []
        for row, entry in enumerate(entries):
            for text, sound, initials, inside in _keys(entry.text, cut):
                text_keys.append((text.encode("utf-8", "surrogatepass"), row, inside))
                if sound:
                    sound_keys.append((sound.encode(), row, inside))
                    initial_keys.append((initials.encode(), row, inside))
        encoded = [f"{entry.text}\n".encode("utf-8", "surrogatepass") for entry in entries]
        return cls(
            np.frombuffer(b"".join(encoded), dtype=np.uint8),
            np.cumsum([len(text) for text in encoded], dtype=np.int64),
            np.array([entry.weight for entry in entries], dtype=np.float32),
            np.array([_KINDS.index(entry.kind) for entry in entries], dtype=np.int8),
            SortedKeys.of(text_keys),
            SortedKeys.of(sound_keys),
            SortedKeys.of(initial_keys),
            _reading_lines(entries),
        )

    def suggest(self, prefix: str, k: int = 10) -> list[Suggestion]:
        """The ``k`` best completions of what was typed, best first; empty for an empty prefix.

        Raises:
            InvalidArgument: ``k`` is less than 1.
        """
        if k < 1:
            raise InvalidArgument(f"k is {shorten(k)}; legal: 1 or more")
        typed = normalise(prefix).replace(" ", "")
        if not typed:
            return []
        scores: dict[int, float] = {}
        for row, score in self._matches(typed, k):
            scores[row] = max(score, scores.get(row, score))
        best = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:k]
        return [Suggestion(self._text(r), s, _KINDS[self.kinds[r]].value) for r, s in best]

    def _matches(self, typed: str, k: int) -> Iterator[tuple[int, float]]:
        yield from self._top(self.by_text, typed, 0.0, k)
        letters = _LETTERS.search(typed)
        if letters is None:
            return
        if letters.start() == 0:
            yield from self._top(self.by_sound, typed, _BY_SOUND, k)
            yield from self._top(self.by_initials, typed, _BY_INITIALS, k)
            return
        front = typed[: letters.start()]
        for row, score in self._top(self.by_text, front, _BY_SOUND, _LOOKED_AT):
            text = self._text(row).replace(" ", "")
            if self._reads(text[text.find(front) + len(front) :], letters.group()):
                yield row, score

    def _top(
        self, keys: SortedKeys, prefix: str, penalty: float, k: int
    ) -> Iterator[tuple[int, float]]:
        found = keys.starting_with(prefix.encode("utf-8", "surrogatepass"))
        rows = keys.entries[found]
        scores = self.weights[rows] - np.float32(_INSIDE) * keys.inside[found]
        # An entry may stand here once per word, so more are taken than are asked for.
        wanted = min(len(rows), 4 * k)
        if not wanted:
            return
        for at in np.argpartition(-scores, wanted - 1)[:wanted]:
            yield int(rows[at]), float(scores[at]) - penalty

    def _reads(self, text: str, letters: str) -> bool:
        """Whether the letters are a beginning of how the text is read, in full or by initials."""
        if not letters:
            return True
        if not text:
            return False
        for sound in self._sounds.get(text[0], [text[0]]):
            if sound.startswith(letters):
                return True
            for said in {sound, sound[0]}:
                rest = letters.removeprefix(said)
                if rest != letters and self._reads(text[1:], rest):
                    return True
        return False

    def _text(self, row: int) -> str:
        begin = int(self.ends[row - 1]) if row else 0
        raw = self.texts[begin : int(self.ends[row]) - 1].tobytes()
        return raw.decode("utf-8", "surrogatepass")

    @cached_property
    def _sounds(self) -> dict[str, list[str]]:
        lines = self.readings.tobytes().decode().splitlines()
        return {line[0]: line[2:].split(" ") for line in lines}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that must be saved, as named arrays; ``from_arrays`` takes it back."""
        parts = {"text": self.by_text, "sound": self.by_sound, "initials": self.by_initials}
        return {
            "texts": self.texts,
            "ends": self.ends,
            "weights": self.weights,
            "kinds": self.kinds,
            "readings": self.readings,
            **{f"{p}_{name}": a for p, keys in parts.items() for name, a in keys.arrays().items()},
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Suggester:
        """The inverse of ``arrays``; memory-mapped arrays stay so."""
        text, sound, initials = (
            SortedKeys(*(arrays[f"{p}_{n}"] for n in ("blob", "offsets", "entries", "inside")))
            for p in ("text", "sound", "initials")
        )
        return cls(
            arrays["texts"],
            arrays["ends"],
            arrays["weights"],
            arrays["kinds"],
            text,
            sound,
            initials,
            arrays["readings"],
        )


def _keys(text: str, cut: Cut) -> Iterator[tuple[str, str, str, bool]]:
    """For each word: the text from there in characters, pinyin, initials; whether it is inside."""
    words = [word for word in cut(text) if word.strip()]
    spoken = [_spoken(word) for word in words]
    has_han = _HAN.search(text) is not None
    for at, word in enumerate(words):
        # Particles and punctuation are no place where somebody begins to type.
        if at and not word[0].isalnum():
            continue
        rest = "".join(words[at:])[:_LONGEST_KEY]
        sound = "".join(sound for sound, _ in spoken[at:])[:_LONGEST_KEY] if has_han else ""
        initials = "".join(first for _, first in spoken[at:])[:_LONGEST_KEY]
        yield rest, sound if sound.isascii() else "", initials, at > 0


@cache
def _spoken(word: str) -> tuple[str, str]:
    """A word in pinyin and in initials; letters and digits stand for themselves."""
    sounds = phrase_reading(word)
    return "".join(sounds), "".join(s[0] for s in sounds if s)


def _reading_lines(entries: Sequence[Entry]) -> NDArray[np.uint8]:
    characters = sorted({char for entry in entries for char in entry.text if _HAN.match(char)})
    lines = [f"{c} {' '.join(found)}\n" for c in characters if (found := readings(c))]
    return np.frombuffer("".join(lines).encode(), dtype=np.uint8)


def _cutter() -> Cut:
    return partial(plain_tokenizer().lcut, HMM=False)
