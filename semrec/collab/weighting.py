"""How much an entry of the behaviour matrix counts when neighbours are compared."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from semrec.errors import InvalidArgument, legal

WEIGHTINGS = ("log", "tfidf", "bm25")
SIMILARITIES = ("cosine", "jaccard")
_K1 = 1.2


def check_neighbours(neighbours: int, shrinkage: float, similarity: str, weighting: str) -> None:
    """Raise ``InvalidArgument`` for a setting of a neighbour model that is out of range."""
    if neighbours < 1:
        raise InvalidArgument(f"neighbours = {neighbours}; legal: 1 or more")
    if not shrinkage >= 0:
        raise InvalidArgument(f"shrinkage = {shrinkage}; legal: 0 or more")
    if similarity not in SIMILARITIES:
        options = legal(SIMILARITIES, similarity)
        raise InvalidArgument(f"similarity = {similarity!r}; legal: {options}")
    if weighting not in WEIGHTINGS:
        raise InvalidArgument(f"weighting = {weighting!r}; legal: {legal(WEIGHTINGS, weighting)}")


def weighted(
    history: sparse.csr_matrix, weighting: str, item_counts: np.ndarray, n_users: int
) -> sparse.csr_matrix:
    """Entries of a history as a user's profile, where a user is a text and an item a word.

    ``log``: ``log(1 + w)``. ``tfidf``: the same times ``idf_i = log(1 + (N - n_i + ½)/(n_i + ½))``.
    ``bm25``: ``idf_i · w (k1 + 1) / (w + k1)`` with ``k1 = 1.2`` (Robertson & Zaragoza 2009); the
    length of the history cancels, since profiles are compared by their angle.

    Args:
        history: shape ``(users, items)``, summed event weights.
        weighting: one of ``WEIGHTINGS``.
        item_counts: ``n_i``, how many users have each item, shape ``(items,)``.
        n_users: ``N``.

    Returns:
        The same pattern, float32.
    """
    profile = history.log1p() if weighting != "bm25" else history.astype(np.float64)
    if weighting == "bm25":
        profile.data = profile.data * (_K1 + 1) / (profile.data + _K1)
    if weighting != "log":
        idf = np.log1p((n_users - item_counts + 0.5) / (item_counts + 0.5))
        profile.data = profile.data * idf[profile.indices]
    return profile.astype(np.float32)
