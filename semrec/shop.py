"""Everything a built index holds: the catalog, who did what, and the fitted sources."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from semrec._version import __version__
from semrec.behaviour.visits import NO_VISITS, OpenVisits
from semrec.collab.base import csr_arrays, csr_from
from semrec.collab.bundles import FittedBundles
from semrec.collab.contexts import NO_CONTEXTS, FittedContexts
from semrec.collab.gates import DEFAULT, Gates
from semrec.collab.neighbours import FittedItemNeighbours
from semrec.collab.popularity import FittedPopularity
from semrec.config import Config
from semrec.data.catalog import Catalog
from semrec.data.ids import IdMap
from semrec.data.kept import Kept
from semrec.data.rejects import Rejects
from semrec.embed.centre import Centre
from semrec.embed.student import StudentEncoder
from semrec.embed.student_files import SETTINGS
from semrec.errors import CannotWrite
from semrec.index.dense import DenseIndex
from semrec.index.dense_plan import DensePlan, Measured
from semrec.index.folder import Folder, replace_text, save_arrays, written
from semrec.index.lexical import LexicalIndex
from semrec.legs import Choice
from semrec.rank.blend import popularity_shares
from semrec.rank.lambdamart import LambdaMart
from semrec.rank.lifts import Lifts
from semrec.rank.log_odds import LogOddsBlend
from semrec.rank.scale import Scale
from semrec.text.lexicon import Lexicon
from semrec.text.reviews.profile import AspectProfile
from semrec.text.shop_words import ShopWords
from semrec.text.user_words import renewed
from semrec.types import Mask, Rows, Vectors

_DENSE_FILE = "dense.faiss"
_CATALOG_FILE = "catalog.parquet"
_LEXICON_FILES = ("lexicon.json", "own_words.json", "indexed_words.json")
_USERS_FILE = "users.parquet"
_EVENTS_FILE = "events.parquet"
_REVIEWS_FILE = "reviews.parquet"
REJECTS_FILE = "rejects.csv"
_BACKGROUND = 500


@dataclass(frozen=True)
class Shop:
    """One shop, fitted.

    Attributes:
        config: the settings it was built with.
        catalog: row i is item i everywhere below.
        users: the users of the behaviour log; row u is user u of ``history``.
        history: users × items, float32: summed event weights, older events weigh less.
        dense: the item vectors, of the student or of the teacher, as ``choice`` says.
        encoder: name and fingerprint of what made the dense index.
        student: the light encoder, None if the settings want none.
        centre: where the teacher's vectors lie, None if they are not centred.
        words: lexicon, speller and suggester.
        choice: who encodes queries and items, and why.
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
    student: StudentEncoder | None
    centre: Centre | None
    choice: Choice
    words: ShopWords
    ratings: NDArray[np.float32]
    """Mean rating of each item in its reviews, NaN where there is none, shape ``(items,)``."""
    opinions: AspectProfile | None
    """What reviews praise and blame, by item and aspect; None without reviews."""
    events: Kept
    """The checked events, which compaction learns from again."""
    reviews: Kept
    """The checked reviews."""
    newest: float
    """Time of the newest event of ``history``, seconds since 1970; 0 if there is none."""
    gates: Gates = DEFAULT
    """How much behaviour, content and popularity count in a recommendation."""
    contexts: FittedContexts = NO_CONTEXTS
    """What season and part of the day make of popularity."""
    visits: OpenVisits = NO_VISITS
    """What persons are looking at as the log ends; rows are those of ``users`` and ``catalog``."""
    scale: Scale | None = None
    """How probable a hit of a search is, by its signals together; None unless the settings ask."""
    odds: LogOddsBlend | None = None
    """What the signals of a search say in log-odds; None unless the settings ask for it."""
    trees: LambdaMart | None = None
    """What ranks a search by trees; None unless the settings ask for it."""
    lifts: Lifts | None = None
    """What brings items into recommendations that nobody would be shown; None likewise."""

    @cached_property
    def item_users(self) -> NDArray[np.int64]:
        """How many users dealt with each item, shape ``(items,)``."""
        counts: NDArray[np.int64] = np.bincount(self.history.indices, minlength=len(self.catalog))
        return counts

    @cached_property
    def popularity_shares(self) -> NDArray[np.float32]:
        """See ``rank.blend.popularity_shares``; kept, since every question needs it."""
        return popularity_shares(self.popularity.scores)

    @cached_property
    def background(self) -> Vectors:
        """Vectors of 500 items from all over the catalog, against which nearness is measured."""
        count = len(self.catalog)
        rows = np.linspace(0, count - 1, min(_BACKGROUND, count)).astype(np.int64)
        return self.dense.reconstruct(rows)

    def visit_of(self, user: str | None) -> Rows:
        """What a user is looking at right now, newest first; none where the log does not say."""
        row = None if user is None else self.users.get(user)
        return self.visits.of(-1 if row is None else row)

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
            "items": self.catalog.items.count,
            "users": len(self.users),
            "user_item_pairs": int(self.history.nnz),
            "terms": len(self.lexical.vocabulary),
            "dim": self.dense.dim,
        }

    def save(
        self, path: Path, rejects: Rejects | None = None, holds: Sequence[str] | None = None
    ) -> None:
        """Write the index folder; the old one stays usable until the new one is complete.

        Args:
            path: the folder.
            rejects: the rows that were set aside; None leaves the list that is there.
            holds: the version of the folder that the shop was made from, if later deltas shall
                stay; None replaces all.

        Raises:
            NotAnIndex: the path is a file, or a folder with other things in it.
            CannotWrite: the folder cannot be made or written (no permission, a full disk).
            FolderLocked: another process writes it.
        """
        manifest = {
            "semrec": __version__,
            "encoder": dict(self.encoder),
            "sides": {"sides": self.choice.sides, "why": self.choice.why},
            "dense": self.dense.measured and self.dense.measured.as_dict(),
            "counts": self.counts(),
            "config": self.config.model_dump(mode="json"),
        }
        with written(path, manifest, holds=holds) as folder:
            self.catalog.to_parquet(folder / _CATALOG_FILE)
            pd.DataFrame({"user_id": self.users.ids}).to_parquet(folder / _USERS_FILE)
            self.events.save(folder / _EVENTS_FILE)
            self.reviews.save(folder / _REVIEWS_FILE)
            _save_dense(self.dense, folder / _DENSE_FILE)
            if self.student is not None:
                self.student.save(folder)
            for name, lexicon in zip(_LEXICON_FILES, self.words.lexicons(), strict=True):
                text = json.dumps(lexicon.to_dict(), ensure_ascii=False)
                (folder / name).write_text(text, encoding="utf-8")
            for part, arrays in self._arrays().items():
                save_arrays(folder, part, arrays)
        if rejects is not None:
            save_rejects(path, rejects)

    def _arrays(self) -> dict[str, Mapping[str, NDArray[Any]]]:
        return {
            "lexical": self.lexical.arrays(),
            "popularity": self.popularity.arrays(),
            "neighbours": self.neighbours.arrays(),
            "bundles": self.bundles.arrays(),
            "gates": self.gates.arrays(),
            "contexts": self.contexts.arrays(),
            "visits": self.visits.arrays(),
            "history": csr_arrays(self.history),
            "items": {"ratings": self.ratings, "live": _mask(self.catalog)},
            **({} if self.opinions is None else {"opinions": self.opinions.arrays()}),
            "clock": {"newest": np.array([self.newest])},
            **self.words.arrays(),
            **({} if self.centre is None else {"centre": self.centre.arrays()}),
            **({} if self.scale is None else {"scale": self.scale.arrays()}),
            **({} if self.odds is None else {"odds": self.odds.arrays()}),
            **({} if self.trees is None else {"trees": self.trees.arrays()}),
            **({} if self.lifts is None else {"lifts": self.lifts.arrays()}),
        }

    @classmethod
    def load(cls, folder: Folder) -> Shop:
        """Read an opened index folder; large arrays stay mapped."""
        catalog = Catalog.from_parquet(folder.file(_CATALOG_FILE))
        gone = np.flatnonzero(~folder.arrays("items")["live"])
        if len(gone):
            catalog = Catalog(catalog.items.without(gone), catalog.frame)
        users = IdMap(pd.read_parquet(folder.file(_USERS_FILE))["user_id"].tolist())
        config = Config.from_dict(dict(folder.manifest["config"]), str(folder.path))
        return cls(
            config=config,
            catalog=catalog,
            users=users,
            history=csr_from(folder.arrays("history"), len(catalog)),
            lexical=LexicalIndex.from_arrays(folder.arrays("lexical"), len(catalog.items)),
            dense=_dense(folder, config),
            popularity=FittedPopularity.from_arrays(folder.arrays("popularity")),
            neighbours=FittedItemNeighbours.from_arrays(folder.arrays("neighbours")),
            bundles=FittedBundles.from_arrays(folder.arrays("bundles")),
            encoder=folder.manifest["encoder"],
            student=_student(folder),
            centre=_centre(folder),
            choice=Choice(**folder.manifest["sides"]),
            words=renewed(_words(folder), (config.text.dictionary, config.text.synonyms)),
            ratings=np.asarray(folder.arrays("items")["ratings"]),
            opinions=_opinions(folder),
            events=_kept(folder, _EVENTS_FILE),
            reviews=_kept(folder, _REVIEWS_FILE),
            newest=float(folder.arrays("clock")["newest"][0]),
            gates=_gates(folder),
            contexts=_contexts(folder),
            visits=_visits(folder),
            scale=_scale(folder),
            odds=_odds(folder),
            trees=_trees(folder),
            lifts=_lifts(folder),
        )


def save_rejects(path: Path, rejects: Rejects) -> None:
    """Write the rows that were set aside by the last build or update.

    Raises:
        CannotWrite: the disk is full, or there is no permission.
    """
    try:
        replace_text(path / REJECTS_FILE, rejects.csv())
    except OSError as error:
        raise CannotWrite(f"{path / REJECTS_FILE}: {error.strerror or error}") from error


def _save_dense(dense: DenseIndex, file: Path) -> None:
    try:
        dense.save(file)
    except RuntimeError as error:  # so FAISS says that the disk is full
        raise CannotWrite(f"{file}: {str(error).splitlines()[0]}") from None


def _mask(catalog: Catalog) -> Mask:
    return np.ones(len(catalog), dtype=np.bool_) if catalog.live is None else catalog.live


def _kept(folder: Folder, name: str) -> Kept:
    return Kept.open(folder.file(name)) if name in folder.manifest["files"] else Kept()


def _student(folder: Folder) -> StudentEncoder | None:
    if SETTINGS not in folder.manifest["files"]:
        return None
    return StudentEncoder.load(folder.file(SETTINGS).parent)


def _words(folder: Folder) -> ShopWords:
    arrays = {part: folder.arrays(part) for part in ("speller", "suggester")}
    there = [name for name in _LEXICON_FILES if name in folder.manifest["files"]]
    lexicons = [
        Lexicon.from_dict(json.loads(path.read_text(encoding="utf-8")), str(path))
        for path in map(folder.file, there)
    ]
    return ShopWords.from_parts(lexicons, arrays, str(folder.path))


def _centre(folder: Folder) -> Centre | None:
    arrays = folder.arrays("centre")
    return Centre.from_arrays(arrays) if arrays else None


def _gates(folder: Folder) -> Gates:
    arrays = folder.arrays("gates")
    return Gates.from_arrays(arrays) if arrays else DEFAULT


def _trees(folder: Folder) -> LambdaMart | None:
    arrays = folder.arrays("trees")
    return LambdaMart.from_arrays(arrays) if arrays else None


def _lifts(folder: Folder) -> Lifts | None:
    arrays = folder.arrays("lifts")
    return Lifts.from_arrays(arrays) if arrays else None


def _scale(folder: Folder) -> Scale | None:
    arrays = folder.arrays("scale")
    return Scale.from_arrays(arrays) if arrays else None


def _odds(folder: Folder) -> LogOddsBlend | None:
    arrays = folder.arrays("odds")
    return LogOddsBlend.from_arrays(arrays) if arrays else None


def _contexts(folder: Folder) -> FittedContexts:
    arrays = folder.arrays("contexts")
    return FittedContexts.from_arrays(arrays) if arrays else NO_CONTEXTS


def _visits(folder: Folder) -> OpenVisits:
    arrays = folder.arrays("visits")
    return OpenVisits.from_arrays(arrays) if arrays else NO_VISITS


def _dense(folder: Folder, config: Config) -> DenseIndex:
    known = folder.manifest["dense"]
    plan = DensePlan(**config.dense.model_dump())
    return DenseIndex.load(folder.file(_DENSE_FILE), plan, Measured(**known) if known else None)


def _opinions(folder: Folder) -> AspectProfile | None:
    arrays = folder.arrays("opinions")
    return AspectProfile.from_arrays(arrays) if arrays else None
