"""What changes in a shop: items that come or are replaced, items that go, and what people did.

A change is checked, and its titles are encoded, before it becomes one; so that it can be applied
to the shop in memory and, after a restart, to the shop on disk, with the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from semrec.data.catalog import Catalog
from semrec.errors import IndexCorrupt
from semrec.index.folder import Folder, appended
from semrec.types import Vectors

_ITEMS, _VECTORS, _DELETED, _EVENTS = (
    "items.parquet",
    "vectors.npy",
    "deleted.parquet",
    "events.parquet",
)


@dataclass(frozen=True, eq=False)
class Change:
    """One change of a shop; no id is both in ``items`` and in ``deleted``.

    Attributes:
        items: rows of items as a catalog's frame has them; each replaces the item of its id.
        vectors: their embeddings, unit norm, shape ``(len(items), dim)``.
        deleted: ids of items that go, unique.
        events: rows as ``Events.frame`` has them.
    """

    items: pd.DataFrame
    vectors: Vectors
    deleted: tuple[str, ...]
    events: pd.DataFrame

    @property
    def counts(self) -> dict[str, int]:
        """How much changes."""
        return {
            "items": len(self.items),
            "deleted": len(self.deleted),
            "events": len(self.events),
        }

    def then(self, later: Change) -> Change:
        """Both as one; applied, it gives what they give one after the other."""
        touched = {*later.items["item_id"], *later.deleted}
        kept = ~self.items["item_id"].isin(touched).to_numpy(dtype=bool)
        back = set(later.items["item_id"])
        gone = dict.fromkeys([*(i for i in self.deleted if i not in back), *later.deleted])
        frames = [self.items[kept], later.items]
        items = pd.concat([each for each in frames if len(each)] or frames[:1], ignore_index=True)
        return Change(
            items,
            np.concatenate([self.vectors[kept], later.vectors]),
            tuple(gone),
            _joined(self.events, later.events),
        )

    def append_to(self, path: Path, holds: Sequence[str] = ()) -> None:
        """Write it as a delta of an index folder.

        Args:
            path: the index folder.
            holds: the version whose deltas it takes up; () adds it to them.

        Raises:
            CannotWrite: the disk is full, or the folder cannot be written.
            FolderLocked: another process writes it.
        """
        with appended(path, {"counts": self.counts}, holds=holds) as folder:
            self.items.to_parquet(folder / _ITEMS, index=False)
            np.save(folder / _VECTORS, self.vectors, allow_pickle=False)
            gone = pd.DataFrame({"item_id": pd.Series(self.deleted, dtype="str")})
            gone.to_parquet(folder / _DELETED, index=False)
            self.events.to_parquet(folder / _EVENTS, index=False)

    @classmethod
    def load(cls, delta: Folder) -> Change:
        """Read what :meth:`append_to` wrote.

        Raises:
            IndexCorrupt: a file is missing, or they do not fit together.
        """
        items = Catalog.from_parquet(delta.file(_ITEMS)).frame
        vectors: Any = np.load(delta.file(_VECTORS), allow_pickle=False)
        if vectors.ndim != 2 or len(vectors) != len(items):
            raise IndexCorrupt(
                f"{delta.file(_VECTORS)}: shape {vectors.shape}; expected ({len(items)}, dim)"
            )
        deleted = tuple(pd.read_parquet(delta.file(_DELETED))["item_id"])
        return cls(items, vectors, deleted, pd.read_parquet(delta.file(_EVENTS)))


def all_changes(folder: Folder) -> Change | None:
    """The deltas of a folder as one change; None if there are none."""
    whole: Change | None = None
    for delta in folder.deltas:
        change = Change.load(delta)
        whole = change if whole is None else whole.then(change)
    return whole


def _joined(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    if not len(second):
        return first
    return second if not len(first) else pd.concat([first, second], ignore_index=True)
