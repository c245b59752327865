"""Taobao behaviour logs of Tianchi: ``user_id, item_id, category_id, behavior, timestamp``.

The original UserBehavior.csv has no header line; cuts of it often do. The older mobile set writes
``behavior_type`` as 1 to 4 and ``time`` as ``2014-12-06 02``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from semrec.data import clean
from semrec.data.actions import canonical
from semrec.data.importers.format import Format
from semrec.data.tables import Table

_HEADER = ["user_id", "item_id", "category_id", "event_type", "timestamp"]
_BEHAVIOURS = {"pv", "cart", "fav", "buy"}
_CODES = {"1": "view", "2": "fav", "3": "cart", "4": "buy"}
_NAMES = {"behavior": "event_type", "behavior_type": "event_type", "time": "timestamp"}


def detect(columns: Sequence[str]) -> bool:
    """True with the known header, or if the header line is itself an event."""
    return _headerless(columns) or (
        set(columns) >= {"user_id", "item_id"}
        and bool({"behavior", "behavior_type"} & set(columns))
    )


def events(table: Table) -> Table:
    """Page views become ``view``; the other names are ours already."""
    table = _with_header(table) if _headerless(list(table.frame.columns)) else table
    frame = table.frame.rename(columns=_NAMES)
    types = clean.ids(frame["event_type"])
    return replace(table, frame=frame.assign(event_type=canonical(types.replace(_CODES))))


def _headerless(columns: Sequence[str]) -> bool:
    return len(columns) == len(_HEADER) and columns[3] in _BEHAVIOURS


def _with_header(table: Table) -> Table:
    # Reading made a repeated value of the first line unique with ".1"; ids here have no dots.
    first = [str(name).partition(".")[0] for name in table.frame.columns]
    head = pd.DataFrame([first], columns=_HEADER, index=[table.first_row - 1], dtype="str")
    rest = table.frame.set_axis(_HEADER, axis="columns")
    return replace(table, frame=pd.concat([head, rest]), first_row=table.first_row - 1)


FORMAT = Format("taobao", "Taobao pv/cart/fav/buy log of Tianchi", detect, events)
