"""Plain ratings: ``user_id, item_id or product_id, rating, timestamp``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from semrec.data.importers.format import Format
from semrec.data.tables import Table

_ITEMS = {"item_id", "product_id"}


def detect(columns: Sequence[str]) -> bool:
    """True if there are ratings and no event types."""
    names = set(columns)
    return names >= {"user_id", "rating", "timestamp"} and bool(names & _ITEMS)


def events(table: Table) -> Table:
    """Each rating becomes a ``rating`` event with the rating as its value."""
    names = {"product_id": "item_id"} if "item_id" not in table.frame else {}
    frame = table.frame.rename(columns={**names, "rating": "value"})
    return replace(table, frame=frame.assign(event_type="rating"))


FORMAT = Format("ratings", "ratings (user_id, item_id or product_id, rating)", detect, events)
