"""Exact nearest neighbours by inner product, in FAISS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from semrec.errors import IndexCorrupt
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Scores, Vectors

# Below this share of allowed items, scoring just those beats a filtered scan of all.
_FEW = 0.2


class DenseIndex:
    """A flat FAISS index over unit vectors, so that the inner product is the cosine.

    Args:
        index: a ``faiss.IndexFlatIP``, in memory or mapped from a file.
    """

    def __init__(self, index: Any) -> None:
        import faiss

        self._index = index
        # The vectors inside the index, seen in place: (mapped) memory is not copied.
        flat: Any = (
            faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d) if index.ntotal else []
        )
        self.vectors: Vectors = np.asarray(flat, dtype=np.float32).reshape(index.ntotal, index.d)

    @classmethod
    def build(cls, vectors: Vectors) -> DenseIndex:
        """Index unit vectors, shape ``(items, dim)``."""
        import faiss

        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def search(self, query: Vectors, k: int, allowed: Mask | None = None) -> Hits:
        """The ``k`` allowed items nearest to a vector of shape ``(dim,)``, ranked."""
        if k <= 0 or len(self) == 0:
            return Hits.empty()
        if allowed is not None:
            rows = np.flatnonzero(allowed)
            if len(rows) <= max(k, _FEW * len(self)):
                return top_k(self.score_rows(query, rows), k, rows)
        return self._scan(query, min(k, len(self)), allowed)

    def _scan(self, query: Vectors, k: int, allowed: Mask | None) -> Hits:
        import faiss

        params = None
        if allowed is not None:
            # The stubs describe the C++ constructors, not the Python ones.
            selector: Any = faiss.IDSelectorBitmap
            parameters: Any = faiss.SearchParameters
            params = parameters(sel=selector(np.packbits(allowed, bitorder="little")))
        scores, rows = self._index.search(query[None, :].astype(np.float32), k, params=params)
        found = rows[0] >= 0
        return Hits(rows[0][found], scores[0][found]).ranked()

    def score_rows(self, query: Vectors, rows: Rows) -> Scores:
        """The cosine of each given item with a unit vector of shape ``(dim,)``."""
        scores: Scores = self.vectors[rows] @ query.astype(np.float32)
        return scores

    def save(self, path: Path) -> None:
        """Write the FAISS file."""
        import faiss

        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path) -> DenseIndex:
        """Map a FAISS file that :meth:`save` wrote.

        Raises:
            IndexCorrupt: FAISS cannot read the file, or it is of another kind.
        """
        import faiss

        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise IndexCorrupt(f"{path}: FAISS cannot read it: {error}") from None
        if not isinstance(index, faiss.IndexFlat):
            raise IndexCorrupt(f"{path}: holds a {type(index).__name__}, expected an IndexFlat")
        return cls(index)
