"""Other systems' files: recognised by their columns and turned into ours, one format a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from semrec.config import EventsConfig
from semrec.data import catalog, events
from semrec.data.catalog import Catalog
from semrec.data.events import Events
from semrec.data.ids import IdMap
from semrec.data.importers import personalize, ratings, recbole, rectools, taobao, ubi
from semrec.data.importers.format import Format
from semrec.data.importers.recbole import users as load_recbole_users
from semrec.data.rejects import Rejects
from semrec.data.tables import Source, Table, read_table
from semrec.errors import InvalidArgument, legal, shorten

__all__ = ["FORMATS", "Format", "autodetect", "load_catalog", "load_events", "load_recbole_users"]

OWN = "semrec"
AUTO = "auto"
FORMATS: dict[str, Format] = {
    OWN: Format(OWN, "semrec's own columns", lambda columns: False, lambda t: t, lambda t: t),
    **{
        module.FORMAT.name: module.FORMAT
        for module in (recbole, ubi, personalize, rectools, taobao, ratings)
    },
}
"""Every format by name, in the order in which they are tried."""


def autodetect(columns: Sequence[str]) -> str:
    """The name of the format that a table with these columns is in; ``"semrec"`` if no other.

    A table with a column ``event_type`` or ``title`` is always our own.
    """
    names = [str(name) for name in columns]
    if {"event_type", "title"} & set(names):
        return OWN
    return next((name for name, each in FORMATS.items() if each.detect(names)), OWN)


def load_events(
    source: Source,
    items: IdMap,
    config: EventsConfig,
    columns: Mapping[str, str] | None = None,
    format: str = AUTO,
    queries: Source | None = None,
) -> tuple[Events, Rejects]:
    """:func:`semrec.data.events.load` for a file in any known format.

    Args:
        source: a path or a frame.
        items: the ids of the catalog.
        config: names the legal event types.
        columns: our column name -> theirs, after the conversion. With ``format="auto"`` a mapping
            says that the file is in no foreign format.
        format: a name in :data:`FORMATS`, or ``"auto"``.
        queries: the ``ubi_queries`` file that belongs to UBI events.

    Raises:
        InvalidArgument: no such format, or it has no events, or queries for another than UBI.
        DataError: as :func:`semrec.data.events.load`.
    """
    table = read_table(source, "events")
    chosen = _choose(table, format, columns)
    if chosen.events is None:
        raise InvalidArgument(f"format {chosen.name!r} has no events")
    converted = chosen.events(table)
    if queries is not None:
        if chosen.name != ubi.FORMAT.name:
            raise InvalidArgument(f"a queries file belongs to format 'ubi', not {chosen.name!r}")
        converted = ubi.with_queries(converted, read_table(queries, "queries"))
    found, rejects = events.from_table(converted, items, config, columns)
    return found, _noted(chosen, table, rejects)


def as_events(table: Table) -> Table:
    """A behaviour log in any format that its columns tell, with our column names."""
    chosen = _choose(table, AUTO, None)
    return table if chosen.events is None else chosen.events(table)


def load_catalog(
    source: Source, columns: Mapping[str, str] | None = None, format: str = AUTO
) -> tuple[Catalog, Rejects]:
    """:func:`semrec.data.catalog.load` for a file in any known format.

    Raises:
        InvalidArgument: no such format, or it has no items.
        DataError: as :func:`semrec.data.catalog.load`.
    """
    table = read_table(source, "catalog")
    chosen = _choose(table, format, columns)
    if chosen.items is None:
        raise InvalidArgument(f"format {chosen.name!r} has no items")
    found, rejects = catalog.from_table(chosen.items(table), columns)
    return found, _noted(chosen, table, rejects)


def _choose(table: Table, format: str, columns: Mapping[str, str] | None) -> Format:
    if format == AUTO:
        return FORMATS[OWN if columns else autodetect(list(table.frame.columns))]
    if format not in FORMATS:
        options = legal([AUTO, *FORMATS], format)
        raise InvalidArgument(f"unknown format {shorten(format)}; legal: {options}")
    return FORMATS[format]


def _noted(chosen: Format, table: Table, rejects: Rejects) -> Rejects:
    if chosen.name != OWN:
        rejects.notes.insert(0, f"{table.where}: read as {chosen.about}")
    return rejects
