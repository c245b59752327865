"""The stages that every question shares: retrieve, complete, blend, cut, explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from semrec.errors import InvalidArgument, shorten
from semrec.rank.blend import blend, contributions
from semrec.rank.explain import reasons
from semrec.rank.phrases import Phrases
from semrec.rank.retrieve import Source, gather
from semrec.results import Hit, Results
from semrec.shop import Shop
from semrec.types import Hits, Mask


class Answerer:
    """Turns sources into results for one shop.

    Args:
        shop: the fitted shop.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.phrases = Phrases(shop)

    def answer(
        self,
        voices: Sequence[Source],
        weights: Mapping[str, float],
        k: int,
        allowed: Mask | None,
        question: str,
        notes: Sequence[str],
        *,
        phrases: Mapping[str, Any],
        fallback: str,
    ) -> Results:
        """Retrieve, complete, blend, cut, explain.

        Args:
            voices: the sources that are heard.
            weights: weight of each signal in the blend.
            k: how many hits at most.
            allowed: which items may be answered, shape ``(items,)``; None = all.
            question, notes: shown with the results.
            phrases: how each signal is put in words; see ``rank.phrases``.
            fallback: the reason where no signal has one.
        """
        candidates = gather(voices, max(k, self._shop.config.blend.candidates), allowed)
        ranked = blend(candidates, weights)
        parts = contributions(ranked, weights)
        top = ranked.top(k)
        why = reasons(top, parts, phrases, fallback)
        short = too_few(len(top), k, filtered=allowed is not None)
        return Results(self.hits(top, why), question, (*notes, *short))

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
