"""Why an item is shown: one short Chinese sentence from the signals that carried it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from semrec.types import Hits, Scores

Phrase = Callable[[int, float], str | None]
"""Row and raw signal → what it says of the item, or None if it has nothing worth saying."""
_MAX_PHRASES = 2
_MIN_SHARE = 0.15
"""A signal that gave less than this share of what speaks for an item is no reason for it."""
_ASKED = frozenset({"reviews"})
"""Signals that answer a wish of the query; they are told however little they gave."""


def reasons(
    hits: Hits, parts: Mapping[str, Scores], phrases: Mapping[str, Phrase], fallback: str
) -> list[str]:
    """One sentence a candidate: the phrases of its strongest signals, strongest first.

    Args:
        hits: ranked candidates.
        parts: what each signal added to the score of each (``blend.contributions``).
        phrases: signal → how it speaks.
        fallback: what is said where no signal has a phrase.
    """
    return [_reason(hits, parts, phrases, i) or fallback for i in range(len(hits))]


def _reason(hits: Hits, parts: Mapping[str, Scores], phrases: Mapping[str, Phrase], i: int) -> str:
    added = {name: float(values[i]) for name, values in parts.items()}
    whole = sum(value for value in added.values() if value > 0)
    said: list[str] = []
    for name in sorted(added, key=lambda name: -added[name]):
        raw = float(hits.signals[name][i])
        least = 0.0 if name in _ASKED else _MIN_SHARE * whole
        small = added[name] <= 0 or added[name] < least
        if name not in phrases or np.isnan(raw) or small:
            continue
        phrase = phrases[name](int(hits.rows[i]), raw)
        if phrase and (len(said) < _MAX_PHRASES or name in _ASKED):
            said.append(phrase)
    return "；".join(said)


def matched_words(terms: Sequence[tuple[str, float]], limit: int = 4) -> list[str]:
    """The matched terms worth showing: the longest, without what they contain, best first.

    Args:
        terms: matched terms with their share of the score, best first.

    Returns:
        At most ``limit``; a single character only where nothing longer matched.
    """
    kept: list[str] = []
    for term, _ in sorted(terms, key=lambda pair: (-len(pair[0]), -pair[1])):
        if not any(term in longer for longer in kept):
            kept.append(term)
    shares = dict(terms)
    long = [term for term in kept if len(term) > 1] or kept
    return sorted(long, key=lambda term: -shares[term])[:limit]


def quoted(title: str, limit: int = 18) -> str:
    """A title in Chinese quotation marks, cut to ``limit`` characters."""
    return f"「{title if len(title) <= limit else title[: limit - 1] + '…'}」"
