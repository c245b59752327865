"""A dense index on disk: one FAISS file, and beside it what updates left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.errors import IndexCorrupt, NotAnIndex
from semrec.index.ann import Lists
from semrec.index.dense_parts import Exact, Part
from semrec.index.dense_rows import NOWHERE, RowMap
from semrec.types import Vectors


def save(path: Path, main: Part, rows: RowMap, tail: Vectors) -> None:
    """Write ``path``, and beside it which row stands where, and the tail.

    With ``dense.faiss`` that is ``dense.rows.npy``, the position of each row in main part and
    tail, and ``dense.tail.npy``. They are absent where every row stands at its own position.
    """
    main.save(path)
    for beside in (_rows_file(path), _tail_file(path)):
        beside.unlink(missing_ok=True)
    if len(tail) or not rows.plain:
        np.save(_rows_file(path), rows.position_of, allow_pickle=False)
        np.save(_tail_file(path), tail, allow_pickle=False)


def load(path: Path) -> tuple[Part, RowMap, Vectors]:
    """Map the files again.

    Raises:
        IndexCorrupt: a file cannot be read, is of another kind, or does not fit the others.
        NotAnIndex: the file holds the graph of an earlier semrec.
    """
    main = _part(path)
    if not _rows_file(path).exists():
        nothing = np.empty((0, main.dim), dtype=np.float32)
        return main, RowMap.identity(len(main)), nothing
    position_of, tail = _array(_rows_file(path)), _array(_tail_file(path))
    if tail.ndim != 2 or tail.shape[1] != main.dim or tail.dtype != np.float32:
        raise IndexCorrupt(
            f"{_tail_file(path)}: {tail.dtype} of shape {tail.shape}, expected float32 of shape "
            f"(n, {main.dim})"
        )
    positions = len(main) + len(tail)
    if not _is_numbering(position_of, positions):
        raise IndexCorrupt(f"{_rows_file(path)}: does not number the {positions} vectors")
    return main, RowMap.at(position_of, positions), tail


def _is_numbering(position_of: NDArray[Any], positions: int) -> bool:
    """Every row nowhere or at a position of its own."""
    if position_of.ndim != 1 or position_of.dtype != np.int64:
        return False
    used = position_of[position_of != NOWHERE]
    if len(used) and (used.min() < 0 or used.max() >= positions):
        return False
    seen = np.zeros(positions, dtype=np.bool_)
    seen[used] = True
    return int(np.count_nonzero(seen)) == len(used)


def _part(path: Path) -> Part:
    import faiss

    try:
        index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        why = str(error).splitlines()[0]
        raise IndexCorrupt(f"{path}: FAISS cannot read it: {why}") from None
    if isinstance(index, faiss.IndexFlat):
        return Exact(index)
    if isinstance(index, faiss.IndexRefine):
        return Lists(index)
    if isinstance(index, faiss.IndexHNSWSQ):
        raise NotAnIndex(f"{path}: a graph of an earlier semrec; build the index again")
    raise IndexCorrupt(
        f"{path}: holds a {type(index).__name__}, expected an IndexFlat or IndexRefine"
    )


def _array(path: Path) -> NDArray[Any]:
    try:
        values: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise IndexCorrupt(f"{path}: cannot be read: {error}") from None
    return values


def _rows_file(path: Path) -> Path:
    return path.with_suffix(".rows.npy")


def _tail_file(path: Path) -> Path:
    return path.with_suffix(".tail.npy")
