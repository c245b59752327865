"""Which kind of dense index a catalog gets, and how hard it must search."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.errors import InvalidArgument
from semrec.index.ann import CODECS, Lists
from semrec.index.dense_parts import Exact, Part
from semrec.index.dense_sketch import sketch_bytes
from semrec.index.topk import top_k
from semrec.types import Hits, Rows, Vectors

_log = logging.getLogger(__name__)

K = 10
"""Recall is measured over so many neighbours."""
_QUERIES = 300
_BLOCK = 50_000
"""Vectors compared at once: 80 MB of float32 at 384 dimensions."""
_FIRST_EFFORT = 16
_EXACT = 0.05
"""How much of an effort may be too much: at a million, a twentieth is a tenth of a millisecond."""
_ERRORS = 3
"""Standard errors by which a measured recall must lie above the one asked for: an effort chosen
among several as the least that does looks better on its own queries than on others."""
_ITEM, _OTHER, _NOISE = 0.7, 0.3, 0.5
"""What a made-up query is the sum of; see :func:`sampled_queries`."""
_TIE = 1e-6
"""Cosines that differ by less are equal but for rounding."""


@dataclass(frozen=True)
class DensePlan:
    """What is asked of a dense index.

    Attributes:
        recall: share of the true ten nearest that an approximate search must find, 0 … 1.
        memory_mb: what the index may keep in memory; more makes larger catalogs fit exactly.
        exact_up_to: so many items are compared one by one; 50,000 take 5 ms at 384 dimensions.
        seed: of everything random.
    """

    recall: float = 0.95
    memory_mb: int = 4096
    exact_up_to: int = 50_000
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.recall <= 1:
            raise InvalidArgument(f"dense recall {self.recall}; legal: above 0, up to 1")
        if self.memory_mb < 1 or self.exact_up_to < 0:
            raise InvalidArgument(
                f"memory of {self.memory_mb} MB, exact up to {self.exact_up_to} items; "
                "legal: at least 1 MB, 0 items"
            )


@dataclass(frozen=True)
class Measured:
    """What was built, for the manifest.

    Attributes:
        kind: the kind of the part.
        recall: share of the true ten nearest, or their twins, found over the queries; 1 for an
            exact index.
        error: standard error of ``recall``.
        effort: lists that a search looks through; 0 for an exact index.
        queries: how many queries measured it.
    """

    kind: str
    recall: float
    error: float
    effort: int
    queries: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def planned(
    vectors: NDArray[Any], plan: DensePlan, queries: Vectors | None = None
) -> tuple[Part, Rows, Measured]:
    """Build the part that a catalog of this size gets, and say which vector stands where in it.

    The rule: exact up to ``plan.exact_up_to`` items. Above, lists over codes of 8 bits, whose
    effort is the least that is measured to reach the recall asked for; if none does, codes of 16
    bits; if that is not enough, exact. Whatever needs more than ``plan.memory_mb`` is left out.
    If no lists that fit reach the recall, the best ones stand, and a warning says so.

    Args:
        vectors: shape ``(items, dim)``, any float type, finite; may be a mapped file.
        plan: what is asked.
        queries: unit vectors to measure by, shape ``(n, dim)``; where there are few, others are
            made up beside them.

    Returns:
        The part; the number of the vector at each of its positions, shape ``(items,)``; figures.

    Raises:
        InvalidArgument: nothing fits into the memory.
    """
    count, dim = vectors.shape
    exactly = np.arange(count), Measured("exact", 1.0, 0.0, 0, 0)
    exact_fits = memory_of(count, dim, None) <= plan.memory_mb
    if count <= plan.exact_up_to and exact_fits:
        return Exact.build(vectors), *exactly
    queries = _enough(queries, vectors, plan.seed)
    truth = right_answers(vectors, queries, K)
    best: tuple[Lists, Rows, Measured] | None = None
    for codec in CODECS:
        if memory_of(count, dim, codec) > plan.memory_mb:
            continue
        lists, order = Lists.build(vectors, codec, plan.seed)
        place_of = np.argsort(order)
        found = tuned(lists, queries, [place_of[rows] for rows in truth], plan.recall)
        if best is None or found.recall > best[2].recall:
            best = lists, order, found
        if _sure(found, plan.recall):
            return best
    if exact_fits:
        return Exact.build(vectors), *exactly
    if best is None:
        least = memory_of(count, dim, CODECS[0])
        raise InvalidArgument(
            f"{count} vectors of {dim} numbers in {plan.memory_mb} MB; legal: {least} MB or more"
        )
    _log.warning("dense recall@%d is %.3f, asked: %.3f", K, best[2].recall, plan.recall)
    return best


def _enough(queries: Vectors | None, vectors: NDArray[Any], seed: int) -> Vectors:
    """Queries that measure a recall to a percent: by one alone it is anything, and looks sure."""
    given = np.empty((0, vectors.shape[1]), dtype=np.float32) if queries is None else queries
    missing = _QUERIES - len(given)
    if missing <= 0:
        return given
    return np.concatenate([given, sampled_queries(vectors, missing, seed)])


def memory_of(count: int, dim: int, codec: str | None) -> int:
    """Megabytes that a part keeps in memory.

    Args:
        count, dim: of the vectors.
        codec: of the lists; None for an exact part.
    """
    if codec is None:
        return -(-count * dim * 4 // 10**6)
    sketch = sketch_bytes(dim) + 24  # numbers of the items in the lists, and of their rows
    return -(-count * (dim * (1 + CODECS.index(codec)) + sketch) // 10**6)


def tuned(lists: Lists, queries: Vectors, truth: Sequence[Rows], recall: float) -> Measured:
    """Give lists the least effort that is sure to find enough, found by halving.

    Args:
        lists: are changed.
        queries, truth: unit vectors, and the positions of the right answers of each.
        recall: what is asked.
    """

    def tried(effort: int) -> Measured:
        lists.effort = effort
        share, error = measured_recall(lists, queries, truth)
        return Measured(lists.kind, share, error, effort, len(queries))

    most = lists.most_effort
    low, found = 0, tried(min(_FIRST_EFFORT, most))
    while not _sure(found, recall) and found.effort < most:
        low, found = found.effort, tried(min(2 * found.effort, most))
    while low and _sure(found, recall) and found.effort - low > max(1, found.effort * _EXACT):
        middle = tried((low + found.effort) // 2)
        if _sure(middle, recall):
            found = middle
        else:
            low = middle.effort
    lists.effort = found.effort
    return found


def _sure(found: Measured, recall: float) -> bool:
    """If the recall is reached on other queries as well, by all that chance allows."""
    return found.recall - _ERRORS * found.error >= recall


def measured_recall(part: Part, queries: Vectors, truth: Sequence[Rows]) -> tuple[float, float]:
    """Mean share of right answers among the first ten of a part, and its standard error.

    Args:
        part, queries: what searches for which unit vectors.
        truth: the positions of the right answers of each, as :func:`right_answers` gives them.
    """
    k = min(K, len(part))
    shares = [
        np.isin(part.search(query, k).rows, right).sum() / k
        for query, right in zip(queries, truth, strict=True)
    ]
    return float(np.mean(shares)), float(np.std(shares) / np.sqrt(len(shares)))


def right_answers(vectors: NDArray[Any], queries: Vectors, k: int) -> list[Rows]:
    """The ``k`` nearest of each query, and whatever is as near as the last of them.

    Twins are as right as each other. Of 172,701 book titles a fifth occurs again: by row numbers,
    no graph ever found .95, where by nearness one finds .97.

    Args:
        vectors, queries: shapes ``(items, dim)`` and ``(n, dim)``; unit vectors.
        k: how many at least.

    Returns:
        Rows of each query, ascending.
    """
    last = exact_neighbours(vectors, queries, k)[:, -1]
    least = np.einsum("ij,ij->i", np.asarray(vectors[last], dtype=np.float32), queries) - _TIE
    pairs = []
    for start in range(0, len(vectors), _BLOCK):
        block = np.asarray(vectors[start : start + _BLOCK], dtype=np.float32)
        which, row = np.nonzero(queries @ block.T >= least[:, np.newaxis])
        pairs.append((which, row + start))
    asked, rows = (np.concatenate(each) for each in zip(*pairs, strict=True))
    return [rows[asked == number] for number in range(len(queries))]


def exact_neighbours(vectors: NDArray[Any], queries: Vectors, k: int) -> NDArray[np.int64]:
    """The true nearest of each query, best first, shape ``(queries, min(k, items))``, in blocks."""
    best = [Hits.empty()] * len(queries)
    for start in range(0, len(vectors), _BLOCK):
        block = np.asarray(vectors[start : start + _BLOCK], dtype=np.float32)
        rows = np.arange(start, start + len(block))
        for i, scores in enumerate(queries @ block.T):
            near = top_k(scores, k, rows)
            best[i] = Hits(
                np.concatenate([best[i].rows, near.rows]),
                np.concatenate([best[i].scores, near.scores]),
            ).top(k)
    return np.stack([hits.rows for hits in best])


def sampled_queries(vectors: NDArray[Any], count: int, seed: int) -> Vectors:
    """Queries made up from items: unit vectors of shape ``(count, dim)``.

    Items' own vectors are found too easily. Each query is 0.7 of one item, 0.3 of another, and
    noise of length 0.5 in any direction. Over 100,000 vectors of multilingual-e5-small, a graph
    finds as much of the neighbours of these as of those of real queries from a log, at every
    effort (64, 138, 266: .914, .953, .970; real ones .911, .953, .973); with the noise alone it
    finds more (.986, .990, .991), with halves of two items less (.782, .844, .904).
    """
    rng = np.random.default_rng(seed)
    one, other = rng.integers(len(vectors), size=(2, count))
    noise = rng.standard_normal((count, vectors.shape[1])).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    mixed = _ITEM * _at(vectors, one) + _OTHER * _at(vectors, other) + _NOISE * noise
    queries: Vectors = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return queries


def _at(vectors: NDArray[Any], rows: NDArray[np.int64]) -> Vectors:
    chosen: Vectors = np.asarray(vectors[rows], dtype=np.float32)
    return chosen
