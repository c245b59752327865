"""Judged queries and interaction splits from files.

Judgements are read strictly: a figure measured on part of them would not be the one asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from semrec.config import EventsConfig
from semrec.data import clean, events, importers
from semrec.data.columns import rename
from semrec.data.encoding import read_bytes, to_utf8
from semrec.data.ids import IdMap
from semrec.data.rejects import Rejects
from semrec.data.tables import Source, read_table
from semrec.errors import DataError, EmptyFile, NoValidRows, shorten

Queries = Mapping[str, str]
"""Text by query id."""
Qrels = Mapping[str, Mapping[str, float]]
"""By query id: relevance by item id; above 0 is relevant."""

logger = logging.getLogger(__name__)


def read_queries(source: Source) -> dict[str, str]:
    """Queries from a table with the columns ``qid, query``.

    Raises:
        DataError: the file cannot be read, a row is broken, or a ``qid`` is empty or occurs twice.
        MissingColumn: a column is absent.
    """
    frame, where = _strict_table(source, "queries", ("qid", "query"))
    twice = frame["qid"].duplicated()
    if twice.any():
        raise DataError(
            f"{where}: row {frame.index[twice][0]}: qid {shorten(frame['qid'][twice].iloc[0])} "
            "occurs twice; legal: one row a query"
        )
    return dict(zip(frame["qid"], frame["query"], strict=True))


def read_qrels(source: Source) -> dict[str, dict[str, float]]:
    """Judgements from a table with the columns ``qid, item_id, relevance``.

    Raises:
        DataError: the file cannot be read, a row is broken, or a relevance is no finite number.
        MissingColumn: a column is absent.
    """
    frame, where = _strict_table(source, "qrels", ("qid", "item_id", "relevance"))
    relevance = pd.to_numeric(frame["relevance"], errors="coerce")
    bad = ~np.isfinite(relevance.to_numpy(dtype=np.float64))
    if bad.any():
        raise DataError(
            f"{where}: row {frame.index[bad][0]}: relevance "
            f"{shorten(frame['relevance'][bad].iloc[0])} is no number; legal: 0 or more"
        )
    qrels: dict[str, dict[str, float]] = {}
    for qid, item_id, value in zip(frame["qid"], frame["item_id"], relevance, strict=True):
        qrels.setdefault(qid, {})[item_id] = float(value)
    return qrels


def _strict_table(source: Source, what: str, columns: tuple[str, ...]) -> tuple[pd.DataFrame, str]:
    """The columns as str; every row is whole and no id is empty."""
    table = read_table(source, what)
    if table.rejects.entries:
        first = table.rejects.entries[0]
        raise DataError(f"{table.where}: row {first.row}: {first.reason}")
    renamed = rename(table, dict.fromkeys(columns, ()), columns, None, Rejects())
    frame = renamed[list(columns)].astype("str")
    for column in columns:
        values = frame[column].str.strip()
        if column in ("qid", "item_id") and (values == "").any():
            raise DataError(f"{table.where}: row {frame.index[values == ''][0]}: no {column}")
        frame[column] = values
    return frame, table.where


def read_adjacency(path: str | Path) -> pd.DataFrame:
    """Interactions from a text file of lines ``user item item …``, separated by blanks.

    A user without items, as some public splits hold them, adds nothing.

    Returns:
        Columns ``user_id, item_id`` (str), one row a pair, in the file's order.

    Raises:
        DataError: the file cannot be read, or no line holds a user and an item.
    """
    lines = to_utf8(read_bytes(Path(path)), str(path)).decode("utf-8").splitlines()
    words = [line.split() for line in lines]
    if not any(words):
        raise EmptyFile(str(path))
    users = [line[0] for line in words if line]
    counts = [len(line) - 1 for line in words if line]
    if not any(counts):
        raise DataError(f"{path}: no line holds a user and an item; legal: 'user item item …'")
    items = [item for line in words for item in line[1:]]
    return pd.DataFrame(
        {"user_id": np.repeat(np.array(users, dtype=object), counts), "item_id": items}
    )


def read_event_pairs(source: Source, config: EventsConfig | None = None) -> pd.DataFrame:
    """Interactions from a behaviour log, weighted by type, without ratings that show no liking.

    Any format that is recognised by its columns may be given. Only ``user_id`` and ``item_id``
    must be there. Without ``event_type`` a row with a value is a
    rating and any other a view; without ``timestamp`` all are of one time. As when an index is
    built, unusable rows are set aside, with a warning in this module's log.

    Args:
        source: a path or a frame, as for the engine.
        config: weights by type and what rating counts as liked.

    Returns:
        Columns ``user_id, item_id`` (str), ``weight`` (float32), ``timestamp`` (float64 seconds
        since 1970), ``basket`` (int64, equal for events of a day's basket, -1 outside), by user
        and time.

    Raises:
        DataError: the file cannot be read.
        MissingColumn: a column is absent.
        NoValidRows: no row is usable.
    """
    config = config or EventsConfig()
    table = importers.as_events(read_table(source, "events"))
    frame = rename(table, events.ALIASES, ("user_id", "item_id"), None, Rejects())
    if "event_type" not in frame:
        frame["event_type"] = "rating" if "value" in frame else "view"
    if "timestamp" not in frame:
        frame["timestamp"] = 0
    named = clean.ids(frame["item_id"])
    items = IdMap(named[named != ""].drop_duplicates())
    log, rejects = events.from_table(replace(table, frame=frame), items, config)
    for line in rejects.summary():
        logger.warning(line)
    found, people = events.interactions(log, items, config)
    if not len(found.users):
        reason = rejects.entries[0].reason if rejects.entries else "no rating shows a liking"
        raise NoValidRows(table.where, len(frame), reason)
    return pd.DataFrame(
        {
            "user_id": people.ids[found.users],
            "item_id": items.ids[found.items],
            "weight": found.weights,
            "timestamp": found.times,
            "basket": found.baskets,
        }
    )
