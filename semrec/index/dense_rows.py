"""Which row of the catalog stands at which position of a dense index."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from semrec.types import Mask, Rows

NOWHERE = -1
"""Position of a row without a vector; row of a position that is no longer true."""


class RowMap:
    """Rows ↔ positions; immutable.

    Args:
        row_of: row at each position, :data:`NOWHERE` where there is none, shape ``(positions,)``.
        rows: how many rows there are, those without a position included.
    """

    def __init__(self, row_of: Rows, rows: int) -> None:
        self.row_of = row_of
        self._rows = rows
        held = row_of != NOWHERE
        positions = np.flatnonzero(held)
        self._held: Mask | None = None if len(positions) == len(row_of) else held
        # Up to here row i stands at position i or nowhere: a mask over rows is one over positions.
        moved = np.flatnonzero(row_of[positions] != positions)
        self._straight = min(int(positions[moved[0]]) if len(moved) else len(row_of), rows)

    @classmethod
    def identity(cls, count: int) -> RowMap:
        """Row i at position i."""
        return cls(np.arange(count), count)

    @classmethod
    def at(cls, position_of: Rows, positions: int) -> RowMap:
        """The map that has this position for each row."""
        held = np.flatnonzero(position_of != NOWHERE)
        row_of = np.full(positions, NOWHERE, dtype=np.int64)
        row_of[position_of[held]] = held
        return cls(row_of, len(position_of))

    def __len__(self) -> int:
        """How many rows there are."""
        return self._rows

    @cached_property
    def position_of(self) -> Rows:
        """Position of each row, :data:`NOWHERE` where there is none, shape ``(rows,)``."""
        positions = np.flatnonzero(self.row_of != NOWHERE)
        position_of = np.full(self._rows, NOWHERE, dtype=np.int64)
        position_of[self.row_of[positions]] = positions
        return position_of

    @property
    def live(self) -> Mask:
        """The rows that have a vector, shape ``(rows,)``."""
        mask: Mask = self.position_of != NOWHERE
        return mask

    @property
    def whole(self) -> bool:
        """Every position has a row."""
        return self._held is None

    @property
    def plain(self) -> bool:
        """Every row stands at the position of its own number."""
        return self._held is None and self._straight == len(self.row_of) == len(self)

    def without(self, rows: Rows) -> RowMap:
        """The same without some rows, whose numbers stay."""
        row_of = self.row_of.copy()
        positions = self.position_of[rows]
        row_of[positions[positions != NOWHERE]] = NOWHERE
        return RowMap(row_of, len(self))

    def allowed(self, rows: Mask | None, start: int, stop: int) -> Mask | None:
        """A mask over rows as one over the positions ``start … stop-1``; None if all may be found.

        Args:
            rows: the rows that may be found, shape ``(rows,)``; None means all.
        """
        held = None if self._held is None else self._held[start:stop]
        if rows is None:
            return held
        bend = min(max(self._straight, start), stop)
        mask = rows[start:bend]
        if bend < stop:
            mask = np.concatenate([mask, rows[self.row_of[bend:stop]]])
        return mask if held is None else mask & held
