"""Delimited text (csv and its kin) to a frame of strings, row by row as the user sees them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from semrec.errors import EmptyFile

DELIMITERS = (",", "\t", ";", "|")
_MAX_RECORD_LINES = 10_000


@dataclass
class Parsed:
    """What came out of a delimited text.

    Attributes:
        frame: all values str; the index holds the record number, header = 1.
        bad: record number and text of the records with another number of fields than the header.
    """

    frame: pd.DataFrame
    bad: list[tuple[int, str]] = field(default_factory=list)


def parse(data: bytes, where: str) -> Parsed:
    """Parse UTF-8 text whose first line is the header; the delimiter is found from the header.

    Blank lines, and records of nothing but delimiters as spreadsheets leave them, are skipped. A
    quote that is opened and never closed costs its own line only.

    Raises:
        EmptyFile: there is no line after the header.
    """
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    header, _, body = data.partition(b"\n")
    if not body.strip():
        raise EmptyFile(where)
    line = header.decode("utf-8").rstrip("\r")
    delimiter = sniff(line)
    names = unique_names(_fields(line, delimiter) or [""])
    parsed = _parse(body, names, delimiter)
    blank = (parsed.frame == "").all(axis="columns")
    if blank.any():
        parsed.frame = parsed.frame[~blank]
    if parsed.frame.empty and not parsed.bad:
        raise EmptyFile(where)
    return parsed


def sniff(header: str) -> str:
    """The delimiter that splits the header into most fields; a comma if none does."""
    return max(DELIMITERS, key=lambda delimiter: len(_fields(header, delimiter)))


def unique_names(names: Sequence[str]) -> list[str]:
    """Stripped column names; a repeated one gets a number, a missing one a name."""
    seen: Counter[str] = Counter()
    unique = []
    for position, raw in enumerate(names):
        name = raw.strip() or f"column_{position + 1}"
        unique.append(f"{name}.{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return unique


def _parse(body: bytes, names: list[str], delimiter: str) -> Parsed:
    if _quotes_end_with_line(body):
        try:
            parsed = _parse_fast(body, names, delimiter)
        except pa.ArrowInvalid:
            # A line is longer than Arrow's block.
            return _parse_careful(body, names, delimiter)
        if b'"' not in body or not _swallowed_lines(parsed):
            return parsed
    return _parse_careful(body, names, delimiter)


def _swallowed_lines(parsed: Parsed) -> bool:
    """True if a stray quote, as in ``9.7","``, opened a field that went on into the next line."""
    columns = (parsed.frame[name] for name in parsed.frame)
    return any("\n" in text for _, text in parsed.bad) or any(
        column.str.contains("\n", regex=False).any() for column in columns
    )


def _quotes_end_with_line(body: bytes) -> bool:
    """True if each line has an even number of quotes, so that every line is one record."""
    if b'"' not in body:
        return True
    characters = np.frombuffer(body, dtype=np.uint8)
    quotes = np.flatnonzero(characters == ord('"'))
    lines = np.flatnonzero(characters == ord("\n"))
    before = np.searchsorted(quotes, lines)
    return not (before % 2).any() and len(quotes) % 2 == 0


def _parse_fast(body: bytes, names: list[str], delimiter: str) -> Parsed:
    """Arrow's reader: about a million rows a second, but a record must be one line."""
    bad: list[tuple[int, str]] = []

    def set_aside(row: pa_csv.InvalidRow) -> str:
        bad.append((row.number + 1, row.text))
        return "skip"

    table = pa_csv.read_csv(
        io.BytesIO(body),
        read_options=pa_csv.ReadOptions(use_threads=False, column_names=names),
        parse_options=pa_csv.ParseOptions(
            delimiter=delimiter, ignore_empty_lines=False, invalid_row_handler=set_aside
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    rows = np.arange(2, 2 + table.num_rows + len(bad))
    rows = np.delete(rows, [number - 2 for number, _ in bad]) if bad else rows
    frame = table.to_pandas()
    frame.index = pd.Index(rows)
    return Parsed(frame, bad)


def _parse_careful(body: bytes, names: list[str], delimiter: str) -> Parsed:
    """Line by line, for texts with line breaks inside quotes or with unbalanced quotes."""
    lines = body.decode("utf-8").split("\n")
    records: list[list[str]] = []
    rows: list[int] = []
    bad: list[tuple[int, str]] = []
    number, at = 2, 0
    while at < len(lines):
        record, used = _next_record(lines, at, len(names), delimiter)
        if len(record) == len(names):
            records.append(record)
            rows.append(number)
        elif lines[at].strip():
            bad.append((number, lines[at].rstrip("\r")))
        number, at = number + 1, at + used
    return Parsed(pd.DataFrame(records, columns=names, index=rows, dtype="str"), bad)


def _next_record(lines: list[str], at: int, width: int, delimiter: str) -> tuple[list[str], int]:
    """The record that starts at a line, and how many lines it takes; one line if it is bad."""
    line = lines[at].rstrip("\r")
    if '"' not in line:
        return line.split(delimiter), 1
    if line.count('"') % 2 == 0:
        return _fields(line, delimiter), 1
    record = _fields(line, delimiter, strict=True)
    if len(record) == width:
        return record, 1
    for end in range(at + 1, min(at + _MAX_RECORD_LINES, len(lines))):
        if lines[end].count('"') % 2 == 1:
            text = "\n".join(each.rstrip("\r") for each in lines[at : end + 1])
            record = _fields(text, delimiter, strict=True)
            return (record, end + 1 - at) if len(record) == width else ([], 1)
    return [], 1


def _fields(text: str, delimiter: str, strict: bool = False) -> list[str]:
    """The fields of one record, [] if it is none; strict refuses an unclosed quote."""
    try:
        records = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=strict))
    except csv.Error:
        return []
    return records[0] if len(records) == 1 else []
