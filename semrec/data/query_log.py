"""Queries without labels: a text file with one a line."""

from __future__ import annotations

from pathlib import Path

from semrec.data.encoding import read_bytes, to_utf8
from semrec.errors import NoValidRows

_LONGEST = 200
"""Longer lines are no queries."""


def load_queries(path: str | Path) -> list[str]:
    """Read a query log, each query as often as it stands there.

    Args:
        path: text, UTF-8 or GB18030, also ``.gz``; empty lines are passed over, and so are lines
            of more than 200 characters.

    Raises:
        FileMissing: the file cannot be read.
        EmptyFile: it has no byte.
        NotText: it is binary, or in no known encoding.
        NoValidRows: no line is a query.
    """
    path = Path(path)
    text = to_utf8(read_bytes(path), str(path)).decode("utf-8")
    lines = [line.strip() for line in text.splitlines()]
    queries = [line for line in lines if 0 < len(line) <= _LONGEST]
    if not queries:
        raise NoValidRows(str(path), len(lines), "one query a line")
    return queries
