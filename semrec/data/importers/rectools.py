"""RecTools interactions: ``user_id, item_id, weight, datetime`` (rectools.Columns)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from semrec.data.importers.format import Format
from semrec.data.tables import Table

_COLUMNS = {"user_id", "item_id", "weight", "datetime"}


def detect(columns: Sequence[str]) -> bool:
    """True if all four columns are there."""
    return set(columns) >= _COLUMNS


def events(table: Table) -> Table:
    """Each interaction becomes a ``click``; its weight is kept as ``value``."""
    frame = table.frame.rename(columns={"weight": "value", "datetime": "timestamp"})
    return replace(table, frame=frame.assign(event_type="click"))


FORMAT = Format("rectools", "RecTools interactions (weight, datetime)", detect, events)
