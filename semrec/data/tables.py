"""Files and frames of any supported format to one table that knows its row numbers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from semrec.data import clean, delimited
from semrec.data.encoding import read_bytes, to_utf8
from semrec.data.rejects import Rejects
from semrec.errors import DataError, EmptyFile, UnknownFormat, shorten

Source: TypeAlias = "str | Path | pd.DataFrame"
"""What can be read: a path or a frame."""


@dataclass(frozen=True, eq=False)
class Table:
    """What was read, before any check of its columns.

    Attributes:
        frame: the records; the index holds the record number as the user sees it. Values are
            str from delimited text ("" if missing), and native from JSON, parquet and frames.
        where: the path, or what the frame is, for messages.
        first_row: number of the first record: 2 after a csv header, 1 in JSON and parquet, 0 in
            a frame.
        rejects: records that could not be read at all.
    """

    frame: pd.DataFrame
    where: str
    first_row: int
    rejects: Rejects = field(default_factory=Rejects)

    @property
    def rows(self) -> NDArray[np.int64]:
        """Record number of each row of the frame, shape ``(rows,)``, int64."""
        return np.asarray(self.frame.index, dtype=np.int64)


def read_table(source: Source, what: str) -> Table:
    """Read a file or take a frame.

    Args:
        source: a path ending in one of :data:`READERS`, optionally followed by ``.gz``, or a frame.
        what: what it holds ("catalog", "events", …), for messages about frames.

    Raises:
        FileMissing: the file cannot be read.
        EmptyFile: it holds no record.
        NotText: it should be text and is not, or not in UTF-8, GB18030 or UTF-16 with BOM.
        UnknownFormat: the name's ending is none of the legal ones.
        DataError: it is neither a path nor a frame, or its content is not what its name says.
    """
    if isinstance(source, pd.DataFrame):
        return _from_frame(source, f"{what} frame")
    if not isinstance(source, str | PathLike):
        raise DataError(f"{what} = {shorten(source)}; legal: a path or a DataFrame")
    path = Path(source)
    endings = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    reader = READERS.get(endings[-1] if endings else "")
    if reader is None:
        if not path.exists():
            read_bytes(path)
        raise UnknownFormat(str(path), READERS)
    return reader(read_bytes(path), str(path))


def _from_frame(frame: pd.DataFrame, where: str) -> Table:
    if frame.empty:
        raise EmptyFile(where)
    copy = frame.reset_index(drop=True)
    copy.columns = delimited.unique_names([str(name) for name in copy.columns])
    return Table(copy, where, first_row=0)


def _read_delimited(data: bytes, where: str) -> Table:
    parsed = delimited.parse(to_utf8(data, where), where)
    rejects = Rejects()
    reason = f"not the header's {len(parsed.frame.columns)} fields, or an unbalanced quote"
    rejects.add_rows(where, *_columns_of(parsed.bad), reason)
    return Table(parsed.frame, where, first_row=2, rejects=rejects)


def _read_json(data: bytes, where: str) -> Table:
    """A list of objects, or one object a line."""
    text = to_utf8(data, where)
    if not text.lstrip().startswith(b"["):
        return _read_jsonl(data, where)
    try:
        values = json.loads(text)
    except ValueError as error:
        raise DataError(f"{where}: no valid JSON: {error}") from None
    return _from_objects(list(enumerate(values, start=1)), where, Rejects())


def _read_jsonl(data: bytes, where: str) -> Table:
    """One JSON object a line; blank lines are skipped."""
    values: list[tuple[int, Any]] = []
    bad: list[tuple[int, Any]] = []
    for number, line in enumerate(to_utf8(data, where).split(b"\n"), start=1):
        if line.strip():
            try:
                values.append((number, json.loads(line)))
            except ValueError:
                bad.append((number, line.decode("utf-8")))
    rejects = Rejects()
    rejects.add_rows(where, *_columns_of(bad), "no valid JSON")
    return _from_objects(values, where, rejects)


def _from_objects(values: list[tuple[int, Any]], where: str, rejects: Rejects) -> Table:
    good = [(number, value) for number, value in values if isinstance(value, dict)]
    bad = [(number, value) for number, value in values if not isinstance(value, dict)]
    rejects.add_rows(where, *_columns_of(bad), "no JSON object")
    if not good and not rejects:
        raise EmptyFile(where)
    # dtype=object: a missing value must not turn long integer ids into rounded floats.
    frame = pd.DataFrame([value for _, value in good], dtype=object)
    frame.columns = delimited.unique_names([clean.whole(str(name)) for name in frame.columns])
    frame.index = pd.Index([number for number, _ in good], dtype=np.int64)
    return Table(frame, where, first_row=1, rejects=rejects)


def _columns_of(bad: list[tuple[int, Any]]) -> tuple[list[int], str, list[Any]]:
    """Row numbers, column and values of whole records, for :meth:`Rejects.add_rows`."""
    return [number for number, _ in bad], "", [value for _, value in bad]


def _read_parquet(data: bytes, where: str) -> Table:
    try:
        table = pq.read_table(io.BytesIO(data))
    except pa.ArrowInvalid:
        raise DataError(f"{where}: the ending says parquet, but this is no parquet file") from None
    if not table.num_rows:
        raise EmptyFile(where)
    frame = table.to_pandas(integer_object_nulls=True, ignore_metadata=True)
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return Table(frame, where, first_row=1)


READERS: dict[str, Callable[[bytes, str], Table]] = {
    ".csv": _read_delimited,
    ".tsv": _read_delimited,
    ".txt": _read_delimited,
    ".inter": _read_delimited,
    ".item": _read_delimited,
    ".user": _read_delimited,
    ".json": _read_json,
    ".jsonl": _read_jsonl,
    ".ndjson": _read_jsonl,
    ".parquet": _read_parquet,
}
"""Reader of each legal ending."""
