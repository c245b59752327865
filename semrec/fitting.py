"""Whether what was found fits what was asked, and what to say where it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from semrec.answer import Request
from semrec.rank.relax import MIN_SCORE, relax
from semrec.results import Hit, Results
from semrec.state import State
from semrec.text.normalise import normalise

_FIRST = 3
"""A list fits if one of so many first titles does."""
_ALTERNATIVES = 20
"""So many of the first are read again without a condition; a list of 100 would take 50 ms."""
_POORLY = "没有很合适的商品，以下是最接近的。"


def fitting(state: State, request: Request, found: Results, min_score: float) -> Results:
    """The hits that are likely enough right, or all of them with a word on what stands in the way.

    Args:
        state: the shop.
        request: what was asked.
        found: the answer.
        min_score: the least probability, in [0, 1].
    """
    likely = state.relevance.probabilities(request.wanted, [hit.title for hit in found])
    told = [
        replace(hit, raw={**hit.raw, "relevance": float(likely[i])}) for i, hit in enumerate(found)
    ]
    kept = [hit for i, hit in enumerate(told) if likely[i] >= min_score]
    left_out = len(told) - len(kept)
    if kept or not told:
        few = (f"另有 {left_out} 个不够合适，未列出。",) if left_out else ()
        return replace(found, hits=_ranked(kept), notes=(*found.notes, *few))
    nearest = [told[j] for j in np.argsort(-likely, kind="stable")]
    advice = _advice(state, request, nearest, min_score)
    return replace(found, hits=_ranked(nearest), notes=(*found.notes, advice))


def doubted(state: State, request: Request, found: Results) -> Results:
    """The same hits; a note is added where not even the first ones fit.

    Without a student nothing is said: to read a query takes a transformer longer than the search.

    Args:
        state: the shop.
        request: what was asked.
        found: the answer.
    """
    first = found.hits[:_FIRST]
    if not first or state.encoders.student is None or _named(state, request.wanted, first[0]):
        return found
    likely = state.relevance.probabilities(request.wanted, [hit.title for hit in first])
    if likely.max() >= MIN_SCORE:
        return found
    return replace(found, notes=(*found.notes, _advice(state, request, found.hits, MIN_SCORE)))


def _named(state: State, wanted: str, hit: Hit) -> bool:
    """Whether a title has every word of a query: then it fits, and that is quick to see."""
    title = normalise(hit.title)
    return all(word in title for word in state.segmenter.words(wanted))


def _advice(state: State, request: Request, hits: tuple[Hit, ...] | list[Hit], least: float) -> str:
    titles = [hit.title for hit in hits[:_ALTERNATIVES]]
    advice = relax(state.relevance, state.reader, request.wanted, titles, min_score=least)
    return str(advice) if advice else _POORLY


def _ranked(hits: list[Hit]) -> tuple[Hit, ...]:
    return tuple(replace(hit, rank=i) for i, hit in enumerate(hits, start=1))
