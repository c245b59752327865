"""Named errors. Each message is one line: the value, where it stands, and what is legal."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

_MAX_SHOWN = 60


def shorten(value: object, limit: int = _MAX_SHOWN) -> str:
    """Render ``value`` on one line of at most ``limit`` characters, for an error message."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def legal(options: Iterable[object], wanted: object = "", limit: int = 8) -> str:
    """List the legal options, those nearest to ``wanted`` first, and how many more there are."""
    names = [str(option) for option in options]
    near = difflib.get_close_matches(str(wanted), names, n=3, cutoff=0.5)
    ordered = near + [name for name in names if name not in near]
    shown = ", ".join(ordered[:limit])
    return shown if len(ordered) <= limit else f"{shown}, … ({len(ordered) - limit} more)"


class SemrecWarning(UserWarning):
    """Base of every warning to a user; the command line prints it as one line."""


class SemrecError(Exception):
    """Base of every error that a user can cause; the command line prints it and exits with 2."""


class ConfigError(SemrecError):
    """A setting is unknown or out of range."""


class InvalidArgument(SemrecError):
    """An argument of a public call is out of range."""


class DataError(SemrecError):
    """Base of the errors about an input file or frame."""


class FileMissing(DataError):
    """An input file does not exist or cannot be read."""

    def __init__(self, path: Path, why: str = "no such file") -> None:
        super().__init__(f"{path}: {why}")


class EmptyFile(DataError):
    """An input file holds no row."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where}: the file holds no row; a header line and at least one row needed"
        )


class NotText(DataError):
    """An input file that should be text is binary, or in no encoding that is supported."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}; legal: text in UTF-8 (with or without BOM) or GB18030")


class UnknownFormat(DataError):
    """The ending of a file names no format that can be read."""

    def __init__(self, where: str, options: Iterable[str]) -> None:
        super().__init__(f"{where}: unknown file format; legal endings: {legal(options)}")


class MissingColumn(DataError):
    """A required column is absent."""

    def __init__(self, where: str, column: str, present: Iterable[str], wanted: str) -> None:
        mapped = f"column {wanted!r} (for {column!r})" if wanted != column else f"column {column!r}"
        super().__init__(
            f"{where}: {mapped} is missing; present: {legal(present, wanted)}; a mapping such as "
            f"{column} = NAME says which of them it is"
        )


class NoValidRows(DataError):
    """Every row of a file was set aside."""

    def __init__(self, where: str, count: int, first_reason: str) -> None:
        super().__init__(f"{where}: none of {count} rows is valid; the first: {first_reason}")


class UnknownItem(SemrecError):
    """An item id that is not in the catalog."""

    def __init__(self, item_id: object, nearest: Iterable[str]) -> None:
        near = ", ".join(nearest)
        super().__init__(
            f"unknown item {shorten(item_id)}"
            + (f"; nearest ids: {near}" if near else "; ids are those of the catalog")
        )


class UnknownColumn(SemrecError):
    """A filter names a column that the catalog does not have."""

    def __init__(self, column: object, present: Iterable[str]) -> None:
        super().__init__(
            f"unknown filter column {shorten(column)}; legal: {legal(present, column)}"
        )


class UnknownValue(SemrecError):
    """A filter names a value that no item has."""

    def __init__(self, column: str, value: object, present: Iterable[object]) -> None:
        super().__init__(f"no item has {column} = {shorten(value)}; legal: {legal(present, value)}")


class IndexFolderError(SemrecError):
    """Base of the errors about an index folder."""


class NotAnIndex(IndexFolderError):
    """The folder holds no semrec index, or one of another schema version."""


class CannotWrite(IndexFolderError):
    """An index folder cannot be made or written."""


class FolderLocked(IndexFolderError):
    """Another process is writing the index folder."""

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(f"{path}: is being written by {holder}; try again when it is done")


class IndexCorrupt(IndexFolderError):
    """A file of an index folder is missing or does not match its checksum."""


class IndexMismatch(IndexFolderError):
    """An index is opened with another encoder than it was built with."""

    def __init__(self, built: str, opened: str) -> None:
        super().__init__(
            f"the index was built with encoder {built} but is opened with {opened}; "
            "open it with the first, or build it again"
        )


class ModelNotFound(SemrecError):
    """An embedding model can neither be found on disk nor loaded from a hub."""


class ModelDamaged(SemrecError):
    """A model's file is missing, is not what was saved, or holds values that no model has."""


class BadVectors(SemrecError):
    """An encoder gave vectors of another shape, of zeros, or with NaN."""


class MissingExtra(SemrecError):
    """A feature needs a package that is not installed."""

    def __init__(self, extra: str, package: str) -> None:
        super().__init__(f"{package} is not installed: pip install 'semrec[{extra}]'")
