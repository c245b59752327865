"""Training of a student's table, in numpy: sums, their gradients, and steps on the rows in use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from semrec.embed.features import Bag, features
from semrec.embed.losses import Loss, listwise, regression, relational, softmax
from semrec.embed.pairs import PseudoQueries
from semrec.embed.relevance import Relevance
from semrec.embed.row_steps import RowSteps
from semrec.embed.settings import AdaptSettings
from semrec.embed.vectors import unit
from semrec.types import Progress, Rows, Vectors

_SMOOTHING = 0.98
_TINY = np.float32(1e-10)
_RENEWED, _RENEWED_PER_STEP = 100, 128
"""The student's vectors of all titles are renewed every so many steps, or less often where that
would be more titles a step."""


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
        self._table = table
        self._rows = RowSteps(table)
        self._material = material
        self._settings = settings
        self._rng = rng
        self._buckets = len(table)
        self._queries = features(material.queries, self._buckets)
        self._titles = features(material.titles, self._buckets)
        self._offered = np.empty((0, table.shape[1]), np.float32)
        self._losses: dict[str, float] = {}

    def run(self, progress: Progress) -> dict[str, float]:
        """Take all steps, the rate falling in a straight line to zero.

        Returns:
            The running mean of each loss at the end.
        """
        batches = list(self._batches())
        every = max(_RENEWED, len(self._titles) // _RENEWED_PER_STEP)
        for i in progress(range(len(batches)), total=len(batches), label="adapting"):
            queries, pool = batches[i]
            if i % every == 0 and len(self._material.queries):
                self._offered = unit(np.asarray(self._titles.matrix(self._buckets) @ self._table))
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
        drawn = self._rng.permutation(drawn)[: s.contrasted]
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
        for side, offered in (("", self._offered), (" × teacher's", material.item_vectors)):
            if offered is not None and len(queries):
                listed = self._against_candidates(units[asked], queries, offered)
                add(f"candidates{side}", s.listwise, listed, asked)
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

    def _against_candidates(self, units: Vectors, queries: Rows, offered: Vectors) -> Loss:
        judged = self._material.judged
        rows, scores = judged.rows[queries], judged.scores[queries]
        # Where there is no candidate, exp makes an exact zero.
        targets = softmax(
            np.where(rows >= 0, scores, np.float32(-np.inf)), self._settings.sharpness
        )
        return listwise(units, offered[np.maximum(rows, 0)], targets, self._settings.temperature)

    def _note(self, name: str, value: float) -> None:
        before = self._losses.get(name, value)
        self._losses[name] = _SMOOTHING * before + (1 - _SMOOTHING) * value


def _joined(*bags: Bag) -> Bag:
    sizes = np.concatenate([bag.sizes for bag in bags])
    ids = np.concatenate([bag.ids for bag in bags])
    return Bag(ids, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64))


def _endless(count: int, rng: np.random.Generator) -> Iterator[int]:
    """The numbers below ``count`` in one random order after another."""
    while True:
        yield from rng.permutation(count)
