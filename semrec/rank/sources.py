"""Which sources answer which question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import sparse

from semrec.collab.gates import SIGNALS
from semrec.index.dense import DenseIndex
from semrec.index.topk import top_k
from semrec.rank.blend import Weight, popularity_shares, share
from semrec.rank.retrieve import Source
from semrec.shop import Shop
from semrec.types import Hits, Mask, Rows, Scores, Vectors

_SHARPNESS = 10.0
"""``t`` of :func:`taste`: towards a maximum with more, towards a mean with less."""
_TINY = 1e-30


def lexical(shop: Shop, terms: Sequence[str]) -> Source:
    """BM25 of the query's terms."""
    index = shop.lexical
    return Source(
        "lexical",
        score=lambda rows: index.score_rows(terms, rows),
        find=lambda k, allowed: index.search(terms, k, allowed),
    )


def dense(index: DenseIndex, vector: Vectors, name: str = "dense") -> Source:
    """Cosine with a vector: of a query, of an item, or of a person's taste."""
    return Source(
        name,
        score=lambda rows: index.score_rows(vector, rows),
        find=lambda k, allowed: index.search(vector, k, allowed),
    )


def popularity(shop: Shop, *, finds: bool, lift: Scores | None = None) -> Source:
    """Time-decayed popularity; silent on items that nobody has touched yet.

    The share is of logarithms: the most popular item of a shop is often a hundred times as popular
    as a good one, and would drown it.

    Args:
        shop: the fitted shop.
        finds: whether items are proposed for it alone.
        lift: what the situation multiplies it by, shape ``(items,)``; None for nothing.
    """
    if lift is None:
        return _shares("popularity", shop.popularity_shares, finds)
    return _shares("popularity", popularity_shares(shop.popularity.scores * lift), finds)


def user(shop: Shop, history: sparse.csr_matrix, *, finds: bool) -> Source:
    """What people with this history like, by item neighbours."""
    return _behaviour("user", shop.neighbours.score_users(history)[0], finds)


def together(shop: Shop, row: int, *, finds: bool) -> Source:
    """How much of this item's public an item shares, by item neighbours."""
    scores = np.where(shop.neighbours.known, np.float32(0), np.float32(np.nan))
    neighbours = shop.neighbours.similar_items(row, shop.config.collab.neighbours)
    scores[neighbours.rows] = neighbours.scores
    if not len(neighbours):  # nothing is known of the item itself
        scores[:] = np.nan
    return _behaviour("together", scores, finds)


def taste(shop: Shop, history: sparse.csr_matrix) -> Source:
    """Nearness in text to what a person dealt with: a soft maximum of cosines.

    ``log Σ_j log(1 + w_j) exp(t (cos_ij - 1)) / t``: a person has several tastes, and an item need
    fit one of them. Found is what is near the mean of them all.
    """
    index, rows = shop.dense, history.indices
    seen = index.reconstruct(rows)
    mean = history.data @ seen
    norm = float(np.linalg.norm(mean))
    vector = (mean / norm if norm > 0 else mean).astype(np.float32)
    strengths = np.log1p(history.data)
    # Their ratios alone matter, and what is years old has faded to the least of numbers.
    strengths /= strengths.max(initial=np.finfo(np.float32).tiny)

    def score(candidates: Rows) -> Scores:
        cosines = index.reconstruct(candidates) @ seen.T
        # A sum: in one of many runs BLAS's product of matrix and vector raised the flag of an
        # invalid value here, which the same data does not have.
        near = (np.exp(_SHARPNESS * (cosines - 1)) * strengths).sum(axis=1)
        said: Scores = (np.log(np.maximum(near, _TINY)) / _SHARPNESS).astype(np.float32)
        return said

    return Source("content", score, lambda k, allowed: index.search(vector, k, allowed))


def gated(shop: Shop, user_items: int, settings: Mapping[str, float]) -> dict[str, Weight]:
    """The weights of a recommendation: those of the settings times those measured in the shop.

    Args:
        shop: with gates.
        user_items: how many items the person dealt with.
        settings: weight by signal; those that have no gate stay as they are.
    """

    def of(name: str, setting: float) -> Weight:
        return lambda rows: shop.gates.of(shop.item_users[rows], user_items)[name] * setting

    return {
        name: of(name, setting) if name in SIGNALS else setting
        for name, setting in settings.items()
    }


def _behaviour(name: str, scores: Scores, finds: bool) -> Source:
    """A source that has scored the whole shop; NaN where it knows nothing.

    It finds only what it speaks for: a score of zero is an answer, but no proposal.
    """
    most = float(np.max(scores, initial=0, where=scores > 0))
    return _shares(name, share(scores.astype(np.float32), most), finds)


def _shares(name: str, shares: Scores, finds: bool) -> Source:
    """The same, of scores that are shares already."""

    def score(rows: Rows) -> Scores:
        return shares[rows]

    def find(k: int, allowed: Mask | None) -> Hits:
        proposed = shares > 0 if allowed is None else (shares > 0) & allowed
        rows = np.flatnonzero(proposed)
        return top_k(shares[rows], k, rows)

    return Source(name, score, find if finds else None)
