"""The stages that every question shares: retrieve, complete, blend, cut, explain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from semrec.rank.diversify import POOL, Diversity, Facets, diversify
from semrec.rank.explain import Phrase, reasons
from semrec.rank.lifts import Lifts
from semrec.rank.phrases import Phrases
from semrec.rank.rerank import SIGNAL as RERANKER
from semrec.rank.retrieve import Source, gather
from semrec.rank.rules import BASE, Rule
from semrec.rank.session import Session
from semrec.results import Hit, Results
from semrec.shop import Shop
from semrec.types import Hits, Mask, Rows, Scores

UNKNOWN = "unknown"
"""Among a hit's signals the sum of those that know nothing of it and count as an average item."""


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
        wanted: what the legs of a search look for; "" if nothing is searched.
        history: of the person who asks, shape ``(1, items)``; None for a stranger.
        session: what that person looks at in this visit; None if nothing is known of it.
        lifts: of items that few lists of this kind show; None if there are none.
        reread: puts the ranked candidates in a better order; None leaves them.
    """

    voices: Sequence[Source]
    rule: Rule
    allowed: Mask | None
    question: str
    notes: Sequence[str]
    phrases: Mapping[str, Phrase]
    fallback: str
    wanted: str = ""
    history: sparse.csr_matrix | None = None
    session: Session | None = None
    lifts: Lifts | None = None
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
        hits = self.listed(request, self.ranked(request, k), k, diversity)
        short = too_few(len(hits), k, filtered=request.allowed is not None)
        return Results(hits, request.question, (*request.notes, *short))

    def listed(
        self, request: Request, ranked: Hits, k: int, diversity: Diversity | None = None
    ) -> tuple[Hit, ...]:
        """The first of the ranked candidates, varied and explained; arguments as of `answer`."""
        if diversity is not None:
            facets = self.facets(ranked.rows[: max(POOL, k)], request, diversity)
            ranked = diversify(ranked, k, diversity, facets)
        top = ranked.take(np.arange(min(k, len(ranked))))
        parts = request.rule.shares(ranked)
        if request.reread is not None:
            parts[RERANKER] = ranked.scores - np.sum(list(parts.values()), axis=0)
        return self.hits(top, self.why(request, ranked, top), parts)

    def why(self, request: Request, ranked: Hits, some: Hits) -> list[str]:
        """The reason of each of the first of the ranked candidates."""
        parts = request.rule.contributions(ranked)
        parts.pop(BASE, None)
        return reasons(some, parts, request.phrases, request.fallback)

    def facets(self, rows: Rows, request: Request, wish: Diversity) -> Facets:
        """What a wish for variety needs to know of some items and of the person who asks."""
        shop, frame, history = self._shop, self._shop.catalog.frame, request.history
        lifts = request.lifts if wish.coverage > 0 else None
        mixed = wish.mix > 0 and history is not None
        sorts = mixed or wish.per_category is not None
        return Facets(
            vectors=shop.dense.reconstruct(rows) if wish.novelty > 0 else None,
            popularity=np.nan_to_num(shop.popularity_shares[rows]) if wish.tail > 0 else None,
            lifts=None if lifts is None else lifts.of(rows),
            categories=frame["category"].iloc[rows].tolist() if sorts else (),
            brands=frame["brand"].iloc[rows].tolist() if wish.per_brand is not None else (),
            taste=self._taste(history) if mixed and history is not None else None,
            new=shop.popularity.scores[rows] == 0 if wish.exploration > 0 else None,
        )

    def _taste(self, history: sparse.csr_matrix) -> dict[str, float] | None:
        """The share of each category in a history; None for an empty one."""
        categories = self._shop.catalog.frame["category"].iloc[history.indices]
        weights = pd.Series(history.data).groupby(categories.to_numpy()).sum()
        whole = float(weights.sum())
        return (weights / whole).to_dict() if whole > 0 else None

    def hits(self, hits: Hits, why: Sequence[str], parts: Mapping[str, Scores]) -> tuple[Hit, ...]:
        """Ranked rows with ids, titles and reasons.

        Args:
            hits: what is shown.
            why: the reason of each.
            parts: what each signal added to the score of each, and maybe of others after them.
        """
        catalog = self._shop.catalog
        answers = []
        for i, row in enumerate(hits.rows):
            raw = {name: float(values[i]) for name, values in hits.signals.items()}
            raw = {name: value for name, value in raw.items() if not np.isnan(value)}
            signals: dict[str, float] = {}
            for name, values in parts.items():
                silent = name in hits.signals and name not in raw
                told = UNKNOWN if silent else name
                signals[told] = signals.get(told, 0.0) + float(values[i])
            if not signals.get(UNKNOWN, 1.0):
                del signals[UNKNOWN]
            item, title = catalog.items.id(int(row)), self.phrases.title(int(row))
            answers.append(Hit(item, i + 1, float(hits.scores[i]), signals, title, why[i], raw))
        return tuple(answers)


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
