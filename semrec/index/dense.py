"""Nearest neighbours by inner product, in FAISS, with updates that are visible at once.

One large part that never changes, made by :mod:`semrec.index.dense_plan`, and a short tail of the
vectors that were added or replaced since, compared one by one. An update makes a new index that
shares the large part with the old one, so that readers of the old one go on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.errors import InvalidArgument
from semrec.index.ann import Lists
from semrec.index.dense_files import load, save
from semrec.index.dense_parts import Exact, Part, checked_query, checked_vectors
from semrec.index.dense_plan import DensePlan, Measured, planned
from semrec.index.dense_rows import NOWHERE, RowMap
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Scores, Vectors

_MERGE_FROM = 0.1
"""From this share of the main part on, the tail is merged into it …"""
_LONGEST_TAIL = 20_000
"""… and in any case from this length on: comparing it takes as long as searching a million."""
_MOST_DEAD = 0.2
"""Lists in which more is dead are built anew."""
_SPARE = 8
"""Hits that are fetched beyond one and a half of ``k``, in case some are dead."""
_BLOCK = 20_000


class DenseIndex:
    """Unit vectors by row, so that the inner product is the cosine.

    A row without a vector (deleted, or its vector was all zero) is never found, scores 0, and
    reads back as zeros.

    Args:
        main: the large part.
        rows: which row stands at which position of ``main`` and then ``tail``.
        tail: unit vectors, shape ``(n, dim)``.
        plan: what was asked of the index; it rules merging.
        measured: what was built, for the manifest; None if that is not known.
    """

    def __init__(
        self,
        main: Part,
        rows: RowMap,
        tail: Vectors,
        plan: DensePlan,
        measured: Measured | None = None,
    ) -> None:
        self._main = main
        self._rows = rows
        self._tail = tail
        self._plain = rows.plain and len(tail) == 0
        self.plan = plan
        self.measured = measured

    @classmethod
    def build(
        cls,
        vectors: NDArray[Any],
        plan: DensePlan | None = None,
        queries: Vectors | None = None,
    ) -> DenseIndex:
        """Index unit vectors; row i is vector i.

        Args:
            vectors: shape ``(items, dim)``, any float type; may be a mapped file, read in blocks.
            plan: what is asked of the index; None means the defaults.
            queries: unit vectors by which recall is measured; fewer than 300 are completed by ones
                made up from the items.

        Raises:
            InvalidArgument: a number is not finite, or the memory of the plan is too small.
        """
        plan = plan or DensePlan()
        if vectors.ndim != 2 or vectors.shape[1] == 0:
            raise InvalidArgument(f"vectors of shape {vectors.shape}; legal: (items, dim)")
        held = np.ones(len(vectors), dtype=np.bool_)
        for start in range(0, len(vectors), _BLOCK):
            held[start : start + _BLOCK] = checked_vectors(vectors[start : start + _BLOCK], start)
        main, row_of, measured = planned(vectors, plan, queries)
        row_of[~held[row_of]] = NOWHERE
        rows = RowMap(row_of, len(vectors))
        return cls(main, rows, _no_vectors(main.dim), plan, measured)

    def __len__(self) -> int:
        """How many rows there are, those of deleted items included."""
        return len(self._rows)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._main.dim

    @property
    def kind(self) -> str:
        """``exact``, ``lists over 8 bits`` or ``lists over 16 bits``."""
        return self._main.kind

    @property
    def live(self) -> Mask:
        """The rows that hold a vector, shape ``(rows,)``."""
        return self._rows.live

    # ---- search ------------------------------------------------------------------------------

    def search(self, query: NDArray[Any], k: int, allowed: Mask | None = None) -> Hits:
        """The ``k`` allowed items nearest to a vector of shape ``(dim,)``, ranked.

        A filter is applied inside the search: ``k`` are found wherever ``k`` are allowed. A query
        of zeros is near nothing.

        Raises:
            InvalidArgument: the query or the mask has another shape, or a number is not finite.
        """
        query = checked_query(query, self.dim)
        self._check_mask(allowed)
        if k <= 0 or not query.any():
            return Hits.empty()
        if self._plain:
            return self._main.search(query, k, allowed)
        found = self._search_main(query, k, allowed)
        if len(self._tail):
            more = self._search_tail(query, k, allowed)
            rows = np.concatenate([found.rows, more.rows])
            found = Hits(rows, np.concatenate([found.scores, more.scores]))
        return found.top(k)

    def _search_main(self, query: NDArray[np.float32], k: int, allowed: Mask | None) -> Hits:
        border = len(self._main)
        if allowed is None and not self._rows.whole:
            # Some more than k, and the dead among them dropped: cheaper than a mask over all.
            hits = self._main.search(query, k + k // 2 + _SPARE)
            rows = self._rows.row_of[hits.rows]
            live = rows != NOWHERE
            if np.count_nonzero(live) >= k:
                return Hits(rows[live], hits.scores[live])
        hits = self._main.search(query, k, self._rows.allowed(allowed, 0, border))
        return Hits(self._rows.row_of[hits.rows], hits.scores)

    def _search_tail(self, query: NDArray[np.float32], k: int, allowed: Mask | None) -> Hits:
        border = len(self._main)
        mask = self._rows.allowed(allowed, border, border + len(self._tail))
        scores = self._tail @ query
        rows = self._rows.row_of[border:]
        return top_k(scores, k, rows) if mask is None else top_k(scores[mask], k, rows[mask])

    def score_rows(self, query: NDArray[Any], rows: Rows) -> Scores:
        """The cosine of each given item with a unit vector of shape ``(dim,)``."""
        query = checked_query(query, self.dim)
        scores = np.empty(len(rows), dtype=np.float32)
        for start in range(0, len(rows), _BLOCK):
            scores[start : start + _BLOCK] = self.reconstruct(rows[start : start + _BLOCK]) @ query
        return scores

    def reconstruct(self, rows: Rows) -> Vectors:
        """The vectors of some rows as the index scores them, shape ``(len(rows), dim)``, a copy.

        Raises:
            InvalidArgument: there is no such row.
        """
        rows = np.asarray(rows, dtype=np.int64)
        self._check_rows(rows)
        if self._plain:
            return self._main.reconstruct(rows)
        positions = self._rows.position_of[rows]
        border = len(self._main)
        if len(rows) == 0 or (positions.min() >= 0 and positions.max() < border):
            return self._main.reconstruct(positions)
        in_main, in_tail = (positions != NOWHERE) & (positions < border), positions >= border
        vectors = np.zeros((len(rows), self.dim), dtype=np.float32)
        vectors[in_main] = self._main.reconstruct(positions[in_main])
        vectors[in_tail] = self._tail[positions[in_tail] - border]
        return vectors

    @property
    def vectors(self) -> Vectors:
        """All vectors by row, shape ``(rows, dim)``: a view where the index is exact, else a copy.

        A large index should be asked for some rows only: :meth:`reconstruct`.
        """
        if isinstance(self._main, Exact) and self._plain:
            return self._main.vectors
        return self.reconstruct(np.arange(len(self)))

    # ---- updates -----------------------------------------------------------------------------

    def upsert(self, rows: Rows, vectors: NDArray[Any]) -> DenseIndex:
        """The index with vectors added or replaced; this one stays as it is.

        A small exact index is merged at once when its tail has grown long; lists are not, since
        that takes seconds: :attr:`merge_due` says when.

        Args:
            rows: row of each vector, unique, shape ``(n,)``; a row from ``len(index)`` on is new.
            vectors: unit vectors, shape ``(n, dim)``.

        Raises:
            InvalidArgument: a row is negative or repeated, the shape is another one, or a number
                is not finite.
        """
        rows = np.asarray(rows, dtype=np.int64)
        if len(np.unique(rows)) != len(rows) or (len(rows) and rows.min() < 0):
            raise InvalidArgument("rows of an update must be unique and 0 or more")
        if vectors.shape != (len(rows), self.dim):
            raise InvalidArgument(
                f"vectors of shape {vectors.shape}; legal: ({len(rows)}, {self.dim})"
            )
        held = checked_vectors(vectors)
        rest = self.delete(rows[rows < len(self)])
        size = max(len(self), int(rows.max(initial=-1)) + 1)
        tail = np.concatenate([rest._tail, vectors[held].astype(np.float32)])
        row_of = np.concatenate([rest._rows.row_of, rows[held]])
        index = DenseIndex(self._main, RowMap(row_of, size), tail, self.plan, self.measured)
        stays_exact = isinstance(self._main, Exact) and size <= self.plan.exact_up_to
        return index.merged() if stays_exact and index.merge_due else index

    def delete(self, rows: Rows) -> DenseIndex:
        """The index without the vectors of some rows; their row numbers stay, and find nothing.

        Raises:
            InvalidArgument: there is no such row.
        """
        rows = np.asarray(rows, dtype=np.int64)
        self._check_rows(rows)
        left = self._rows.without(rows)
        border = len(self._main)
        kept = left.row_of[border:] != NOWHERE
        row_of = np.concatenate([left.row_of[:border], left.row_of[border:][kept]])
        return DenseIndex(
            self._main, RowMap(row_of, len(self)), self._tail[kept], self.plan, self.measured
        )

    def only(self, rows: Rows) -> DenseIndex:
        """The index of some rows alone: row ``rows[i]`` of this one becomes row ``i``.

        Raises:
            InvalidArgument: there is no such row.
        """
        self._check_rows(rows)
        positions = len(self._main) + len(self._tail)
        kept = RowMap.at(self._rows.position_of[rows], positions)
        return DenseIndex(self._main, kept, self._tail, self.plan, self.measured)

    @property
    def merge_due(self) -> bool:
        """If the tail, or what is dead in the main part, has grown so that merging pays."""
        longest = min(_LONGEST_TAIL, _MERGE_FROM * len(self._main))
        return len(self._tail) > longest or (
            isinstance(self._main, Lists) and self._dead() > _MOST_DEAD
        )

    def merged(self) -> DenseIndex:
        """One main part again, and no tail.

        The tail is added to a copy of lists. Lists with too many dead vectors, and an
        exact index, are built anew from the vectors as they are stored.
        """
        if self._plain:
            return self
        if isinstance(self._main, Lists) and self._dead() <= _MOST_DEAD:
            grown = self._main.extended(self._tail) if len(self._tail) else self._main
            nothing = _no_vectors(self.dim)
            return DenseIndex(grown, self._rows, nothing, self.plan, self.measured)
        rows = np.flatnonzero(self.live)
        # Half the bytes while lists are built; its codes are coarser than that.
        kept = np.float32 if len(rows) <= self.plan.exact_up_to else np.float16
        vectors = np.empty((len(rows), self.dim), dtype=kept)
        for start in range(0, len(rows), _BLOCK):
            vectors[start : start + _BLOCK] = self.reconstruct(rows[start : start + _BLOCK])
        main, order, measured = planned(vectors, self.plan)
        row_map = RowMap(rows[order], len(self))
        return DenseIndex(main, row_map, _no_vectors(self.dim), self.plan, measured)

    def _dead(self) -> float:
        """Share of the main part that is no longer true."""
        border = len(self._main)
        held = np.count_nonzero(self._rows.row_of[:border] != NOWHERE)
        return 1 - held / max(border, 1)

    # ---- persistence -------------------------------------------------------------------------

    def save(self, path: Path) -> None:
        """Write the FAISS file ``path``; after updates also ``.rows.npy`` and ``.tail.npy`` files.

        The main part is written as it is: merging is a decision of its own.
        """
        save(path, self._main, self._rows, self._tail)

    @classmethod
    def load(
        cls, path: Path, plan: DensePlan | None = None, measured: Measured | None = None
    ) -> DenseIndex:
        """Map the files that :meth:`save` wrote.

        Args:
            path: the FAISS file; others stand beside it.
            plan: how the index is merged, from then on.
            measured: what was measured at build time.

        Raises:
            IndexCorrupt: FAISS cannot read the file, it is of another kind, or the files do not
                fit together.
            NotAnIndex: the file holds the graph of an earlier semrec.
        """
        return cls(*load(path), plan or DensePlan(), measured)

    def _check_mask(self, allowed: Mask | None) -> None:
        if allowed is not None and allowed.shape != (len(self),):
            raise InvalidArgument(f"a mask of shape {allowed.shape}; legal: ({len(self)},)")

    def _check_rows(self, rows: Rows) -> None:
        if len(rows) and (rows.min() < 0 or rows.max() >= len(self)):
            raise InvalidArgument(f"rows {rows.min()}..{rows.max()}; legal: 0..{len(self) - 1}")


def _no_vectors(dim: int) -> Vectors:
    return np.empty((0, dim), dtype=np.float32)
