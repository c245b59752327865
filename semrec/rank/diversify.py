"""From a ranking to a list: less of the same, the person's own mix, a place for new items.

Each function takes candidates, best first, and returns positions in the order of the list; what
it does not choose follows in its old order. Scores are not touched.

Variety belongs to the list as a whole, relevance to its first places: :func:`diversify` lays out
what was chosen in the order of the ranking, which costs no variety and gives half of the relevance
back (``tests/bench/bench_diversity.py``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.checks import check_count, check_number
from semrec.errors import InvalidArgument, legal, shorten
from semrec.types import Hits, Mask, Scores, Vectors

Order = NDArray[np.int64]
"""Positions among the candidates, shape ``(n,)``, each once."""
POOL = 200
"""A list is chosen among so many candidates; what ranks lower is too far from the question."""
_TARGET_SHARE = 0.01
"""The list's mix is compared with one that has this much of the target in it (Steck 2018)."""


@dataclass(frozen=True, slots=True)
class Diversity:
    """What may be paid for variety; by default nothing. What is paid where a caller says nothing
    stands in the settings, ``[diversity]``.

    Attributes:
        novelty: 0 = by score alone, 1 = by unlikeness alone; see :func:`mmr`.
        keep: so many first places go by score alone; they carry most of the relevance.
        per_category, per_brand: most items of one category or brand; None = any number.
        mix: 0 = by score alone, 1 = by nearness to the person's mix of categories alone.
        exploration: share of the places that new items get.
        seed: of the exploration; the same seed gives the same list.
        tail: 0 = by score alone, 1 = the least popular first; see :func:`worth`. It brings more of
            the catalog to light where all lists show the same bestsellers.
        coverage: the largest lift of an item that would be in nobody's recommendations; see
            :func:`worth` and ``rank.lifts``. It brings the most of the catalog to light.
    """

    novelty: float = 0.0
    per_category: int | None = None
    per_brand: int | None = None
    mix: float = 0.0
    exploration: float = 0.0
    seed: int = 0
    keep: int = 1
    tail: float = 0.0
    coverage: float = 0.0

    def __post_init__(self) -> None:
        for name in ("novelty", "tail", "coverage", "mix", "exploration"):
            check_number(f"diversity.{name}", getattr(self, name), 0, 1)
        for name in ("per_category", "per_brand"):
            if getattr(self, name) is not None:
                check_count(f"diversity.{name}", getattr(self, name), 1)
        for name in ("keep", "seed"):
            check_count(f"diversity.{name}", getattr(self, name))


def diversity_of(
    given: Diversity | Mapping[str, Any] | None, usual: Diversity | None = None
) -> Diversity | None:
    """A wish for variety in any form.

    Args:
        given: itself, plain values (``{}`` is a wish for none), or None for what is usual.
        usual: what holds where nothing was said.

    Returns:
        None where nothing is paid for variety.

    Raises:
        InvalidArgument: a name or a value is not legal, or ``given`` is none of these.
    """
    if given is None:
        return None if usual == Diversity() else usual
    if isinstance(given, Diversity):
        return given
    if not isinstance(given, Mapping):
        raise InvalidArgument(f"diversity = {shorten(given)}; legal: a Diversity, a dict or None")
    known = [each.name for each in fields(Diversity)]
    for name in given:
        if name not in known:
            raise InvalidArgument(f"unknown diversity {shorten(name)}; legal: {legal(known, name)}")
    return Diversity(**given)


@dataclass(frozen=True, slots=True)
class Facets:
    """What is known of the candidates, or of the first ``POOL`` of them, each in their order.

    Attributes:
        vectors: embeddings, shape ``(n, dim)``; None = unknown.
        categories, brands: names, "" = unknown; () = all unknown.
        taste: the person's share of each category; empty = unknown.
        new: which items nobody has touched yet, shape ``(n,)``; None = none.
        popularity: in [0, 1], shape ``(n,)``; None = unknown.
        lifts: 0 or more, shape ``(n,)``; None = unknown.
    """

    vectors: Vectors | None = None
    categories: Sequence[str] = ()
    brands: Sequence[str] = ()
    taste: Mapping[str, float] | None = None
    new: Mask | None = None
    popularity: Scores | None = None
    lifts: Scores | None = None


def diversify(hits: Hits, k: int, wish: Diversity, facets: Facets) -> Hits:
    """The candidates with the first ``k`` chosen for variety, these in the order of the ranking.

    Chosen is among the first ``POOL``. Scores are as they were. New items of the exploration stand
    where chance puts them. A wish that the facets say nothing about has no effect.
    """
    pool = min(len(hits), max(POOL, k))
    scores, order = hits.scores[:pool], np.arange(pool, dtype=np.int64)
    if wish.novelty > 0 or wish.tail > 0 or wish.coverage > 0:
        vectors = None if facets.vectors is None else facets.vectors[:pool]
        order = mmr(worth(scores, wish, facets), vectors, k, wish.novelty, wish.keep)
    if wish.mix > 0 and facets.taste and facets.categories:
        # The place that an item has by now carries the score of that place.
        by_place = np.sort(scores)[::-1]
        mine = _at(facets.categories, order)
        order = order[calibrated(by_place, mine, facets.taste, k, wish.mix)]
    for names, most in (
        (facets.categories, wish.per_category),
        (facets.brands, wish.per_brand),
    ):
        if names and most is not None:
            order = order[capped(_at(names, order), k, most)]
    chosen = min(k, pool)
    order = np.concatenate([np.sort(order[:chosen]), order[chosen:]])
    if wish.exploration > 0 and facets.new is not None:
        order = order[explored(facets.new[order], k, wish.exploration, wish.seed)]
    return hits.take(np.concatenate([order, np.arange(pool, len(hits), dtype=np.int64)]))


def worth(scores: Scores, wish: Diversity, facets: Facets) -> Scores:
    """What each candidate is worth to a list: ``(1 − tail) · √s − tail · popularity + lift``.

    The scores ``s`` are stretched to [0, 1] over the candidates. A lift counts if it is no larger
    than ``wish.coverage``. What the facets do not know has no effect.

    Args:
        scores: best first, shape ``(n,)``, and so is the worth.
        wish: ``tail`` and ``coverage`` of it.
        facets: ``popularity`` and ``lifts`` of it, of the same candidates first.
    """
    n = len(scores)
    value = np.sqrt(_stretched(scores.astype(np.float64))) if n else np.empty(0)
    if facets.popularity is not None:
        value = (1 - wish.tail) * value - wish.tail * facets.popularity[:n]
    if facets.lifts is not None:
        lifts = facets.lifts[:n]
        value = value + np.where(lifts <= wish.coverage, lifts, 0)
    return value.astype(np.float32)


def mmr(worth: Scores, vectors: Vectors | None, k: int, novelty: float, keep: int = 1) -> Order:
    """Maximal marginal relevance (Carbonell & Goldstein 1998), with the mean for the maximum.

    Picks the item with the highest ``(1 − novelty) · worth − novelty · mean cosine`` to those
    picked; equal ones in the order given. The mean is what the diversity of a list is made of
    (max-sum diversification, Borodin, Lee & Ye 2012). What else was tried stands in the README of
    this room.

    Args:
        worth: of the candidates, best first by score, shape ``(n,)``.
        vectors: of unit norm, shape ``(n, dim)``; None = unknown, and all are alike.
        k: how many are picked.
        novelty: 0..1.
        keep: so many first ones are picked before, one at least.
    """
    n = len(worth)
    likeness = np.zeros(n)
    chosen: list[int] = []
    left = np.ones(n, dtype=np.bool_)
    for place in range(min(k, n)):
        best = place
        if place >= max(keep, 1):
            gain = (1 - novelty) * worth - novelty * likeness / place
            best = int(np.argmax(np.where(left, gain, -np.inf)))
        chosen.append(best)
        left[best] = False
        if vectors is not None:
            likeness += vectors @ vectors[best]
    return _completed(chosen, n)


def to_list(worth: Scores, vectors: Vectors | None, k: int, novelty: float) -> Scores:
    """What each candidate is worth to the list that :func:`mmr` picks: less what is like it.

    Args:
        worth, vectors, k, novelty: as of :func:`mmr`.

    Returns:
        ``worth − novelty / (1 − novelty) · mean cosine`` to the others of the list, shape ``(n,)``.
    """
    if vectors is None or novelty == 0 or len(worth) < 2:
        return worth
    chosen = mmr(worth, vectors, k, novelty)[:k]
    likeness = vectors @ vectors[chosen].T
    others = np.full(len(worth), len(chosen), dtype=np.float32)
    others[chosen] -= 1
    mean = (likeness.sum(axis=1) - (len(chosen) - others)) / np.maximum(others, 1)
    return np.asarray(worth - novelty / max(1 - novelty, 1e-3) * mean, dtype=np.float32)


def capped(names: Sequence[str], k: int, most: int) -> Order:
    """At most so many of one name among the first ``k``, as long as others are there."""
    counts: Counter[str] = Counter()
    chosen: list[int] = []
    for i, name in enumerate(names):
        if len(chosen) == k:
            break
        if not name or counts[name] < most:
            chosen.append(i)
            counts[name] += 1
    return _completed(chosen, len(names))


def calibrated(
    scores: Scores,
    categories: Sequence[str],
    taste: Mapping[str, float],
    k: int,
    weight: float,
) -> Order:
    """The list whose mix of categories follows the person's, Steck 2018.

    Greedily maximises ``(1 − weight) · mean score − weight · KL(taste ‖ mix)``, scores stretched
    to [0, 1].

    Args:
        scores: of the candidates, best first, shape ``(n,)``.
        categories: of the candidates; "" counts as a category that nobody wants.
        taste: category → share; shares of categories that no candidate has play no part.
        k: how many are picked.
        weight: 0..1.
    """
    names = list(dict.fromkeys(categories))
    code = np.array([names.index(name) for name in categories], dtype=np.int64)
    want = np.array([max(taste.get(name, 0.0), 0.0) for name in names])
    if want.sum() <= 0 or not len(scores):
        return np.arange(len(scores), dtype=np.int64)
    want = want / want.sum()
    value = _stretched(scores.astype(np.float64))
    counts = np.zeros(len(names))
    chosen: list[int] = []
    left = np.ones(len(scores), dtype=np.bool_)
    for step in range(1, min(k, len(scores)) + 1):
        # One more of category c: its share of the list rises, all others fall alike.
        mixes = (counts + np.eye(len(names))) / step
        blended = (1 - _TARGET_SHARE) * mixes + _TARGET_SHARE * want
        divergence = np.sum(np.where(want > 0, want * np.log(np.maximum(want, 1e-12) / np.maximum(
            blended, 1e-12)), 0.0), axis=1)  # fmt: skip
        gain = np.where(left, (1 - weight) * value - weight * divergence[code], -np.inf)
        best = int(np.argmax(gain))
        chosen.append(best)
        left[best] = False
        counts[code[best]] += 1
    return _completed(chosen, len(scores))


def explored(new: Mask, k: int, share: float, seed: int) -> Order:
    """New items get a share of the first ``k`` places, at random places below the first.

    Each place below the first is given away with the chance ``share``, the best new item first;
    what is new and ranks there anyway counts as well.

    Args:
        new: which candidates nobody has touched yet, shape ``(n,)``, best first.
        k: how many places there are.
        share: 0..1.
        seed: of the choice of places.
    """
    n = len(new)
    places = np.flatnonzero(np.random.default_rng(seed).random(min(k, n)) < share)
    waiting = [int(i) for i in np.flatnonzero(new) if i >= k]
    known = [int(i) for i in range(n) if not (new[i] and i >= k)]
    due = [int(place) for place in places if place > 0 and not new[place]]
    chosen: list[int] = []
    for place in range(min(k, n)):
        takes = place in due and waiting
        chosen.append(waiting.pop(0) if takes else known.pop(0))
    return _completed(chosen, n)


def intra_list_diversity(vectors: Vectors) -> float:
    """Mean of ``1 − cosine`` over the pairs of a list (Ziegler et al. 2005); 0 for fewer than 2."""
    n = len(vectors)
    if n < 2:
        return 0.0
    cosines = vectors @ vectors.T
    return float(1 - (cosines.sum() - np.trace(cosines)) / (n * (n - 1)))


def _at(names: Sequence[str], order: Order) -> list[str]:
    return [names[i] for i in order]


def _completed(chosen: Sequence[int], n: int) -> Order:
    """The chosen positions, then the others as they stood."""
    left = np.ones(n, dtype=np.bool_)
    left[list(chosen)] = False
    return np.concatenate([np.array(chosen, dtype=np.int64), np.flatnonzero(left)])


def _stretched(values: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.zeros_like(values)
