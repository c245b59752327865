"""Brands that titles write in Latin and in Chinese: ``CHANDO/自然堂``, ``苹果/Apple``."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

_LONGEST = 6
_LETTER = r"a-zß-öø-ÿ"
# Lengths are bounded, as a search from each place of a long run to its end would be quadratic. Of
# the Chinese side one character more than a name tells whether titles go on differently.
_WORD = rf"[{_LETTER}][{_LETTER}0-9&'.\-]{{0,30}}"
_LATIN = rf"{_WORD}(?: {_WORD}){{0,2}}"
_HAN = rf"[\u4e00-\u9fff]{{2,{_LONGEST + 1}}}"
_LATIN_FIRST = re.compile(rf"(?<![{_LETTER}0-9])({_LATIN}) ?[/(] ?({_HAN})")
_HAN_FIRST = re.compile(rf"({_HAN}) ?[/(] ?({_LATIN})(?![{_LETTER}0-9])")
_OTHER_THAN_NAMES = re.compile(r".{1,2}|.*[0-9].*")
"""What is as often something else than a brand: a model (索尼/a7r3), a mount (尼康/rf)."""
_AGREEMENT = 0.6
"""Share of a Latin name's titles that must go on with the same Chinese name."""
_MIN_TITLES = 2


def find_aliases(titles: Iterable[str], known: Collection[str] = ()) -> dict[str, str]:
    """Latin brand -> Chinese brand, from how titles write them side by side.

    Nothing marks where a Chinese name ends (``chando/自然堂雪域``), so it is the longest beginning
    on which most titles of the Latin name agree, and which several go on from differently. For
    the other order read "ending" for "beginning".

    Args:
        titles: normalised titles, repeats left out.
        known: Chinese names that are known to be brands; they need only one title, unless the
            Latin name is short or holds digits.
    """
    after: dict[str, list[str]] = defaultdict(list)
    before: dict[str, list[str]] = defaultdict(list)
    for title in titles:
        for match in _LATIN_FIRST.finditer(title):
            after[match[1]].append(match[2])
        for match in _HAN_FIRST.finditer(title):
            before[match[2]].append(match[1][::-1])
    found: dict[str, str] = {}
    for runs, backwards in ((before, True), (after, False)):
        names = {name[::-1] for name in known} if backwards else known
        for latin, tails in runs.items():
            proven = len(tails) >= _MIN_TITLES or not _OTHER_THAN_NAMES.fullmatch(latin)
            name = _agreed(tails, names if proven else ())
            if name and len(latin) > 1:
                found[latin] = name[::-1] if backwards else name
    return found


def _agreed(tails: list[str], known: Collection[str]) -> str:
    """The beginning that most agree on, "" if there is none."""
    counts = Counter(
        tail[:size] for tail in tails for size in range(2, min(len(tail), _LONGEST) + 1)
    )
    ends = Counter(tails)
    needed = max(_AGREEMENT * len(tails), 1)
    for name, count in sorted(counts.items(), key=lambda item: (-len(item[0]), item[0])):
        if count < needed:
            continue
        following = {tail[len(name)] for tail in tails if tail.startswith(name) and tail != name}
        # A name ends where titles go on differently, or do not go on.
        ends_here = len(following) + min(ends[name], 1) > 1
        if name in known or (count >= _MIN_TITLES and ends_here):
            return name
    return ""
