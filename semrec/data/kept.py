"""Checked rows that an index keeps, and reads from disk only when a change needs them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from semrec.data.ids import IdMap


@dataclass(frozen=True, eq=False)
class Kept:
    """The rows of one table, about items.

    Attributes:
        frame: the rows that are in memory.
        file: an opened parquet file with the rows before those; it stays readable after the file
            is removed.
    """

    frame: pd.DataFrame | None = None
    file: Any = None

    @classmethod
    def open(cls, path: Path) -> Kept:
        """Open what :meth:`save` wrote; no row is read."""
        return cls(None, pq.ParquetFile(path, memory_map=True))

    def read(self) -> pd.DataFrame | None:
        """All rows, index 0, 1, …; None if there never was such a table."""
        parts = [] if self.file is None else [self.file.read().to_pandas()]
        if self.frame is not None:
            parts.append(self.frame)
        return pd.concat(parts, ignore_index=True) if parts else None

    def of(self, items: IdMap) -> pd.DataFrame | None:
        """The rows about some items, index 0, 1, …."""
        frame = self.read()
        return None if frame is None else about(frame, items)

    def and_then(self, more: pd.DataFrame) -> Kept:
        """The same with more rows."""
        if not len(more):
            return self
        rows = more if self.frame is None else pd.concat([self.frame, more], ignore_index=True)
        return Kept(rows, self.file)

    def save(self, path: Path) -> None:
        """Write all rows, if there is a table."""
        frame = self.read()
        if frame is not None:
            frame.to_parquet(path, index=False)


def about(frame: pd.DataFrame, items: IdMap) -> pd.DataFrame:
    """The rows whose ``item_id`` is known, index 0, 1, …."""
    known = items.rows(frame["item_id"]) >= 0
    return frame if known.all() else frame[known].reset_index(drop=True)
