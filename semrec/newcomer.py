"""Somebody without a history: what is popular at this time, and where they came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from semrec.collab.contexts import PARTS_OF_DAY, SEASONS
from semrec.errors import UnknownValue
from semrec.index.topk import top_k
from semrec.legs import legs
from semrec.rank import sources
from semrec.rank.context import Context
from semrec.rank.explain import Phrase
from semrec.rank.retrieve import Source
from semrec.shop import Shop
from semrec.state import State
from semrec.text.normalise import normalise
from semrec.types import Hits, Mask, Rows, Scores

_LIFTED = 1.2
"""From this lift on an item is said to be liked at this time."""


@dataclass(frozen=True)
class Newcomer:
    """How a newcomer is answered.

    Attributes:
        voices: the sources that are heard.
        weights: weight of each signal.
        phrases: how each is put in words, where that differs from a known person's.
        by: by what the answer was made, in Chinese.
    """

    voices: list[Source]
    weights: Mapping[str, float]
    phrases: Mapping[str, Phrase]
    by: str


def newcomer(state: State, context: Context) -> Newcomer:
    """Popularity in the situation; with what is near the entry query and in the entry category.

    Hour and season lift what is usually liked then. The query speaks by words and by meaning, each
    as loud as popularity; items of the category come before all others.

    Args:
        state: the shop.
        context: what is known of the moment and of the way in; may be empty.

    Raises:
        UnknownValue: the shop has no such category.
    """
    shop = state.shop
    moments = moments_of(context)
    lift = shop.contexts.lift(moments, len(shop.catalog)) if moments else None
    voices = [sources.popularity(shop, finds=True, lift=lift)]
    weights: dict[str, float] = dict(shop.config.blend.recommend)
    phrases: dict[str, Phrase] = {"popularity": _liked_now(state, moments)}
    by = ["近期热度"]
    if context.category is not None:
        by.insert(0, "类目")
        voices.append(_entry(shop, context.category))
        weights["entry"] = 1.0
        name = f"“{context.category}”"
        phrases["entry"] = lambda row, inside: f"你进了{name}" if inside > 0 else None
    text = normalise(context.query or "")
    if text:
        by.insert(0, "搜索词")
        asked = f"“{(context.query or '').strip()}”"
        heard = legs("blend", shop.choice.sides).sides
        vector = state.semantic.query(text, heard)
        voices.append(sources.lexical(shop, state.segmenter.terms(text)))
        voices.append(sources.dense(state.semantic.items(heard), vector, "content"))
        weights["lexical"] = weights["content"]
        phrases["lexical"] = lambda row, score: f"你搜过{asked}" if score > 0 else None
        phrases["content"] = lambda row, cosine: f"与你搜过的{asked}相近"
    return Newcomer(voices, weights, phrases, "、".join(by))


def moments_of(context: Context) -> dict[str, int]:
    """The part of the day and the season of a situation, as ``Contexts`` numbers them."""
    found = {}
    if context.hour is not None:
        found["part_of_day"] = context.hour // 6
    if context.season is not None:
        found["season"] = SEASONS.index(context.season[0])
    return found


def _liked_now(state: State, moments: Mapping[str, int]) -> Phrase:
    """``晚上大家爱买`` of what this time of day or year lifts most; else as for everybody."""
    shop, usual = state.shop, state.answerer.phrases.for_person(None)["popularity"]
    names = {"part_of_day": PARTS_OF_DAY, "season": tuple(f"{name}天" for name in SEASONS)}
    lifts = {
        names[kind][number]: shop.contexts.lift({kind: number}, len(shop.catalog))
        for kind, number in moments.items()
    }

    def phrase(row: int, share: float) -> str | None:
        best = max(lifts, key=lambda name: float(lifts[name][row]), default=None)
        if best is not None and lifts[best][row] >= _LIFTED:
            return f"{best}大家爱买"
        return usual(row, share)

    return phrase


def _entry(shop: Shop, category: str) -> Source:
    """1 for the items of a category, 0 for others; proposed are its most popular ones.

    Raises:
        UnknownValue: no item is in it.
    """
    categories = shop.catalog.frame["category"]
    inside: Mask = (categories == category).to_numpy(dtype=np.bool_)
    if not inside.any():
        names = sorted({name for name in categories.unique().tolist() if name})
        raise UnknownValue("category", category, names)

    def score(rows: Rows) -> Scores:
        return inside[rows].astype(np.float32)

    def find(k: int, allowed: Mask | None) -> Hits:
        rows = np.flatnonzero(inside if allowed is None else inside & allowed)
        best = top_k(shop.popularity.scores[rows], k, rows)
        return Hits(best.rows, score(best.rows))

    return Source("entry", score, find)
