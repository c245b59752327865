"""Their column names to ours: mapped by the user, equal, or a well-known alias."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

import pandas as pd

from semrec.data.rejects import Rejects
from semrec.data.tables import Table
from semrec.errors import InvalidArgument, MissingColumn, legal, shorten

Aliases = Mapping[str, tuple[str, ...]]
"""Our column names, and for each the names under which it is also found, best first."""


def rename(
    table: Table,
    aliases: Aliases,
    required: tuple[str, ...],
    columns: Mapping[str, str] | None,
    rejects: Rejects,
) -> pd.DataFrame:
    """The table's frame with our column names; unknown columns keep theirs.

    Args:
        table: what was read.
        aliases: the columns that are looked for.
        required: those that must be there.
        columns: the user's mapping, ours -> theirs; it wins over equal names and aliases.
        rejects: gets a note for each alias that was used.

    Raises:
        InvalidArgument: the mapping names a column that we do not have.
        MissingColumn: a required or mapped column is absent; the message shows near names.
    """
    present = [str(name) for name in table.frame.columns]
    taken: dict[str, str] = {}
    for ours, theirs in (columns or {}).items():
        if ours not in aliases:
            raise InvalidArgument(
                f"{table.where}: {shorten(ours)} = {shorten(theirs)}: no column of ours; "
                f"legal: {legal(aliases, ours)}"
            )
        if theirs not in present:
            raise MissingColumn(table.where, ours, _near_first(theirs, present), theirs)
        taken[ours] = theirs
    free = {_key(name): name for name in reversed(present) if name not in taken.values()}
    for ours in aliases:
        if ours not in taken and _key(ours) in free:
            taken[ours] = free.pop(_key(ours))
    for ours, others in aliases.items():
        alias = next((other for other in others if _key(other) in free), None)
        if ours not in taken and alias is not None:
            taken[ours] = free.pop(_key(alias))
            rejects.note(f"{table.where}: column {ours!r} is read from {taken[ours]!r}")
    for ours in required:
        if ours not in taken:
            raise MissingColumn(table.where, ours, _near_first(ours, present), ours)
    back = {theirs: ours for ours, theirs in taken.items()}
    dropped = [name for name in present if name not in back and name in taken]
    frame = table.frame.drop(columns=dropped).rename(columns=back)
    # One of their columns may serve as two of ours.
    twice = {ours: table.frame[theirs] for ours, theirs in taken.items() if back[theirs] != ours}
    return frame.assign(**twice)


def _key(name: str) -> str:
    return "".join(c for c in name.casefold() if c not in " _-")


def _near_first(wanted: str, present: list[str]) -> list[str]:
    near = difflib.get_close_matches(wanted, present, n=3, cutoff=0.4)
    return near + [name for name in present if name not in near]
