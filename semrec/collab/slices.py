"""Which part of a test is about newcomers: figures over everybody hide them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

USER_SLICES = {"new user": (0, 0), "1-5 events": (1, 5), "known user": (6, None)}
ITEM_SLICES = {"new item": (0, 0), "1-2 users": (1, 2), "known item": (3, None)}


def slices(
    history: sparse.csr_matrix, relevance: sparse.csr_matrix
) -> Iterator[tuple[str, sparse.csr_matrix]]:
    """The test as a whole, and the parts of it about users and items of whom little was known.

    Args:
        history: training, users × items; how many items a user and users an item has there decides.
        relevance: test, of the same shape.

    Yields:
        The name of each slice and its part of ``relevance``, of the same shape; a figure over it is
        a mean over the users that have something left. A slice may be empty.
    """
    yield "all", relevance
    users = np.diff(history.indptr)
    items = np.bincount(history.indices, minlength=history.shape[1])
    for name, (low, high) in USER_SLICES.items():
        inside = (users >= low) & (users <= (high if high is not None else users.max(initial=0)))
        yield name, _part(sparse.diags_array(inside.astype(np.float32)) @ relevance)
    for name, (low, high) in ITEM_SLICES.items():
        inside = (items >= low) & (items <= (high if high is not None else items.max(initial=0)))
        yield name, _part(relevance @ sparse.diags_array(inside.astype(np.float32)))


def _part(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    part = sparse.csr_matrix(matrix)
    part.eliminate_zeros()
    return part
