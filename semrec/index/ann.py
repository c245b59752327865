"""Approximate nearest neighbours for large catalogs: a graph over vectors of one byte a number.

The graph is that of Malkov & Yashunin 2018 ("Efficient and robust approximate nearest neighbor
search using hierarchical navigable small world graphs"), the bytes are FAISS's scalar quantiser,
eight bits between ``mean - 4 σ`` and ``mean + 4 σ`` of each dimension. At 384 dimensions that is
640 bytes an item: 384 of codes, 256 of links.

Embeddings of texts share a large mean, and so do queries: most of the error of an inner product is
what coding lost along the mean direction. Rounding has many ways to go, so each vector is moved a
little along that direction until its codes lose nothing there (the idea of Guo et al. 2020,
"Accelerating large-scale inference with anisotropic vector quantization": only the part of the
error that meets the query matters). It costs no byte and no time of a search; on 100,000 e5
vectors, comparing all codes finds .990 of the true ten nearest instead of .982.

The codes stand in the order of the positions, so that any item's vector is read back at once, and
a filter that leaves few items is answered by comparing just those.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.index.dense_parts import faiss_hits, selecting
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Vectors

LINKS = 32
"""Links an item keeps on every level but the lowest, where it keeps twice as many."""
_BUILD_EFFORT = 60
"""Candidates looked at when an item is linked."""
_SIGMAS = 4.0
"""Half the range of the quantiser in standard deviations; 3 clips too much, 5 is too coarse."""
_SHIFTS = 8
"""Tries for each vector to lose nothing along the mean; 4 give .986, 16 no more than 8."""
_TRAINING = 100_000
"""Vectors that the quantiser's ranges are taken from."""
_BLOCK = 20_000
"""Vectors added at once, and held as float32 meanwhile: 30 MB at 384 dimensions."""
_FEW = 2_000
"""So many allowed items are compared one by one, whatever their share."""
_STEP = 20
"""Comparisons in memory order that take as long as one step through the graph …"""
_SKIP = 40
"""… and positions that a scan skips while it would compare one."""
CODECS = ("8 bits", "16 bits")
"""How a number is stored, in the order in which they are tried."""
_KIND = "hnsw over {}"


class Graph:
    """An HNSW graph over scalar-quantised vectors.

    Args:
        index: a ``faiss.IndexHNSWSQ``, in memory or mapped from a file.
    """

    def __init__(self, index: Any) -> None:
        import faiss

        self._index = index
        self._codes: Any = faiss.downcast_index(index.storage)

    @classmethod
    def build(cls, vectors: NDArray[Any], codec: str = CODECS[0], seed: int = 0) -> Graph:
        """Link vectors, one after the other on one thread, so that a seed gives one graph.

        Args:
            vectors: shape ``(items, dim)``, any float type; a mapped file is read in blocks.
            codec: one of :data:`CODECS`.
            seed: of the levels of the graph and the sample that trains the quantiser.
        """
        faiss = _faiss()
        count, dim = vectors.shape
        kinds = (faiss.ScalarQuantizer.QT_8bit, faiss.ScalarQuantizer.QT_fp16)
        kind = dict(zip(CODECS, kinds, strict=True))[codec]
        index = faiss.IndexHNSWSQ(dim, kind, LINKS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = _BUILD_EFFORT
        index.hnsw.rng = faiss.RandomGenerator(seed)
        ranges: Any = faiss.downcast_index(index.storage)
        ranges.sq.rangestat = faiss.ScalarQuantizer.RS_meanstd
        ranges.sq.rangestat_arg = _SIGMAS
        chosen = np.random.default_rng(seed).permutation(count)[:_TRAINING]
        index.train(_floats(vectors[np.sort(chosen)]))
        graph = cls(index)
        graph._add(vectors)
        return graph

    def extended(self, vectors: NDArray[Any]) -> Graph:
        """A copy with more vectors at the end; numbers outside the trained ranges are clipped."""
        faiss = _faiss()
        # A clone of a mapped index would still be mapped, and must not grow.
        written, read = faiss.VectorIOWriter(), faiss.VectorIOReader()
        faiss.write_index(self._index, written)
        read.data.swap(written.data)
        copy = Graph(faiss.read_index(read))
        copy._add(vectors)
        return copy

    def _add(self, vectors: NDArray[Any]) -> None:
        with _one_thread():
            for start in range(0, len(vectors), _BLOCK):
                self._index.add(self._shifted(_floats(vectors[start : start + _BLOCK])))

    def _shifted(self, vectors: Vectors) -> Vectors:
        """Vectors whose codes keep the part of the given ones that is along the mean."""
        quantizer = self._codes.sq
        if self.kind == _KIND.format(CODECS[1]):
            return vectors
        low, width = _faiss().vector_to_array(quantizer.trained).reshape(2, -1)
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

    def gather(self, vectors: NDArray[Any], seed: int = 0) -> Rows:
        """Renumber the positions so that near items stand near each other in memory.

        A walk then reads from fewer places: at a million items it takes three quarters of the
        time. Items are grouped by the nearest of ``√n`` items drawn at random.

        Args:
            vectors: what the graph was built from, in its order.
            seed: of the items drawn.

        Returns:
            The old position at each new one, shape ``(n,)``.
        """
        count = len(vectors)
        drawn = np.random.default_rng(seed).permutation(count)[: int(count**0.5) + 1]
        middles = _floats(vectors[np.sort(drawn)])
        group = np.empty(count, dtype=np.int64)
        for start in range(0, count, _BLOCK):
            block = _floats(vectors[start : start + _BLOCK])
            group[start : start + _BLOCK] = np.argmax(block @ middles.T, axis=1)
        order = np.argsort(group, kind="stable")
        self._index.permute_entries(order)
        return order

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def kind(self) -> str:
        """What it is, for the manifest."""
        eight = self._codes.sq.qtype == _faiss().ScalarQuantizer.QT_8bit
        return _KIND.format(CODECS[0] if eight else CODECS[1])

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    @property
    def effort(self) -> int:
        """How many candidates a search keeps beside the ``k`` asked for; saved with the graph."""
        return int(self._index.hnsw.efSearch)

    @effort.setter
    def effort(self, candidates: int) -> None:
        self._index.hnsw.efSearch = candidates

    def search(self, query: NDArray[np.float32], k: int, allowed: Mask | None = None) -> Hits:
        """The ``k`` allowed positions nearest to a vector, ranked; always ``min(k, allowed)``.

        A filter is applied on the way through the graph, which then goes further by one over the
        root of the share that is allowed. (Over a million items, 580 candidates find .97 of what
        a scan finds where half is allowed and .91 where a tenth is; by this rule .98 and .98.)
        Where that takes longer than comparing all that are allowed, those are compared.
        """
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        k = min(k, count)
        if k <= 0:
            return Hits.empty()
        if allowed is not None and count <= max(k, _FEW):
            positions = np.flatnonzero(allowed)
            return top_k(self.reconstruct(positions) @ query, k, positions)
        effort = int((self.effort + k) * (len(self) / count) ** 0.5)
        if effort * _STEP < count + len(self) / _SKIP:
            found = faiss_hits(self._index, query, k, _walking(effort, allowed))
            if len(found) == k:
                return found
        return self.scan(query, k, allowed)

    def scan(self, query: NDArray[np.float32], k: int, allowed: Mask | None = None) -> Hits:
        """The same, found by comparing all codes: exact but for the quantisation."""
        return faiss_hits(self._codes, query, k, selecting(allowed))

    def reconstruct(self, positions: Rows) -> Vectors:
        """The vectors as they were quantised, shape ``(len(positions), dim)``."""
        if len(positions) == 0:
            return np.empty((0, self.dim), dtype=np.float32)
        vectors: Vectors = self._codes.reconstruct_batch(np.asarray(positions, dtype=np.int64))
        return vectors

    def save(self, path: Path) -> None:
        """Write one FAISS file."""
        import faiss

        faiss.write_index(self._index, str(path))


def _walking(effort: int, allowed: Mask | None) -> Any:
    """FAISS search parameters of a walk through the graph."""
    faiss = _faiss()
    if allowed is None:
        return faiss.SearchParametersHNSW(efSearch=effort)
    bits = np.packbits(allowed, bitorder="little")
    return faiss.SearchParametersHNSW(efSearch=effort, sel=faiss.IDSelectorBitmap(bits))


def _faiss() -> Any:
    """The module; its stubs know neither these classes nor the Python constructors."""
    import faiss

    return faiss


def _floats(vectors: NDArray[Any]) -> Vectors:
    floats: Vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    return floats


@contextmanager
def _one_thread() -> Iterator[None]:
    """Threads would link in whatever order they run."""
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
