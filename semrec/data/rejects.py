"""Rows that are set aside and values that are cleared, each with its place and reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

MAX_LISTED = 10_000
"""A reason that hits more rows of one file than this is listed in part and counted in full."""
LISTED_OF_MANY = 1_000
_MAX_VALUE = 80


@dataclass(frozen=True, slots=True)
class Reject:
    """One complaint.

    Attributes:
        file: the file or frame, as the user named it.
        row: record number as the user sees it (header = row 1 of a csv).
        column: the column, in the user's naming; "" if the whole row is meant.
        value: the value, shortened.
        reason: what is wrong, and what is legal.
        kept: True if only the value was cleared and the row stays.
        count: how many rows this line stands for; more than 1 for rows that are not listed.
    """

    file: str
    row: int
    column: str
    value: str
    reason: str
    kept: bool = False
    count: int = 1


@dataclass
class Rejects:
    """Collects complaints while files are read.

    Attributes:
        entries: the complaints, in the order they were found.
        notes: what was done without being an error, one line each.
        merged: rows left out without being an error (duplicate events, older versions).
    """

    entries: list[Reject] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    merged: int = 0

    def add(
        self, file: str, row: int, column: str, value: object, reason: str, *, kept: bool = False
    ) -> None:
        """Record one row."""
        self.entries.append(Reject(file, int(row), column, _shorten(value), reason, kept))

    def add_rows(
        self,
        file: str,
        rows: Iterable[int],
        column: str,
        values: Iterable[object],
        reason: str,
        *,
        kept: bool = False,
    ) -> None:
        """Record many rows with one reason; ``rows`` and ``values`` have one length."""
        numbers, shown = list(rows), list(values)
        listed = len(numbers) if len(numbers) <= MAX_LISTED else LISTED_OF_MANY
        self.entries.extend(
            Reject(file, int(row), column, _shorten(value), reason, kept)
            for row, value in zip(numbers[:listed], shown[:listed], strict=True)
        )
        if listed < len(numbers):
            rest = len(numbers) - listed
            self.entries.append(Reject(file, int(numbers[listed]), column, "", reason, kept, rest))

    def note(self, line: str, merged: int = 0) -> None:
        """Record what was done without being an error, and how many rows it left out."""
        self.notes.append(line)
        self.merged += merged

    def __len__(self) -> int:
        return sum(entry.count for entry in self.entries)

    def __add__(self, other: Rejects) -> Rejects:
        return Rejects(
            self.entries + other.entries, self.notes + other.notes, self.merged + other.merged
        )

    @property
    def set_aside(self) -> int:
        """How many rows did not get through."""
        return sum(entry.count for entry in self.entries if not entry.kept)

    def frame(self) -> pd.DataFrame:
        """One line a complaint; columns ``file, row, column, value, reason``."""
        columns = ["file", "row", "column", "value", "reason"]
        lines = [(e.file, e.row, e.column, e.value, _reason(e)) for e in self.entries]
        return pd.DataFrame(lines, columns=columns)

    def csv(self) -> str:
        """:meth:`frame` as csv, after a byte order mark so that spreadsheets show Chinese."""
        lines: str = self.frame().to_csv(index=False, lineterminator="\n")
        return f"\ufeff{lines}"

    def write(self, path: str | Path) -> None:
        """Write :meth:`csv` in UTF-8."""
        Path(path).write_text(self.csv(), encoding="utf-8", newline="")

    def summary(self) -> list[str]:
        """The notes, then one line for each file and reason with its count and first row."""
        counts: dict[tuple[str, str, bool], int] = {}
        firsts: dict[tuple[str, str, bool], Reject] = {}
        for entry in self.entries:
            key = (entry.file, entry.reason, entry.kept)
            counts[key] = counts.get(key, 0) + entry.count
            firsts.setdefault(key, entry)
        lines = list(self.notes)
        for key, count in counts.items():
            first = firsts[key]
            fate = "value cleared" if first.kept else "set aside"
            place = f"row {first.row}" + (f", {first.column}" if first.column else "")
            rows = "1 row" if count == 1 else f"{count:,} rows"
            lines.append(
                f"{first.file}: {rows} {fate}: {first.reason}; first: {place} = {first.value!r}"
            )
        return lines


def _reason(entry: Reject) -> str:
    text = f"{entry.reason}; the row is kept" if entry.kept else entry.reason
    if entry.count > 1:
        text += f" ({entry.count:,} further rows from here on are counted, not listed)"
    return text


def _shorten(value: object) -> str:
    # Halves of surrogate pairs, which JSON may hold, cannot be written.
    text = "" if value is None else str(value).encode("utf-8", errors="replace").decode("utf-8")
    return text if len(text) <= _MAX_VALUE else f"{text[: _MAX_VALUE - 1]}…"
