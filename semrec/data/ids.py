"""Ids at the door, row numbers behind it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.data import clean
from semrec.errors import InvalidArgument, UnknownItem, shorten

_MAX_COMPARED = 2_000


class IdMap:
    """A fixed list of ids; row ``i`` is the ``i``-th of them.

    Raises:
        InvalidArgument: an id occurs twice.
    """

    def __init__(self, ids: Sequence[str] | NDArray[np.object_] | pd.Series) -> None:
        self.ids: NDArray[np.object_] = clean.ids(ids).to_numpy(dtype=object)
        """The ids as str, shape ``(n,)``, object."""
        self._index = pd.Index(self.ids, dtype=object)
        if not self._index.is_unique:
            twice = self._index[self._index.duplicated()][0]
            raise InvalidArgument(f"id {shorten(twice)} occurs twice; ids must be unique")

    def __len__(self) -> int:
        return len(self.ids)

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
        try:
            return int(self._index.get_loc(clean.one_id(item_id)))
        except KeyError:
            return None

    def rows(self, ids: Iterable[object] | pd.Series) -> NDArray[np.int64]:
        """The row of each id, -1 for unknown ones: shape ``(len(ids),)``, int64."""
        codes, unique = pd.factorize(clean.ids(ids), use_na_sentinel=False)
        found = self._index.get_indexer(np.asarray(unique, dtype=object)).astype(np.int64)
        rows: NDArray[np.int64] = found[codes] if len(codes) else np.empty(0, dtype=np.int64)
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
        candidates = self.ids
        if len(candidates) > _MAX_COMPARED:
            names = pd.Series(candidates, dtype="str")
            for length in range(len(wanted), 0, -1):
                hit = names.str.startswith(wanted[:length]).to_numpy(dtype=bool)
                if hit.any():
                    candidates = candidates[hit]
                    break
        return difflib.get_close_matches(wanted, list(candidates[:_MAX_COMPARED]), n=3, cutoff=0.5)
