"""Approximate nearest neighbours for large catalogs: inverted lists of sketches, ranked again.

A catalog is divided into ``√n / 2`` lists, each around one direction (k-means on the sphere;
Sivic & Zisserman 2003). A search takes the lists nearest to the query, compares the sketches of
their items (:mod:`semrec.index.dense_sketch`), and ranks the best of those by codes of one byte a
number: FAISS's scalar quantiser, eight bits between ``mean - 4 σ`` and ``mean + 4 σ``. At 384
dimensions that is 457 bytes an item.

A graph (HNSW) over the same codes takes 640 bytes; over 100,000 vectors it takes about twice as
long to search at the same recall, and nearly three times as long to build: each step of a walk
waits for memory, a list is read in one go.

Rounding has many ways to go, so each vector is moved a little along the mean direction until its
codes lose nothing there. It costs no byte and no time of a search; on 100,000 e5 vectors, comparing
all codes finds .990 of the true ten nearest instead of .982.

The codes stand in the order of the positions, so that any item's vector is read back at once, and
a filter that leaves few items is answered by comparing just those.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.index.dense_parts import faiss_hits, faiss_module, floats, selector
from semrec.index.dense_sketch import Sketch
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Vectors

_RANKED = 600
"""Best sketches that are ranked again at least …"""
_PER_HIT = 3
"""… and for each hit asked for."""
_ONE_BY_ONE = 11
"""FAISS's way through the lists for a single query; its default is for batches, 8 % slower."""
_ROUNDS = 8
"""Rounds of k-means."""
_SIGMAS = 4.0
"""Half the range of the quantiser in standard deviations; 3 clips too much, 5 is too coarse."""
_SHIFTS = 8
"""Tries for each vector to lose nothing along the mean; 4 give .986, 16 no more than 8."""
_TRAINING = 60_000
"""Vectors that everything is learnt from."""
_BLOCK = 20_000
"""Vectors added at once, and held as float32 meanwhile: 30 MB at 384 dimensions."""
_QUICK = 125
"""Sketches compared in lists, those of a filter skipped, in the time of one vector at any place."""
CODECS = ("8 bits", "16 bits")
"""How a number is stored, in the order in which they are tried."""
_KIND = "lists over {}"


class Lists:
    """Inverted lists of sketches, and scalar-quantised vectors.

    Args:
        index: a ``faiss.IndexRefine`` as :meth:`build` makes it, in memory or mapped from a file.
    """

    def __init__(self, index: Any) -> None:
        faiss = faiss_module()
        self._index = index
        self._codes: Any = faiss.downcast_index(index.refine_index)
        self._turned: Any = faiss.downcast_index(index.base_index)
        self._lists: Any = faiss.downcast_index(self._turned.index)
        self._lists.implem = _ONE_BY_ONE

    @classmethod
    def build(
        cls, vectors: NDArray[Any], codec: str = CODECS[0], seed: int = 0
    ) -> tuple[Lists, Rows]:
        """Divide and code vectors on one thread, so that a seed gives one index.

        Args:
            vectors: shape ``(items, dim)``, any float type; a mapped file is read in blocks.
            codec: one of :data:`CODECS`.
            seed: of the sample that everything is learnt from, and of k-means.

        Returns:
            The lists, and the number of the vector at each position, shape ``(items,)``: items of
            one list stand near each other in memory.
        """
        count, dim = vectors.shape
        chosen = np.sort(np.random.default_rng(seed).permutation(count)[:_TRAINING])
        sample = floats(vectors[chosen]) if count else np.zeros((1, dim), dtype=np.float32)
        with _one_thread():
            sketch = Sketch.fit(sample, seed)
            middles = _middles(sketch.rows(sample), number_of_lists(count), seed)
            lists = cls(_empty(sketch, middles, _scalar(sample, codec)))
            list_of = np.empty(count, dtype=np.int64)
            for start in range(0, count, _BLOCK):
                block = floats(vectors[start : start + _BLOCK]) @ sketch.turn
                list_of[start : start + _BLOCK] = middles.search(block, 1)[1][:, 0]
            order = np.argsort(list_of, kind="stable")
            lists._add(vectors, order)
        return lists, order

    def extended(self, vectors: NDArray[Any]) -> Lists:
        """A copy with more vectors at the end; numbers outside the trained ranges are clipped."""
        faiss = faiss_module()
        # A clone of a mapped index would still be mapped, and must not grow.
        written, read = faiss.VectorIOWriter(), faiss.VectorIOReader()
        faiss.write_index(self._index, written)
        read.data.swap(written.data)
        copy = Lists(faiss.read_index(read))
        with _one_thread():
            copy._add(vectors, np.arange(len(vectors)))
        return copy

    def _add(self, vectors: NDArray[Any], order: Rows) -> None:
        """Add ``vectors[order]``."""
        faiss = faiss_module()
        turn = faiss.vector_to_array(faiss.downcast_VectorTransform(self._turned.chain.at(0)).A)
        values = faiss.vector_to_array(self._lists.pq.centroids)
        sketch = Sketch(
            np.ascontiguousarray(turn.reshape(-1, self.dim).T), values.reshape(-1, 16, 2)
        )
        for start in range(0, len(order), _BLOCK):
            block = floats(vectors[order[start : start + _BLOCK]])
            self._lists.add(sketch.rows(block))
            self._codes.add(self._shifted(block))
        self._index.ntotal = self._turned.ntotal = self._lists.ntotal

    def _shifted(self, vectors: Vectors) -> Vectors:
        """Vectors whose codes keep the part of the given ones that is along the mean."""
        quantizer = self._codes.sq
        if self.kind == _KIND.format(CODECS[1]):
            return vectors
        low, width = faiss_module().vector_to_array(quantizer.trained).reshape(2, -1)
        mean = low + width / 2
        length = float(np.linalg.norm(mean))
        if length == 0:
            return vectors
        mean /= length

        def lost(moved: Vectors) -> NDArray[np.float32]:
            gone: NDArray[np.float32] = (
                vectors @ mean - quantizer.decode(quantizer.compute_codes(moved)) @ mean
            )
            return gone

        best, least = vectors.copy(), lost(vectors)
        reach = 2 * float(least.std())
        least = np.abs(least)
        for shift in np.linspace(-reach, reach, _SHIFTS, dtype=np.float32):
            moved = vectors + shift * mean
            now = np.abs(lost(moved))
            better = now < least
            best[better], least[better] = moved[better], now[better]
        return best

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def kind(self) -> str:
        """What it is, for the manifest."""
        eight = self._codes.sq.qtype == faiss_module().ScalarQuantizer.QT_8bit
        return _KIND.format(CODECS[0] if eight else CODECS[1])

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    @property
    def most_effort(self) -> int:
        """How many lists there are."""
        return int(self._lists.nlist)

    @property
    def effort(self) -> int:
        """How many lists a search looks through; saved with the index."""
        return int(self._lists.nprobe)

    @effort.setter
    def effort(self, lists: int) -> None:
        self._lists.nprobe = lists

    def search(self, query: NDArray[np.float32], k: int, allowed: Mask | None = None) -> Hits:
        """The ``k`` allowed positions nearest to a vector, ranked; always ``min(k, allowed)``.

        A filter is applied inside the lists, of which more are looked through, by one over the
        fourth root of the share that is allowed: as many allowed sketches are ranked again as of
        all, but they lie in more lists. Where that takes longer than comparing all that are
        allowed one by one, those are compared; where the lists hold fewer than ``k``, all lists
        are looked through.
        """
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        k = min(k, count)
        if k <= 0:
            return Hits.empty()
        lists = min(int(self.effort * (len(self) / count) ** 0.25), self.most_effort)
        if allowed is not None:
            sketches = len(self) * lists / self.most_effort
            if count <= max(k, sketches / _QUICK):
                positions = np.flatnonzero(allowed)
                return top_k(self.reconstruct(positions) @ query, k, positions)
        found = faiss_hits(self._index, query, k, _probing(lists, k, allowed))
        if len(found) == k:
            return found
        return faiss_hits(self._index, query, k, _probing(self.most_effort, k, allowed))

    def reconstruct(self, positions: Rows) -> Vectors:
        """The vectors as they were quantised, shape ``(len(positions), dim)``."""
        if len(positions) == 0:
            return np.empty((0, self.dim), dtype=np.float32)
        vectors: Vectors = self._codes.reconstruct_batch(np.asarray(positions, dtype=np.int64))
        return vectors

    def save(self, path: Path) -> None:
        """Write one FAISS file."""
        faiss_module().write_index(self._index, str(path))


def number_of_lists(count: int) -> int:
    """How many lists so many items are divided into: ``√n / 2``.

    Fewer and longer lists are read faster, but more of all items must be: a million vectors of the
    student are searched in nine tenths of the time of ``√n`` lists, at the same recall.
    """
    return max(int(count**0.5 / 2), 1)


def _middles(rows: Vectors, lists: int, seed: int) -> Any:
    """The directions of the lists, a ``faiss.IndexFlatIP``; what was lost does not count."""
    faiss = faiss_module()
    known = rows.copy()
    known[:, -2:] = 0
    clustering = faiss.Clustering(rows.shape[1], lists)
    clustering.niter, clustering.seed = _ROUNDS, seed + 1  # FAISS takes no 0
    clustering.spherical = True
    clustering.min_points_per_centroid = 1
    middles = faiss.IndexFlatIP(rows.shape[1])
    clustering.train(np.resize(known, (max(len(rows), lists), rows.shape[1])), middles)
    return middles


def _scalar(sample: Vectors, codec: str) -> Any:
    """A trained ``faiss.IndexScalarQuantizer``."""
    faiss = faiss_module()
    kinds = (faiss.ScalarQuantizer.QT_8bit, faiss.ScalarQuantizer.QT_fp16)
    kind = dict(zip(CODECS, kinds, strict=True))[codec]
    scalar = faiss.IndexScalarQuantizer(sample.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    scalar.sq.rangestat = faiss.ScalarQuantizer.RS_meanstd
    scalar.sq.rangestat_arg = _SIGMAS
    scalar.train(sample)
    return scalar


def _empty(sketch: Sketch, middles: Any, scalar: Any) -> Any:
    """A ``faiss.IndexRefine`` over lists, with nothing in it."""
    faiss = faiss_module()
    dim, width = sketch.turn.shape
    lists = faiss.IndexIVFPQFastScan(
        middles, width, middles.ntotal, width // 2, 4, faiss.METRIC_INNER_PRODUCT
    )
    lists.by_residual = False  # else the values would depend on the list
    faiss.copy_array_to_vector(sketch.values.ravel(), lists.pq.centroids)
    lists.is_trained = True
    turn = faiss.LinearTransform(dim, width)
    faiss.copy_array_to_vector(np.ascontiguousarray(sketch.turn.T).ravel(), turn.A)
    turn.is_trained = True
    return faiss.IndexRefine(faiss.IndexPreTransform(turn, lists), scalar)


def _probing(lists: int, k: int, allowed: Mask | None) -> Any:
    """FAISS search parameters of a search through so many lists."""
    return _unfiltered(lists, k) if allowed is None else _parameters(lists, k, selector(allowed))


@lru_cache(maxsize=64)
def _unfiltered(lists: int, k: int) -> Any:
    """Kept: making them takes a tenth of a millisecond."""
    return _parameters(lists, k)


def _parameters(lists: int, k: int, chosen: Any = None) -> Any:
    faiss = faiss_module()
    inner = faiss.SearchParametersIVF(nprobe=lists, sel=chosen)
    return faiss.IndexRefineSearchParameters(
        k_factor=max(_RANKED / k, _PER_HIT),
        base_index_params=faiss.SearchParametersPreTransform(index_params=inner),
    )


@contextmanager
def _one_thread() -> Iterator[None]:
    """Threads would add up in whatever order they run."""
    faiss = faiss_module()
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
