"""How much taste counts: more the better a person is known, less the more exact the query."""

from __future__ import annotations

from collections.abc import Mapping

from semrec.rank.reading import Reading

PERSONAL = frozenset({"user", "content", "session"})
"""Signals about the person who asks."""
_HALF = 5.0
"""So much evidence (weighted events) brings half of the full strength."""
_BRAND, _QUANTITY = 0.5, 0.3


def known(evidence: float, half: float = _HALF) -> float:
    """``n / (n + half)``: 0 for a stranger, towards 1 with more evidence.

    Args:
        evidence: sum of the weights of the person's events, old ones faded.
        half: the evidence that brings one half.
    """
    return max(evidence, 0.0) / (max(evidence, 0.0) + half)


def exactness(query: Reading) -> float:
    """How little room a query leaves for taste, 0..1.

    A model number leaves none; a brand leaves half, a quantity seven tenths of what is left.
    """
    if query.codes:
        return 1.0
    room = (1 - _BRAND if query.brands else 1.0) * (1 - _QUANTITY if query.quantities else 1.0)
    return 1.0 - room


def strength(evidence: float, query: Reading | None = None) -> Mapping[str, float]:
    """Signal → share of its weight that counts, for ``LogOddsBlend.blend``.

    Args:
        evidence: see :func:`known`.
        query: what was asked; None for recommendations, where taste is the question.
    """
    room = 1.0 if query is None else 1.0 - exactness(query)
    return dict.fromkeys(PERSONAL, known(evidence) * room)
