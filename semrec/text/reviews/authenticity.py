"""Hints that reviews are not what buyers wrote; they weigh less, and none is thrown away."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from semrec.text.normalise import normalise
from semrec.text.reviews.features import gram_matrix

_LETTERS = re.compile(r"\W+")
_SHORT = 8
"""Letters; shorter texts (很好, 不错) are alike by chance."""
_ALIKE = 0.8
"""Jaccard similarity of character n-grams from which two texts are taken as one."""
_BITS = 16
_GRAMS = 2
_DAY = 86_400.0
_SURPRISE = 1e-6
"""Probability below which a day's number of reviews is no chance."""
_MOST_PAIRS = 2000
"""Reviews of one item that are compared with each other; of more, only equal ones are found."""


def review_weights(
    items: NDArray[np.int64], frame: pd.DataFrame, n_items: int
) -> NDArray[np.float32]:
    """How much each review counts, in (0, 1].

    Near-duplicates of one item count as one voice together, so do several reviews of an item by
    one user. A day with far more reviews of an item than its share of the shop's reviews on that
    day explains (a sale brings reviews to all) counts as the expected number.

    Args:
        items: row of the item of each review, shape ``(reviews,)``.
        frame: ``semrec.data.reviews.Reviews.frame``.
        n_items: items of the catalog.

    Returns:
        Shape ``(reviews,)``, float32.
    """
    voices = np.minimum(_copies(items, frame), _by_user(items, frame))
    return np.asarray(voices * _bursts(items, frame, n_items), dtype=np.float32)


def _copies(items: NDArray[np.int64], frame: pd.DataFrame) -> NDArray[np.float64]:
    """One over the number of near-duplicates of each review among those of its item."""
    letters = [_LETTERS.sub("", normalise(text)) for text in frame["text"]]
    numbers = pd.factorize(pd.Series(letters, dtype="str"))[0].astype(np.int64)
    weights = np.ones(len(items))
    long = np.array([len(text) >= _SHORT for text in letters], dtype=np.bool_)
    for rows in _groups(items[long], np.flatnonzero(long)):
        if len(rows) < 2:
            continue
        if len(rows) > _MOST_PAIRS:
            _, group, counts = np.unique(numbers[rows], return_inverse=True, return_counts=True)
            weights[rows] = 1 / counts[group]
        else:
            weights[rows] = 1 / _likes([letters[row] for row in rows])
    return weights


def _likes(texts: list[str]) -> NDArray[np.float64]:
    """How many of the texts are like each, itself included."""
    grams = gram_matrix(texts, _GRAMS, _BITS)
    shared = (grams @ grams.T).tocoo()
    sizes = np.diff(grams.indptr)
    union = sizes[shared.row] + sizes[shared.col] - shared.data
    alike = shared.data >= _ALIKE * union
    linked = sparse.coo_matrix(
        (np.ones(alike.sum()), (shared.row[alike], shared.col[alike])), shape=shared.shape
    )
    return np.asarray(linked.sum(axis=1), dtype=np.float64).ravel()


def _by_user(items: NDArray[np.int64], frame: pd.DataFrame) -> NDArray[np.float64]:
    """One over the number of reviews that a known user wrote of an item."""
    users = frame["user_id"].to_numpy()
    pairs = pd.DataFrame({"item": items, "user": users})
    counts = pairs.groupby(["item", "user"])["item"].transform("size").to_numpy()
    return np.where(users == "", 1.0, 1 / counts)


def _bursts(items: NDArray[np.int64], frame: pd.DataFrame, n_items: int) -> NDArray[np.float64]:
    """Expected over actual number of reviews of an item on a day, where that is no chance."""
    from scipy.special import pdtrc

    seconds = frame["timestamp"].to_numpy(dtype=np.float64)
    weights = np.ones(len(items))
    timed = np.flatnonzero(np.isfinite(seconds))
    if not len(timed):
        return weights
    days = np.floor(seconds[timed] / _DAY).astype(np.int64)
    days -= days.min()
    span = int(days.max()) + 1
    rows = items[timed]
    cells, inverse, counts = np.unique(rows * span + days, return_inverse=True, return_counts=True)
    item, day = cells // span, cells % span
    totals = np.bincount(rows, minlength=n_items)[item]
    others = len(timed) - totals
    # The others' share of this day; half of it even, for a shop whose reviews are few.
    busy = (np.bincount(days, minlength=span)[day] - counts) / np.maximum(others, 1)
    active = len(np.unique(days))
    expected = np.maximum(totals * (busy + 1 / active) / 2, 1.0)
    sudden = (pdtrc(counts - 1, expected) < _SURPRISE) & (active > 1)
    weights[timed] = np.where(sudden, expected / counts, 1.0)[inverse]
    return weights


def _groups(keys: NDArray[np.int64], rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order])) + 1
    return np.split(rows[order], starts) if len(rows) else []
