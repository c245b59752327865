"""How Chinese is read aloud: toneless pinyin, its syllables, and which of them sound alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from functools import cache

_MAX_SYLLABLE = 6
_MAX_READINGS = 3
_UMLAUT = str.maketrans("ü", "v")
_TONES = {"\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0300": 4}
_NEAR_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"), ("h", "f"))
_NEAR_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


def readings(char: str) -> tuple[str, ...]:
    """The usual toneless readings of a character, most usual first; empty for a non-Chinese one.

    >>> readings("行")
    ('xing', 'hang', 'heng')
    """
    if len(char) != 1:
        return ()
    marked = _dictionary().get(ord(char), "")
    plain = [_toneless(reading) for reading in marked.split(",") if reading]
    return tuple(dict.fromkeys(plain))[:_MAX_READINGS]


def tone(char: str) -> int:
    """The tone of a character's most usual reading, 1..4; 0 for the neutral one and for no reading.

    >>> tone("行")
    2
    """
    usual = _dictionary().get(ord(char), "").partition(",")[0]
    marks = (_TONES[mark] for mark in unicodedata.normalize("NFD", usual) if mark in _TONES)
    return next(marks, 0)


def phrase_reading(text: str) -> list[str]:
    """How a word is read, one toneless syllable a character; what is not Chinese stays in pieces.

    >>> phrase_reading("重庆")
    ['chong', 'qing']
    """
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(text, style=Style.NORMAL, v_to_u=False)


def near_sound(syllable: str) -> str:
    """One name for the syllables that many speakers do not tell apart (zhang, zan; lan, nan).

    For judging slips only: texts are never compared in this form.
    """
    for retroflex, flat in _NEAR_INITIALS:
        if syllable.startswith(retroflex):
            syllable = flat + syllable.removeprefix(retroflex)
            break
    for back, front in _NEAR_FINALS:
        if syllable.endswith(back):
            return syllable.removesuffix(back) + front
    return syllable


def split_syllables(letters: str, legal: Container[str]) -> list[str]:
    """Cut letters into the fewest legal syllables; empty if they are no pinyin.

    >>> split_syllables("shouji", syllables())
    ['shou', 'ji']
    """
    # best[i]: the fewest syllables that make up the first i letters.
    best: list[list[str] | None] = [[]]
    for end in range(1, len(letters) + 1):
        options = [
            [*front, letters[start:end]]
            for start in range(max(0, end - _MAX_SYLLABLE), end)
            if letters[start:end] in legal and (front := best[start]) is not None
        ]
        best.append(min(options, key=len, default=None))
    return best[-1] or []


@cache
def syllables() -> frozenset[str]:
    """Every toneless syllable that a common character (GB 2312) is read as."""
    level_one_and_two = (bytes((a, b)) for a in range(0xB0, 0xF8) for b in range(0xA1, 0xFF))
    common = (raw.decode("gb2312", "ignore") for raw in level_one_and_two)
    found = {reading for char in common for reading in readings(char)}
    # Interjections (嗯, 呣) have readings without a vowel, which would make any letters pinyin.
    return frozenset(s for s in found if re.search("[aeiouv]", s))


@cache
def _toneless(reading: str) -> str:
    decomposed = unicodedata.normalize("NFD", reading)
    bare = "".join(c for c in decomposed if c not in _TONES)
    return unicodedata.normalize("NFC", bare).translate(_UMLAUT).replace("ê", "e")


@cache
def _dictionary() -> dict[int, str]:
    # Half a second: only what builds needs it, what answers does not.
    from pypinyin.constants import PINYIN_DICT

    return dict(PINYIN_DICT)
