"""Everything a built index holds: the catalog, who did what, and the fitted sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from semrec._version import __version__
from semrec.collab.base import csr_arrays, csr_from
from semrec.collab.bundles import FittedBundles
from semrec.collab.neighbours import FittedItemNeighbours
from semrec.collab.popularity import FittedPopularity
from semrec.config import Config
from semrec.data.catalog import Catalog
from semrec.data.ids import IdMap
from semrec.data.rejects import Rejects
from semrec.index.dense import DenseIndex
from semrec.index.folder import Folder, replace_text, save_arrays, written
from semrec.index.lexical import LexicalIndex

_DENSE_FILE = "dense.faiss"
_CATALOG_FILE = "catalog.parquet"
_USERS_FILE = "users.parquet"
REJECTS_FILE = "rejects.csv"


@dataclass(frozen=True)
class Shop:
    """One shop, fitted.

    Attributes:
        config: the settings it was built with.
        catalog: row i is item i everywhere below.
        users: the users of the behaviour log; row u is user u of ``history``.
        history: users × items, float32: summed event weights, older events weigh less.
        encoder: name and fingerprint of what made the dense index.
    """

    config: Config
    catalog: Catalog
    users: IdMap
    history: sparse.csr_matrix
    lexical: LexicalIndex
    dense: DenseIndex
    popularity: FittedPopularity
    neighbours: FittedItemNeighbours
    bundles: FittedBundles
    encoder: Mapping[str, str]
    ratings: NDArray[np.float32]
    """Mean rating of each item in its reviews, NaN where there is none, shape ``(items,)``."""

    def history_of(self, user: str | None) -> sparse.csr_matrix | None:
        """What a user did, shape ``(1, items)``; None for nobody, a stranger, or an empty log."""
        row = None if user is None else self.users.get(user)
        if row is None:
            return None
        history = self.history[row : row + 1]
        return history if history.nnz else None

    def counts(self) -> dict[str, int]:
        """How much of everything."""
        return {
            "items": len(self.catalog.items),
            "users": len(self.users),
            "user_item_pairs": int(self.history.nnz),
            "terms": len(self.lexical.vocabulary),
            "dim": self.dense.dim,
        }

    def save(self, path: Path, rejects: Rejects) -> None:
        """Write the index folder; the old one stays usable until the new one is complete."""
        manifest = {
            "semrec": __version__,
            "encoder": dict(self.encoder),
            "counts": self.counts(),
            "config": self.config.model_dump(mode="json"),
        }
        with written(path, manifest) as folder:
            self.catalog.to_parquet(folder / _CATALOG_FILE)
            pd.DataFrame({"user_id": self.users.ids}).to_parquet(folder / _USERS_FILE)
            self.dense.save(folder / _DENSE_FILE)
            for part, arrays in self._arrays().items():
                save_arrays(folder, part, arrays)
        replace_text(path / REJECTS_FILE, rejects.csv())

    def _arrays(self) -> dict[str, Mapping[str, NDArray[Any]]]:
        return {
            "lexical": self.lexical.arrays(),
            "popularity": self.popularity.arrays(),
            "neighbours": self.neighbours.arrays(),
            "bundles": self.bundles.arrays(),
            "history": csr_arrays(self.history),
            "items": {"ratings": self.ratings},
        }

    @classmethod
    def load(cls, folder: Folder) -> Shop:
        """Read an opened index folder; large arrays stay mapped."""
        catalog = Catalog.from_parquet(folder.file(_CATALOG_FILE))
        users = IdMap(pd.read_parquet(folder.file(_USERS_FILE))["user_id"].tolist())
        return cls(
            config=Config.from_dict(dict(folder.manifest["config"]), str(folder.path)),
            catalog=catalog,
            users=users,
            history=csr_from(folder.arrays("history"), len(catalog)),
            lexical=LexicalIndex.from_arrays(folder.arrays("lexical"), len(catalog.items)),
            dense=DenseIndex.load(folder.file(_DENSE_FILE)),
            popularity=FittedPopularity.from_arrays(folder.arrays("popularity")),
            neighbours=FittedItemNeighbours.from_arrays(folder.arrays("neighbours")),
            bundles=FittedBundles.from_arrays(folder.arrays("bundles")),
            encoder=folder.manifest["encoder"],
            ratings=np.asarray(folder.arrays("items")["ratings"]),
        )
