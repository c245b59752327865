"""How much taste counts: more the better a person is known, less the more exact the query."""

from __future__ import annotations

from collections.abc import Mapping

from semrec.rank.reading import codes_in
from semrec.text.units import quantities

TASTE = frozenset({"user", "content"})
"""Signals of what a person dealt with at any time."""
PERSONAL = TASTE | {"session"}
"""Signals about the person who asks."""
_HALF = 1.0
_BRAND, _QUANTITY = 0.5, 0.3


def known(evidence: float, half: float = _HALF) -> float:
    """``n / (n + half)``: 0 for a stranger, towards 1 with more evidence.

    Args:
        evidence: sum of the weights of the person's events, old ones faded.
        half: the evidence that brings one half.
    """
    return evidence / (evidence + half) if evidence > 0 else 0.0


def exactness(text: str, *, branded: bool = False) -> float:
    """How little room a query leaves for taste, 0..1.

    A model number leaves none; a brand leaves half, a quantity seven tenths of what is left.

    >>> [round(exactness(text), 1) for text in ("佳能80d相机", "500ml保温杯", "相机")]
    [1.0, 0.3, 0.0]

    Args:
        text: the query, normalised.
        branded: whether it names a brand.
    """
    amounts = tuple(quantities(text))
    if codes_in(text, amounts):
        return 1.0
    room = (1 - _BRAND if branded else 1.0) * (1 - _QUANTITY if amounts else 1.0)
    return 1.0 - room


def strength(evidence: float, exact: float = 0.0, half: float = _HALF) -> float:
    """The part of its full weight that taste has, in [0, 1).

    Args:
        evidence, half: see :func:`known`.
        exact: see :func:`exactness`; 0 where taste itself is the question.
    """
    return known(evidence, half) * (1.0 - exact)


def shares(part: float, exact: float = 0.0) -> Mapping[str, float]:
    """Signal → share of its weight that counts, for ``LogOddsBlend.blend``.

    Args:
        part: of taste; see :func:`strength`.
        exact: see :func:`exactness`. What was looked at a moment ago needs no more evidence.
    """
    return {**dict.fromkeys(TASTE, part), "session": 1.0 - exact}


def weighed(
    weights: Mapping[str, float], part: float, exact: float = 0.0, popularity: float = 0.0
) -> dict[str, float]:
    """The weights of a search for one person.

    Args:
        weights: at full strength, those of the personal signals too.
        part, exact: as of :func:`shares`.
        popularity: added to that of popularity at full strength. A person's own events say
            nothing of most candidates; what all like is the best guess there, as in a
            recommendation.

    Returns:
        Signal → weight; where ``part`` is 0 those of a stranger.
    """
    counts = shares(part, exact)
    mine = {name: weight * counts.get(name, 1.0) for name, weight in weights.items()}
    return {**mine, "popularity": mine.get("popularity", 0.0) + popularity * part}
