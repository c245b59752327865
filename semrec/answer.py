"""The stages that every question shares: retrieve, complete, blend, cut, explain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from semrec.errors import InvalidArgument, shorten
from semrec.rank.diversify import POOL, Diversity, Facets, diversify
from semrec.rank.explain import Phrase, reasons
from semrec.rank.phrases import Phrases
from semrec.rank.retrieve import Source, gather
from semrec.rank.rules import BASE, Rule
from semrec.results import Hit, Results
from semrec.shop import Shop
from semrec.types import Hits, Mask, Rows


@dataclass(frozen=True)
class Request:
    """One question, ready to be answered.

    Attributes:
        voices: the sources that are heard.
        rule: makes one score of all signals.
        allowed: which items may be answered, shape ``(items,)``; None = all.
        question: one line, shown with the results.
        notes: what the user should know, in Chinese.
        phrases: how each signal is put in words; see ``rank.phrases``.
        fallback: the reason where no signal has one.
        history: of the person who asks, shape ``(1, items)``; None for a stranger.
        reread: puts the ranked candidates in a better order; None leaves them.
    """

    voices: Sequence[Source]
    rule: Rule
    allowed: Mask | None
    question: str
    notes: Sequence[str]
    phrases: Mapping[str, Phrase]
    fallback: str
    history: sparse.csr_matrix | None = None
    reread: Callable[[Hits], Hits] | None = None

    def rank(self, candidates: Hits) -> Hits:
        """Blend, and read the first again."""
        ranked = self.rule.blend(candidates)
        return ranked if self.reread is None else self.reread(ranked)


class Answerer:
    """Turns requests into results for one shop.

    Args:
        shop: the fitted shop.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.phrases = Phrases(shop)

    def ranked(self, request: Request, k: int) -> Hits:
        """Retrieve, complete, blend: all candidates, best first, at least ``k`` if there are."""
        depth = max(k, self._shop.config.blend.candidates)
        return request.rank(gather(request.voices, depth, request.allowed))

    def answer(self, request: Request, k: int, diversity: Diversity | None = None) -> Results:
        """Retrieve, complete, blend, vary, cut, explain.

        Args:
            request: what is asked.
            k: how many hits at most.
            diversity: what may be paid for variety; None = nothing.
        """
        ranked = self.ranked(request, k)
        if diversity is not None:
            facets = self.facets(ranked.rows[: max(POOL, k)], request.history)
            ranked = diversify(ranked, k, diversity, facets)
        top = ranked.take(np.arange(min(k, len(ranked))))
        why = self.why(request, ranked, top)
        short = too_few(len(top), k, filtered=request.allowed is not None)
        return Results(self.hits(top, why), request.question, (*request.notes, *short))

    def why(self, request: Request, ranked: Hits, some: Hits) -> list[str]:
        """The reason of each of the first of the ranked candidates."""
        parts = request.rule.contributions(ranked)
        parts.pop(BASE, None)
        return reasons(some, parts, request.phrases, request.fallback)

    def facets(self, rows: Rows, history: sparse.csr_matrix | None) -> Facets:
        """What variety is measured by, of some items and for the person who asks."""
        shop = self._shop
        frame = shop.catalog.frame
        return Facets(
            vectors=shop.dense.reconstruct(rows),
            categories=frame["category"].iloc[rows].tolist(),
            brands=frame["brand"].iloc[rows].tolist(),
            taste=None if history is None else self._taste(history),
            new=shop.popularity.scores[rows] == 0,
        )

    def _taste(self, history: sparse.csr_matrix) -> dict[str, float] | None:
        """The share of each category in a history; None for an empty one."""
        categories = self._shop.catalog.frame["category"].iloc[history.indices]
        weights = pd.Series(history.data).groupby(categories.to_numpy()).sum()
        whole = float(weights.sum())
        return (weights / whole).to_dict() if whole > 0 else None

    def hits(self, hits: Hits, why: Sequence[str]) -> tuple[Hit, ...]:
        """Ranked rows with ids, titles and reasons."""
        catalog = self._shop.catalog
        answers = []
        for i, row in enumerate(hits.rows):
            said = {name: float(values[i]) for name, values in hits.signals.items()}
            signals = {name: value for name, value in said.items() if not np.isnan(value)}
            item, title = catalog.items.id(int(row)), self.phrases.title(int(row))
            answers.append(Hit(item, i + 1, float(hits.scores[i]), signals, title, why[i]))
        return tuple(answers)


def check_k(k: int) -> None:
    """Refuse a number of hits that is no whole number or negative.

    Raises:
        InvalidArgument: always then.
    """
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 0:
        raise InvalidArgument(f"k = {shorten(k)}; legal: a whole number, 0 or more")


def too_few(found: int, k: int, *, filtered: bool) -> list[str]:
    """The note that says that fewer than ``k`` items were found, [] if there were enough."""
    if found >= k:
        return []
    return [f"要 {k} 个，{'符合条件的' if filtered else ''}只有 {found} 个。"]


def in_stock(allowed: Mask | None, shop: Shop) -> Mask | None:
    """Nobody is glad of a proposal that is sold out; an unknown stock counts as there."""
    gone = (shop.catalog.frame["stock"] == 0).to_numpy(dtype=np.bool_)
    return allowed if not gone.any() else ~gone if allowed is None else allowed & ~gone


def without(allowed: Mask | None, rows: Any, count: int) -> Mask:
    """The allowed items less some rows."""
    mask = np.ones(count, dtype=np.bool_) if allowed is None else allowed.copy()
    mask[rows] = False
    return mask
