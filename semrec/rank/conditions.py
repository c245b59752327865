"""Conditions that a query names outright: a price range, a brand, words that are not wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from semrec.data.catalog import Catalog
from semrec.index.lexical import LexicalIndex
from semrec.text.intent import PriceRange, price_text
from semrec.text.negation import mentions
from semrec.text.normalise import normalise
from semrec.text.segment import grams
from semrec.types import Mask, Scores

_RUNS = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")
_NEAREST = 20
"""How many of the nearest prices are shown where none is within the range."""


@dataclass(frozen=True)
class Condition:
    """One condition.

    Attributes:
        text: how the query says it, in Chinese.
        holds: where it holds, shape ``(items,)``.
        distance: how far each item is from it, 0 where it holds, shape ``(items,)``; None where
            there is no such thing as nearly.
    """

    text: str
    holds: Mask
    distance: Scores | None = None


def price_condition(catalog: Catalog, bounds: PriceRange) -> Condition | None:
    """A price within bounds; None where the catalog has no prices."""
    prices = catalog.frame["price"].to_numpy(dtype=np.float32)
    if np.isnan(prices).all():
        return None
    low, high = bounds
    below = np.float32(0 if low is None else low) - prices
    above = prices - np.float32(np.inf if high is None else high)
    distance = np.maximum(np.maximum(below, above), 0).astype(np.float32)
    return Condition(f"价格{price_text(bounds)}", distance == 0, distance)


def exclusion(catalog: Catalog, index: LexicalIndex, word: str) -> Condition:
    """Titles, brands and attributes that do not have what a word names."""
    holds = np.ones(len(catalog.items), dtype=np.bool_)
    for row in _rows(index, len(holds), word):
        holds[row] = not mentions(_said(catalog, int(row)), word)
    return Condition(f"不要 {word}", holds)


def brand_condition(
    catalog: Catalog, index: LexicalIndex, brand: str, names: Sequence[str]
) -> Condition | None:
    """Items of a brand, or that name it; None where the brand column does not have it."""
    written = catalog.frame["brand"]
    owns = (written == brand).to_numpy(dtype=np.bool_, copy=True)
    if not owns.any():
        return None
    for name in dict.fromkeys([normalise(brand), *names]):
        for row in _rows(index, len(owns), name):
            owns[row] |= name in _said(catalog, int(row))
    return Condition(f"品牌为 {brand}", owns)


def relaxed(
    conditions: Sequence[Condition], allowed: Mask | None, about: Mask | None
) -> tuple[Mask | None, list[str]]:
    """All conditions together, or as many as leave something; and the notes that say so.

    Args:
        conditions: the most important first; the last is given up first.
        allowed: the caller's own filters, never relaxed; None = all.
        about: the items that the query is about, of which at least one must be left; None where
            that is unclear.
    """
    kept = list(conditions)
    notes: list[str] = []
    while kept and not _left(kept, allowed, about).any():
        given_up = kept.pop()
        nearest = _nearest(given_up, _left(kept, allowed, about))
        if nearest is not None:
            kept.append(nearest)
        notes.append(f"没有满足“{given_up.text}”的商品，已放宽这一条件，先看最接近的。")
    if not kept:
        return allowed, notes
    mask = _left(kept, allowed, None)
    return mask, [*(f"{each.text}（必须）" for each in kept if each.text), *notes]


def _left(conditions: Sequence[Condition], allowed: Mask | None, about: Mask | None) -> Mask:
    masks = [mask for mask in (allowed, about) if mask is not None]
    masks += [condition.holds for condition in conditions]
    left: Mask = np.logical_and.reduce(masks) if masks else np.ones(1, dtype=np.bool_)
    return left


def _nearest(condition: Condition, left: Mask) -> Condition | None:
    """What is nearest to a condition that nothing meets, as a condition without a note."""
    if condition.distance is None or not left.any():
        return None
    distances = np.where(left, condition.distance, np.inf)
    known = distances[np.isfinite(distances)]
    if not len(known):
        return None
    border = np.partition(known, min(_NEAREST, len(known)) - 1)[min(_NEAREST, len(known)) - 1]
    return Condition("", distances <= border)


def _rows(index: LexicalIndex, count: int, word: str) -> np.ndarray:
    """The rows that may have a word: those with all its characters and pairs, and its numbers."""
    needles: list[str] = []
    for run in _RUNS.findall(word):
        needles += [run] if run.isascii() else list(grams(run))
    return index.holding(needles) if needles else np.arange(count)


def _said(catalog: Catalog, row: int) -> str:
    texts = [str(catalog.frame[name].iat[row]) for name in ("title", "brand")]
    return normalise(" ".join([*texts, *catalog.attributes_of(row).values()]))
