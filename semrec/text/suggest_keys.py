"""Which entries have a key that begins with what was typed: sorted keys, mappable."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SortedKeys:
    """Keys in byte order, each with the entry it leads to.

    Attributes:
        blob: all keys one after the other, UTF-8, shape ``(bytes,)``.
        offsets: where each key begins, shape ``(keys + 1,)``.
        entries: the entry of each key, shape ``(keys,)``.
        inside: true where the key begins within the entry, not at its start, shape ``(keys,)``.
    """

    blob: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    entries: NDArray[np.int32]
    inside: NDArray[np.bool_]

    @classmethod
    def of(cls, keys: Iterable[tuple[bytes, int, bool]]) -> SortedKeys:
        """From ``(key, entry, inside)``, in any order."""
        ordered = sorted(keys)
        sizes = np.array([len(key) for key, _, _ in ordered], dtype=np.int64)
        return cls(
            np.frombuffer(b"".join(key for key, _, _ in ordered), dtype=np.uint8),
            np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)]),
            np.array([entry for _, entry, _ in ordered], dtype=np.int32),
            np.array([inside for _, _, inside in ordered], dtype=np.bool_),
        )

    def starting_with(self, prefix: bytes) -> slice:
        """Where the keys that begin with ``prefix`` stand."""
        rows = range(len(self.entries))
        size = len(prefix)

        def head(row: int) -> bytes:
            begin, end = int(self.offsets[row]), int(self.offsets[row + 1])
            return self.blob[begin : min(end, begin + size)].tobytes()

        return slice(bisect_left(rows, prefix, key=head), bisect_right(rows, prefix, key=head))

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All that must be saved, as named arrays; ``SortedKeys(**arrays)`` takes it back."""
        return {
            "blob": self.blob,
            "offsets": self.offsets,
            "entries": self.entries,
            "inside": self.inside,
        }
