"""What a caller hands over becomes a checked change, its titles encoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from semrec.data import clean, importers
from semrec.data.encoding import read_bytes, to_utf8
from semrec.data.events import COLUMNS as EVENT_COLUMNS
from semrec.data.ids import IdMap
from semrec.data.rejects import Rejects
from semrec.embed.vectors import checked
from semrec.encoders import Encoders
from semrec.errors import InvalidArgument, shorten
from semrec.legs import item_side
from semrec.life.change import Change
from semrec.semantic import check_teacher
from semrec.shop import Shop
from semrec.types import Vectors

Table: TypeAlias = str | Path | pd.DataFrame
_UNKNOWN = "unknown item; legal: ids of the catalog"


@dataclass(frozen=True)
class Updated:
    """What an update did.

    Attributes:
        added, replaced, deleted: how many items.
        encoded: how many titles were new and had to be encoded.
        events: how many events.
        rejects: the rows that were set aside, with reasons.
    """

    added: int
    replaced: int
    deleted: int
    encoded: int
    events: int
    rejects: Rejects = field(default_factory=Rejects, repr=False)


def prepared(
    shop: Shop,
    encoders: Encoders,
    items: Table | None,
    delete: Sequence[str] | str | Path,
    events: Table | None,
) -> tuple[Change, Updated]:
    """Read, check and encode.

    Args:
        shop: what is changed.
        encoders: its teacher and student.
        items: as a catalog; each row replaces the item of its id as a whole.
        delete: ids, or a text file with one a line; ids that are unknown are set aside.
        events: as a behaviour log.

    Raises:
        DataError: a table cannot be used at all.
        InvalidArgument: an item is both given and deleted, nothing is given, or nothing is left.
        IndexMismatch: the encoder is not the one that the index was built with.
        BadVectors: it gives NaN, zeros, or another shape.
    """
    if items is None and events is None and not delete:
        raise InvalidArgument("nothing to update; legal: items, delete, events")
    columns, rejects = shop.config.columns, Rejects()
    known = shop.catalog.items
    frame = shop.catalog.frame.iloc[:0]
    if items is not None:
        given, more = importers.load_catalog(items, columns.catalog)
        frame, rejects = given.frame, rejects + more
    gone = _to_delete(delete, known, set(frame["item_id"]), rejects)
    if len(gone) == known.count and frame.empty:
        raise InvalidArgument(f"all {known.count} items would be deleted; legal: to leave one")
    after = known.extended(frame["item_id"])[0].without(known.rows(gone))
    log = pd.DataFrame({name: pd.Series(dtype="str") for name in EVENT_COLUMNS})
    if events is not None:
        read, more = importers.load_events(events, after, shop.config.events, columns.events)
        log, rejects = read.frame, rejects + more
    vectors, encoded = _vectors(shop, encoders, frame)
    replaced = int(np.count_nonzero(known.rows(frame["item_id"]) >= 0))
    done = Updated(len(frame) - replaced, replaced, len(gone), encoded, len(log), rejects)
    return Change(frame, vectors, gone, log), done


def _to_delete(
    delete: Sequence[str] | str | Path, known: IdMap, given: set[str], rejects: Rejects
) -> tuple[str, ...]:
    where, ids = "delete", list(delete) if not isinstance(delete, str | Path) else []
    if isinstance(delete, str | Path):
        where = str(delete)
        ids = to_utf8(read_bytes(Path(delete)), where).decode("utf-8").splitlines()
    wanted = clean.ids(ids).to_numpy(dtype=object)
    lines = np.arange(1, len(wanted) + 1)
    filled = wanted != ""
    wanted, lines = wanted[filled], lines[filled]
    both = [each for each in wanted if each in given]
    if both:
        raise InvalidArgument(
            f"{where}: item {shorten(both[0])} is to be deleted and among the items given; "
            "legal: one of the two"
        )
    strange = known.rows(wanted) < 0
    rejects.add_rows(where, lines[strange], "item_id", wanted[strange], _UNKNOWN)
    return tuple(dict.fromkeys(wanted[~strange]))


def _vectors(shop: Shop, encoders: Encoders, items: pd.DataFrame) -> tuple[Vectors, int]:
    """The vectors of the items, and how many were encoded: a title that stays keeps its vector."""
    vectors = np.zeros((len(items), shop.dense.dim), dtype=np.float32)
    rows = shop.catalog.items.rows(items["item_id"])
    titles = items["title"].to_numpy(dtype=object)
    old = np.flatnonzero(rows >= 0)
    before = shop.catalog.frame["title"].iloc[rows[old]].to_numpy(dtype=object)
    kept = old[(before == titles[old]) & shop.dense.live[rows[old]]]
    vectors[kept] = shop.dense.reconstruct(rows[kept])
    new = np.setdiff1d(np.arange(len(items)), kept)
    if len(new):
        side = item_side(shop.choice.sides)
        if side != "student":
            check_teacher(shop, encoders.transformer)
        encoder = encoders.of(side)
        fresh = encoder.encode_items(titles[new].tolist())
        vectors[new] = checked(fresh, len(new), shop.dense.dim, f"{encoder.name}: titles")
    return vectors, len(new)
