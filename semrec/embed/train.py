"""Training of a student's table, in numpy: sums, their gradients, and steps on the rows in use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.embed.features import Bag, features
from semrec.embed.losses import Loss, regression, relational, softmax
from semrec.embed.pairs import PseudoQueries
from semrec.embed.relevance import Relevance
from semrec.embed.settings import AdaptSettings
from semrec.types import Progress, Rows, Vectors

_SMOOTHING = 0.98
_TINY = np.float32(1e-10)


@dataclass(frozen=True)
class Material:
    """What a student learns from.

    Attributes:
        titles: normalised titles of the items.
        pseudo: draws pseudo-queries from them.
        drawn: items that pseudo-queries are drawn from; the others are held out.
        queries: texts, real or not, one for each row of ``judged``.
        judged: what each of them should find, at least one item.
        item_vectors: the teacher's, shape ``(items, dim)``, None without a teacher.
        query_vectors: the teacher's, shape ``(queries, dim)``, zeros where it was not asked; None
            without a teacher.
    """

    titles: Sequence[str]
    pseudo: PseudoQueries
    drawn: Rows
    queries: Sequence[str]
    judged: Relevance
    item_vectors: Vectors | None = None
    query_vectors: Vectors | None = None


class Trainer:
    """Changes a table, step by step, until it fits the material.

    Args:
        table: shape ``(buckets, dim)``, float32; changed in place.
        material: what is learned.
        settings: how.
        rng: decides every draw.
    """

    def __init__(
        self,
        table: Vectors,
        material: Material,
        settings: AdaptSettings,
        rng: np.random.Generator,
    ) -> None:
        self._rows = RowSteps(table)
        self._material = material
        self._settings = settings
        self._rng = rng
        self._buckets = len(table)
        self._queries = features(material.queries, self._buckets)
        self._losses: dict[str, float] = {}

    def run(self, progress: Progress) -> dict[str, float]:
        """Take all steps, the rate falling in a straight line to zero.

        Returns:
            The running mean of each loss at the end.
        """
        batches = list(self._batches())
        for i in progress(range(len(batches)), total=len(batches), label="adapting"):
            queries, pool = batches[i]
            self._step(queries, pool, self._settings.rate * (1 - i / len(batches)))
        return dict(self._losses)

    def _batches(self) -> Iterator[tuple[Rows, Rows]]:
        """Queries, and the items they are compared with: some relevant ones, some others."""
        s, rows = self._settings, self._material.judged.rows
        n_items = len(self._material.titles)
        per_epoch = max(-(-len(rows) // s.batch), -(-n_items // s.pool), 1)
        others = _endless(n_items, self._rng)
        depths = np.minimum((rows >= 0).sum(axis=1), s.drawn_from)
        for _ in range(s.epochs):
            order = self._rng.permutation(len(rows))
            for part in np.array_split(order, per_epoch):
                # The first are the most relevant, and are drawn most often.
                ranks = self._rng.random(len(part)) ** 2 * depths[part]
                relevant = np.unique(rows[part, ranks.astype(np.int64)])
                more = [next(others) for _ in range(max(s.pool - len(relevant), 0))]
                yield part, np.unique(np.concatenate([relevant, np.array(more, np.int64)]))

    def _step(self, queries: Rows, pool: Rows, rate: float) -> None:
        material = self._material
        pairs = material.pseudo.draw(pool, self._rng)
        bag = _joined(
            features([pair.query for pair in pairs], self._buckets),
            features([pair.title for pair in pairs], self._buckets),
            self._queries.take(queries),
        )
        sums = self._rows.sums(bag)
        norms = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), _TINY)
        units = sums / norms
        gradient = self._gradient(units, queries, pool)
        # Only what changes the direction counts.
        gradient -= (gradient * units).sum(axis=1, keepdims=True) * units
        self._rows.update(gradient / norms, rate)

    def _gradient(self, units: Vectors, queries: Rows, pool: Rows) -> Vectors:
        """Of all losses, by the unit vectors of pseudo-queries, titles and queries."""
        s, material, n = self._settings, self._material, len(pool)
        gradient = np.zeros_like(units)
        drawn = np.flatnonzero(np.isin(pool, material.drawn))
        titles, asked = slice(n, 2 * n), slice(2 * n, None)

        def add(name: str, weight: float, loss: Loss, left: slice | Rows) -> None:
            self._note(name, loss.value)
            gradient[left] += np.float32(weight) * loss.left

        own = np.eye(n, dtype=np.float32)[drawn]
        targets = softmax(material.judged.among(queries, pool), s.sharpness)
        for name, weight, left, wanted in (
            ("pseudo-queries", s.contrastive, drawn, own),
            ("queries", s.relational, asked, targets),
        ):
            if not len(wanted):
                continue
            loss = relational(units[left], units[titles], wanted, s.temperature)
            add(name, weight, loss, left)
            gradient[titles] += np.float32(weight) * loss.right
            if material.item_vectors is not None:
                seen = material.item_vectors[pool]
                loss = relational(units[left], seen, wanted, s.temperature)
                add(f"{name} × teacher's titles", weight, loss, left)
        if material.item_vectors is not None:
            loss = regression(units[titles], material.item_vectors[pool])
            add("titles as the teacher's", s.regression, loss, titles)
        if material.query_vectors is not None and len(queries):
            wanted = material.query_vectors[queries]
            told = np.flatnonzero(wanted.any(axis=1))
            if len(told):
                loss = regression(units[asked][told], wanted[told])
                share = len(told) / len(queries)
                add("queries as the teacher's", s.regression * share, loss, 2 * n + told)
        return gradient

    def _note(self, name: str, value: float) -> None:
        before = self._losses.get(name, value)
        self._losses[name] = _SMOOTHING * before + (1 - _SMOOTHING) * value


class RowSteps:
    """Sums of a table's rows, and steps on those that took part.

    A step is the gradient divided by the running root mean square of its row: RMSprop (Tieleman &
    Hinton 2012) with one number a row, as DLRM does for Adagrad (Naumov et al. 2019).
    """

    _DECAY = np.float32(0.9)

    def __init__(self, table: Vectors) -> None:
        self._table = table
        self._squares = np.zeros(len(table), dtype=np.float32)
        self._present: NDArray[np.int64] = np.empty(0, np.int64)
        self._matrix = sparse.csr_matrix((0, 0), dtype=np.float32)
        self._values: Vectors = np.empty((0, table.shape[1]), np.float32)

    def sums(self, bag: Bag) -> Vectors:
        """The sum of each text's rows, shape ``(texts, dim)``."""
        self._present, places = np.unique(bag.ids, return_inverse=True)
        self._matrix = Bag(places.astype(np.int64), bag.offsets).matrix(len(self._present))
        self._values = self._table[self._present]
        return np.asarray(self._matrix @ self._values)

    def update(self, gradient: Vectors, rate: float) -> None:
        """One step down the gradient of the last sums, shape ``(texts, dim)``."""
        slopes = np.asarray(self._matrix.T.tocsr() @ gradient)
        squares = np.einsum("ij,ij->i", slopes, slopes) / slopes.shape[1]
        mean = self._squares[self._present]
        # A row's first gradient stands for those before it, or rare rows would leap.
        mean = np.where(mean > 0, mean * self._DECAY + squares * (1 - self._DECAY), squares)
        self._squares[self._present] = mean
        slopes *= (np.float32(rate) / (np.sqrt(mean) + _TINY))[:, None]
        self._table[self._present] = self._values - slopes


def _joined(*bags: Bag) -> Bag:
    sizes = np.concatenate([bag.sizes for bag in bags])
    ids = np.concatenate([bag.ids for bag in bags])
    return Bag(ids, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64))


def _endless(count: int, rng: np.random.Generator) -> Iterator[int]:
    """The numbers below ``count`` in one random order after another."""
    while True:
        yield from rng.permutation(count)
