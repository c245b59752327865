"""Is a difference real: paired bootstrap intervals, a randomisation test, Holm's correction.

Everything is paired: the systems answered the same questions, and a resample takes the same
questions for all of them. Deterministic given a seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.errors import InvalidArgument

_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with a confidence interval; all NaN where nothing was measured."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better one system is than the baseline.

    Attributes:
        metric, system, baseline: their names.
        difference: mean of the paired differences, with its interval.
        p: of the randomisation test.
        p_holm: the same, corrected for all comparisons of the report.
    """

    metric: str
    system: str
    baseline: str
    difference: Interval
    p: float
    p_holm: float


def intervals(
    values: NDArray[np.float64], resamples: int = 2000, level: float = 0.95, seed: int = 0
) -> list[Interval]:
    """Percentile bootstrap intervals of means (Efron & Tibshirani 1993; Sakai 2006 for retrieval).

    Args:
        values: shape ``(questions, columns)``, float64; a column's NaN are left out of its mean.
            All columns share their resamples, so that they are paired.
        resamples: how many.
        level: share of resamples inside the interval.
        seed: of the resamples.

    Raises:
        InvalidArgument: ``resamples`` is below 1 or ``level`` is not between 0 and 1.
    """
    if resamples < 1 or not 0 < level < 1:
        raise InvalidArgument(f"resamples = {resamples}, level = {level}; legal: 1 or more, 0 to 1")
    n = len(values)
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    rng = np.random.default_rng(seed)
    means = [_means(np.ones((1, n)), filled, known)]
    for size in _sizes(resamples, max(n, 1)):
        drawn = rng.integers(0, max(n, 1), (size, n)) + n * np.arange(size)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n)
        means.append(_means(counts.astype(np.float64), filled, known))
    found = np.concatenate(means)
    # A resample without any known value of a column says nothing about it.
    empty = np.isnan(found[0])
    found[:, empty] = 0.0
    ends = np.nanquantile(found[1:], [(1 - level) / 2, (1 + level) / 2], axis=0)
    rows = np.where(empty, np.nan, np.stack([found[0], *ends]))
    return [Interval(*map(float, column)) for column in rows.T]


def _means(
    weights: NDArray[np.float64], filled: NDArray[np.float64], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Weighted means of the known values, shape ``(resamples, columns)``."""
    total = weights @ known.astype(np.float64)
    return np.asarray((weights @ filled) / np.where(total > 0, total, np.nan))


def randomisation_test(
    differences: NDArray[np.float64], resamples: int = 2000, seed: int = 0
) -> float:
    """Two-sided p of a mean difference: how often random signs give one as large (Smucker,
    Allan & Carterette 2007). The observed signs count as one resample, so p is never 0.

    Args:
        differences: per question, shape ``(questions,)``, without NaN.
        resamples: random assignments of signs.
        seed: of the signs.
    """
    n = len(differences)
    if not n or not differences.any():
        return 1.0
    rng = np.random.default_rng(seed)
    observed = abs(differences.sum()) * (1 - 1e-12)
    larger = 0
    for size in _sizes(resamples, n):
        signs = rng.integers(0, 2, (size, n), dtype=np.int8) * 2.0 - 1
        larger += int((np.abs(signs @ differences) >= observed).sum())
    return (larger + 1) / (resamples + 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """Step-down correction that keeps the family-wise error (Holm 1979).

    The i-th smallest p is multiplied by ``m - i + 1``; the results never fall and stay below 1.
    """
    m = len(p_values)
    order = np.argsort(p_values, kind="stable")
    scaled = np.asarray(p_values, dtype=np.float64)[order] * (m - np.arange(m))
    corrected = np.empty(m)
    corrected[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return corrected.tolist()


def _sizes(resamples: int, n: int) -> Iterator[int]:
    """Resamples in blocks that fit into memory."""
    block = max(_CELLS_AT_ONCE // n, 1)
    for start in range(0, resamples, block):
        yield min(block, resamples - start)
