"""What is shown high is clicked more: weights that take the place of a result out of its clicks.

Position-based model: ``P(click) = P(seen at place) · P(right)``. A click counts by the inverse of
the chance that its place is seen (Joachims, Swaminathan & Schnabel 2017), cut so that one click
far below cannot outweigh all others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
"""Places in a result list from 1, shape ``(n,)``."""

_ROUNDS = 50
_CUT = 10.0


def inverse_propensities(places: Places, seen: Floats, cut: float = _CUT) -> Floats:
    """The weight of each click, mean 1, shape ``(n,)``.

    Args:
        places: of the clicks.
        seen: chance that each place is seen, from place 1 on; those beyond count as the last.
        cut: largest weight before the mean is brought to 1.
    """
    if not len(places):
        return np.empty(0)
    at = np.clip(places, 1, len(seen)) - 1
    weights: Floats = np.minimum(1.0 / np.maximum(seen[at], 1e-6), cut)
    even: Floats = weights / weights.mean()
    return even


def usual_propensities(count: int, eta: float = 1.0) -> Floats:
    """``(1 / place)^eta``: what is taken where the log shows no impressions."""
    places = np.arange(1, count + 1, dtype=np.float64)
    return places**-eta


def fit_propensities(
    pairs: NDArray[np.int64], places: Places, clicked: NDArray[np.bool_]
) -> Floats:
    """Chance that each place is seen, relative to the first, shape ``(last place,)``.

    Expectation maximisation of the position-based model (Wang et al. 2018); it needs pairs of
    query and item that were shown at several places.

    Args:
        pairs: number of the query-item pair of each impression, shape ``(n,)``.
        places: where it was shown.
        clicked: whether it was clicked.
    """
    last = int(places.max(initial=1))
    seen, right = usual_propensities(last, 0.5), np.full(int(pairs.max(initial=0)) + 1, 0.5)
    at = places - 1
    shown = np.maximum(np.bincount(at, minlength=last), 1)
    times = np.maximum(np.bincount(pairs, minlength=len(right)), 1)
    for _ in range(_ROUNDS):
        both = seen[at] * right[pairs]
        unclicked = np.maximum(1 - both, 1e-9)
        was_seen = np.where(clicked, 1.0, seen[at] * (1 - right[pairs]) / unclicked)
        was_right = np.where(clicked, 1.0, right[pairs] * (1 - seen[at]) / unclicked)
        seen = np.bincount(at, weights=was_seen, minlength=last) / shown
        right = np.bincount(pairs, weights=was_right, minlength=len(right)) / times
    relative: Floats = np.clip(seen / max(float(seen[0]), 1e-9), 0.0, 1.0)
    return relative
