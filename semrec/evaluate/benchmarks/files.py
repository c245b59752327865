"""What the loaders share: folders that must hold certain files, and lines of fields."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from semrec.data.encoding import read_bytes
from semrec.errors import DataError, EmptyFile, FileMissing, ModelNotFound, shorten


def one_of(folder: Path, patterns: Sequence[str]) -> list[Path]:
    """The files of the first pattern that fits any, sorted.

    Raises:
        FileMissing: none fits; the message names the patterns.
    """
    for pattern in patterns:
        found = sorted(folder.glob(pattern))
        if found:
            return found
    raise FileMissing(folder, f"no {' or '.join(patterns)} there")


def parquet(folder: Path, *patterns: str) -> pd.DataFrame:
    """All shards of a table, one below the other.

    Raises:
        FileMissing: there is no such file.
        DataError: a file is no parquet.
    """
    shards = []
    for path in one_of(folder, patterns):
        try:
            shards.append(pd.read_parquet(path))
        except (OSError, ValueError) as error:
            raise DataError(f"{path}: no valid parquet: {error}") from None
    return pd.concat(shards, ignore_index=True)


def fields(path: Path, separator: str, count: int, encoding: str = "utf-8") -> pd.DataFrame:
    """Lines of exactly ``count`` fields without header or quotes, as str, columns 0, 1, ….

    Raises:
        FileMissing: the file cannot be read.
        EmptyFile: it holds no line.
        DataError: a line has another number of fields, or the encoding is another.
    """
    try:
        text = read_bytes(path).decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: no {encoding} at byte {error.start}") from None
    # Not splitlines: titles may hold characters that it takes for line ends.
    rows = [line.rstrip("\r").split(separator) for line in text.split("\n") if line.strip()]
    if not rows:
        raise EmptyFile(str(path))
    for number, row in enumerate(rows, start=1):
        if len(row) != count:
            shown = shorten(separator.join(row))
            raise DataError(f"{path}: record {number}: {shown} has {len(row)} fields, not {count}")
    return pd.DataFrame(rows, dtype="str")


def numbers(column: pd.Series, path: Path, name: str) -> pd.Series:
    """A column as float64.

    Raises:
        DataError: a value is no number.
    """
    found = pd.to_numeric(column, errors="coerce")
    if found.isna().any():
        at = int(found.isna().to_numpy().argmax())
        raise DataError(f"{path}: record {at + 1}: {name} {shorten(column.iloc[at])} is no number")
    return found.astype("float64")


def from_hub(name: str) -> Path:
    """A data set of the Hugging Face hub, downloaded once into the hub's own cache.

    Raises:
        ModelNotFound: there is no network, or no such data set.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, repo_type="dataset"))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelNotFound(
            f"data set {name}: not on the hub or no network ({reason}); legal: a local folder"
        ) from None
