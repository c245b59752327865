"""What a dense index is made of: parts that never change, each over positions ``0 … n-1``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from semrec.errors import InvalidArgument
from semrec.index.topk import top_k
from semrec.types import Hits, Mask, Rows, Vectors, best_first

_FEW = 0.2
"""Below this share of allowed items, scoring just those beats a filtered scan of all."""


class Part(Protocol):
    """Vectors by position, searched by inner product."""

    @property
    def kind(self) -> str:
        """What it is, a few words for the manifest."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def __len__(self) -> int:
        """How many positions it has."""

    def search(self, query: NDArray[np.float32], k: int, allowed: Mask | None = None) -> Hits:
        """The ``k`` allowed positions nearest to a vector, ranked; always ``min(k, allowed)``."""

    def reconstruct(self, positions: Rows) -> Vectors:
        """The vectors as the part scores them, shape ``(len(positions), dim)``, a copy."""

    def save(self, path: Path) -> None:
        """Write one FAISS file."""


class Exact:
    """Uncompressed vectors, all of them compared.

    Args:
        index: a ``faiss.IndexFlatIP``, in memory or mapped from a file.
    """

    kind = "exact"

    def __init__(self, index: Any) -> None:
        import faiss

        self._index = index
        # The vectors inside the index, seen in place: (mapped) memory is not copied.
        flat: Any = (
            faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d) if index.ntotal else []
        )
        self.vectors: Vectors = np.asarray(flat, dtype=np.float32).reshape(index.ntotal, index.d)

    @classmethod
    def build(cls, vectors: NDArray[Any]) -> Exact:
        """Index vectors of shape ``(items, dim)``, of any float type."""
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

    def search(self, query: NDArray[np.float32], k: int, allowed: Mask | None = None) -> Hits:
        """See :class:`Part`."""
        if allowed is not None:
            rows = np.flatnonzero(allowed)
            if len(rows) <= max(k, _FEW * len(self)):
                return top_k(self.vectors[rows] @ query, k, rows)
        k = min(k, len(self))
        return faiss_hits(self._index, query, k, selecting(allowed)) if k > 0 else Hits.empty()

    def reconstruct(self, positions: Rows) -> Vectors:
        """See :class:`Part`."""
        chosen: Vectors = self.vectors[positions]
        return chosen

    def save(self, path: Path) -> None:
        """See :class:`Part`."""
        import faiss

        faiss.write_index(self._index, str(path))


def faiss_module() -> Any:
    """FAISS, imported at the first use; its stubs know neither all classes nor the constructors."""
    import faiss

    return faiss


def floats(vectors: NDArray[Any]) -> Vectors:
    """Vectors as FAISS wants them: float32, contiguous."""
    made: Vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    return made


def selector(allowed: Mask) -> Any:
    """The FAISS selector of the allowed positions."""
    return faiss_module().IDSelectorBitmap(np.packbits(allowed, bitorder="little"))


def selecting(allowed: Mask | None) -> Any:
    """FAISS search parameters by which only allowed positions are found; None if all are."""
    if allowed is None:
        return None
    return faiss_module().SearchParameters(sel=selector(allowed))


def faiss_hits(index: Any, query: NDArray[np.float32], k: int, parameters: Any = None) -> Hits:
    """What a FAISS index finds for one vector, ranked."""
    scores, positions = index.search(query[None, :], k, params=parameters)
    found = np.flatnonzero(positions[0] >= 0)
    rows, values = positions[0][found], scores[0][found]
    order = best_first(rows, values)
    return Hits(rows[order], values[order])


def checked_query(query: NDArray[Any], dim: int) -> NDArray[np.float32]:
    """A query as FAISS wants it: shape ``(dim,)``, float32, contiguous.

    Raises:
        InvalidArgument: another shape, or a number that is not finite.
    """
    vector: NDArray[np.float32] = np.ascontiguousarray(query, dtype=np.float32)
    if vector.shape != (dim,):
        raise InvalidArgument(f"a query of shape {vector.shape}; legal: ({dim},)")
    if not np.isfinite(vector).all():
        raise InvalidArgument(f"a query with {_first_bad(vector)}; legal: finite numbers")
    return vector


def checked_vectors(vectors: NDArray[Any], first: int = 0) -> Mask:
    """Which of the vectors have a direction; shape ``(n,)``.

    Args:
        vectors: shape ``(n, dim)``.
        first: number of the first one, for the message.

    Raises:
        InvalidArgument: one holds a number that is not finite.
    """
    # A sum of squares is finite only if every number is; float64, so that none overflows.
    squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    if not np.isfinite(squares).all():
        row = int(np.argmin(np.isfinite(squares)))
        what = _first_bad(vectors[row])
        raise InvalidArgument(f"vector {first + row} holds {what}; legal: finite numbers")
    direction: Mask = squares > 0
    return direction


def _first_bad(vector: NDArray[Any]) -> str:
    where = int(np.argmin(np.isfinite(vector)))
    return f"{vector[where]} at place {where}"
