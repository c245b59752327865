"""Ids at the door, row numbers behind it."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.data import clean
from semrec.errors import InvalidArgument, UnknownItem, shorten
from semrec.types import Mask

_MAX_COMPARED = 2_000


class IdMap:
    """A fixed list of ids; row ``i`` is the ``i``-th of them.

    :meth:`extended` and :meth:`without` make another map, which shares the large index with this
    one; rows keep their numbers, and the id of a row that is gone is unknown.

    Raises:
        InvalidArgument: an id occurs twice.
    """

    def __init__(self, ids: Sequence[str] | NDArray[np.object_] | pd.Series) -> None:
        self.ids: NDArray[np.object_] = clean.ids(ids).to_numpy(dtype=object)
        """The ids as str, those of rows that are gone included, shape ``(n,)``, object."""
        self._index = pd.Index(self.ids, dtype=object)
        self._more = self._index[:0]
        self._gone: Mask | None = None
        if not self._index.is_unique:
            twice = self._index[self._index.duplicated()][0]
            raise InvalidArgument(f"id {shorten(twice)} occurs twice; ids must be unique")

    def __len__(self) -> int:
        """How many rows there are, those that are gone included."""
        return len(self.ids)

    @property
    def live(self) -> Mask | None:
        """The rows that are not gone, shape ``(n,)``; None if none is gone."""
        return None if self._gone is None else ~self._gone

    @property
    def count(self) -> int:
        """How many ids are known."""
        return len(self) if self._gone is None else int(np.count_nonzero(~self._gone))

    def extended(self, ids: Iterable[object]) -> tuple[IdMap, NDArray[np.int64]]:
        """The map with more ids, and the row of each.

        An id that is known keeps its row, one that is gone comes back to its row, and the others
        get the next rows, in their order.

        Args:
            ids: unique, shape ``(n,)``.

        Raises:
            InvalidArgument: an id occurs twice.
        """
        wanted = IdMap(clean.ids(ids)).ids
        rows = self._find(wanted)
        new = rows < 0
        rows[new] = len(self) + np.arange(np.count_nonzero(new))
        more = pd.Index(np.concatenate([self._more.to_numpy(), wanted[new]]), dtype=object)
        gone = None
        if self._gone is not None:
            gone = np.pad(self._gone, (0, int(np.count_nonzero(new))))
            gone[rows] = False
        return self._changed(more, gone), rows

    def without(self, rows: NDArray[np.int64]) -> IdMap:
        """The map in which the ids of some rows are unknown; their row numbers stay."""
        gone = np.zeros(len(self), dtype=np.bool_) if self._gone is None else self._gone.copy()
        gone[rows] = True
        return self._changed(self._more, gone)

    def _changed(self, more: pd.Index, gone: Mask | None) -> IdMap:
        other = copy.copy(self)
        other._more = more
        other.ids = np.concatenate([self._index.to_numpy(), more.to_numpy()])
        other._gone = gone if gone is not None and gone.any() else None
        return other

    def __contains__(self, item_id: object) -> bool:
        return self.get(item_id) is not None

    def row(self, item_id: object) -> int:
        """The row of an id.

        Raises:
            UnknownItem: there is no such id; the message shows the nearest ones.
        """
        row = self.get(item_id)
        if row is None:
            raise UnknownItem(item_id, self._nearest(clean.one_id(item_id)))
        return row

    def get(self, item_id: object) -> int | None:
        """The row of an id, None if there is no such id."""
        wanted = clean.one_id(item_id)
        for index, start in ((self._index, 0), (self._more, len(self._index))):
            if wanted in index:
                row = start + int(index.get_loc(wanted))
                return None if self._gone is not None and self._gone[row] else row
        return None

    def rows(self, ids: Iterable[object] | pd.Series) -> NDArray[np.int64]:
        """The row of each id, -1 for unknown ones: shape ``(len(ids),)``, int64."""
        codes, unique = pd.factorize(clean.ids(ids), use_na_sentinel=False)
        found = self._find(np.asarray(unique, dtype=object))
        if self._gone is not None:
            found[(found >= 0) & self._gone[found]] = -1
        rows: NDArray[np.int64] = found[codes] if len(codes) else np.empty(0, dtype=np.int64)
        return rows

    def _find(self, ids: NDArray[np.object_]) -> NDArray[np.int64]:
        """The row of each id, gone or not; -1 for those that never were."""
        rows: NDArray[np.int64] = self._index.get_indexer(ids).astype(np.int64)
        if len(self._more):
            late = self._more.get_indexer(ids).astype(np.int64)
            rows = np.where(late >= 0, late + len(self._index), rows)
        return rows

    def id(self, row: int) -> str:
        """The id of a row.

        Raises:
            InvalidArgument: the row is out of range.
        """
        if not 0 <= row < len(self.ids):
            raise InvalidArgument(f"row {row} is out of range; legal: 0 to {len(self.ids) - 1}")
        return str(self.ids[row])

    def _nearest(self, wanted: str) -> list[str]:
        # Comparing with a million ids takes seconds, so only those with a common prefix are.
        candidates = self.ids if self.live is None else self.ids[self.live]
        if len(candidates) > _MAX_COMPARED:
            names = pd.Series(candidates, dtype="str")
            for length in range(len(wanted), 0, -1):
                hit = names.str.startswith(wanted[:length]).to_numpy(dtype=bool)
                if hit.any():
                    candidates = candidates[hit]
                    break
        return difflib.get_close_matches(wanted, list(candidates[:_MAX_COMPARED]), n=3, cutoff=0.5)
