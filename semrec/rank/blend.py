"""Several signals become one score: a weighted mean of what each source says, on one scale.

The rule. ``lexical``, ``dense`` and ``content`` have no scale of their own (a BM25 sum, a cosine
that lives between 0.75 and 0.95), so each is stretched to [0, 1] over the candidates of the
question (min-max, then a weighted sum: CombSUM, Fox & Shaw 1994). So are ``reviews``, cautious
lower bounds that lie close together, since the query asked for what they tell. The others arrive
as shares of their own maximum over the whole shop; stretching them would turn a faint taste into a
loud one.

Where a source is silent on an item (a new item has no behaviour), it is taken to say what it
says of the average candidate: a missing leg is never a zero, and no reward either. A source that
is silent on all candidates has no say at all.

A weight may differ between candidates. Then the heaviest candidate has weights that sum to 1, and
scores stay in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from semrec.types import Hits, Rows, Scores

Weight: TypeAlias = float | Callable[[Rows], Scores]
"""What a signal counts: the same for all candidates, or for each by what is known of it."""

STRETCHED = frozenset({"lexical", "dense", "content", "reviews"})
"""Signals that are stretched to [0, 1] over the candidates."""
_ROUNDING = 1e-5
"""A cosine of two float32 vectors is right to some 1e-7; near twins differ by more than this."""


def blend(hits: Hits, weights: Mapping[str, Weight]) -> Hits:
    """The same candidates, ranked by the weighted mean of their signals.

    Args:
        hits: candidates with complete signals.
        weights: weight of each signal; a signal without one has no say.

    Returns:
        Scores in [0, 1]; signals unchanged.
    """
    parts = contributions(hits, weights)
    total = np.zeros(len(hits), dtype=np.float32)
    for part in parts.values():
        total += part
    return Hits(hits.rows, total, hits.signals).ranked()


def reciprocal_ranks(hits: Hits, weights: Mapping[str, float], k: float = 60.0) -> Hits:
    """The same candidates, ranked by ``Σ weight / (k + place)`` (Cormack, Clarke & Büttcher 2009).

    A baseline: it forgets by how much one candidate is ahead. Equal signals share the best place;
    a silent one adds nothing.

    Args:
        hits: candidates with complete signals.
        weights: weight of each signal; a signal without one has no say.
        k: how much the first places are evened out.
    """
    total = np.zeros(len(hits), dtype=np.float32)
    for part in rank_contributions(hits, weights, k).values():
        total += part
    return Hits(hits.rows, total, hits.signals).ranked()


def rank_contributions(
    hits: Hits, weights: Mapping[str, float], k: float = 60.0
) -> dict[str, Scores]:
    """What each signal adds to :func:`reciprocal_ranks`, signal → shape ``(n,)``, float32."""
    parts = {}
    for name, values in hits.signals.items():
        weight, known = weights.get(name, 0.0), ~np.isnan(values)
        if weight > 0 and known.any():
            ordered = np.sort(-values[known])
            places = 1 + np.searchsorted(ordered, -values[known], side="left")
            parts[name] = np.zeros(len(hits), dtype=np.float32)
            parts[name][known] = weight / (k + places)
    return parts


def contributions(hits: Hits, weights: Mapping[str, Weight]) -> dict[str, Scores]:
    """What each signal adds to each candidate's blended score; they sum to it.

    Returns:
        Signal → shape ``(n,)``, float32; only signals that have a weight and are not all silent.
    """
    heard = {
        name: weight
        for name, values in hits.signals.items()
        if np.any(weight := _weight(weights.get(name, 0.0), hits.rows))
        and not np.isnan(values).all()
    }
    whole = np.max(np.sum(list(np.broadcast_arrays(*heard.values())), axis=0)) if heard else 1.0
    return {
        name: complete(name, hits.signals[name]) * (weight / whole).astype(np.float32)
        for name, weight in heard.items()
    }


def bound(name: str, weights: Mapping[str, float]) -> float:
    """How far one signal can move any score, whatever it says: its share of the weights.

    Args:
        name: the signal.
        weights: of the signals that are heard.
    """
    return weights.get(name, 0.0) / sum(weights.values())


def _weight(weight: Weight, rows: Rows) -> NDArray[np.float64]:
    """One weight as numbers: of shape ``()`` or, where it depends on the item, ``(n,)``."""
    return np.asarray(weight(rows) if callable(weight) else weight, dtype=np.float64)


def complete(name: str, values: Scores) -> Scores:
    """One signal on the common scale [0, 1], gaps filled by the mean of the others."""
    scaled = stretch(values) if name in STRETCHED else np.clip(values, 0, 1)
    gaps = np.isnan(scaled)
    if not gaps.any():
        return scaled
    filled: Scores = np.where(gaps, np.nanmean(scaled), scaled)
    return filled


def stretch(values: Scores) -> Scores:
    """Min-max to [0, 1], NaN kept; all ones where every value is the same and positive.

    Values that differ by a rounding error are the same.

    Args:
        values: shape ``(n,)``; may hold NaN.
    """
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return values
    low, high = known.min(), known.max()
    if high - low <= _ROUNDING * abs(high):
        return np.where(np.isnan(values), values, np.float32(high > 0))
    scaled: Scores = ((values - low) / (high - low)).astype(np.float32)
    return scaled


def share(values: Scores, maximum: float) -> Scores:
    """Scores as shares of a maximum, clipped to [0, 1], NaN kept; zeros if there is no maximum."""
    if not maximum > 0:
        return np.where(np.isnan(values), values, np.float32(0))
    shares: Scores = np.clip(values / np.float32(maximum), 0, 1).astype(np.float32)
    return shares


def popularity_shares(scores: Scores) -> Scores:
    """Popularity as shares of the logarithm of the highest, NaN where nobody has been; ``(n,)``."""
    logs = np.where(scores > 0, np.log1p(np.maximum(scores, 0)), np.nan).astype(np.float32)
    return share(logs, float(np.nanmax(logs, initial=0.0)))
