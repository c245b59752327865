"""Sources beside the legs: what reviews praise of what is wished, and what fits the situation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from semrec.index.lexical import LexicalIndex
from semrec.index.topk import top_k
from semrec.rank.blend import share
from semrec.rank.context import Context
from semrec.rank.retrieve import Source
from semrec.text.reviews.profile import AspectProfile
from semrec.text.reviews.wishes import AspectWish, review_signal
from semrec.types import Hits, Mask, Rows, Scores


def praise(profile: AspectProfile, wishes: Sequence[AspectWish]) -> Source:
    """How surely reviews praise the wished aspects of an item; silent where none mentions them."""
    return Source("reviews", lambda rows: review_signal(profile, wishes, rows))


def situation(
    index: LexicalIndex, terms: Callable[[str], list[str]], context: Context, *, finds: bool
) -> Source | None:
    """How much an item's text fits the situation: weighted shares of the words that do, 1 at most.

    Args:
        index: of the shop's texts.
        terms: cuts a text into terms as the index was cut.
        context: the situation.
        finds: whether items are proposed for it alone.

    Returns:
        None where no word of the situation stands in the shop.
    """
    words = []
    for boost in context.boosts():
        cut = terms(boost.word)
        best = index.search(cut, 1)
        if len(best):
            words.append((cut, float(best.scores[0]), np.float32(boost.weight)))
    if not words:
        return None

    def score(rows: Rows) -> Scores:
        total = np.zeros(len(rows), dtype=np.float32)
        for cut, most, weight in words:
            total += weight * share(index.score_rows(cut, rows), most)
        return np.minimum(total, np.float32(1))

    def find(k: int, allowed: Mask | None) -> Hits:
        found = [index.search(cut, k, allowed).rows for cut, _, _ in words]
        rows = np.unique(np.concatenate(found))
        return top_k(score(rows), k, rows)

    return Source("context", score, find if finds else None)
