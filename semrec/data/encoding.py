"""Bytes of a text file to UTF-8 bytes, whatever Chinese encoding they came in."""

from __future__ import annotations

import codecs
import gzip
import zlib
from pathlib import Path

from semrec.errors import EmptyFile, FileMissing, NotText

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_bytes(path: Path) -> bytes:
    """The content of a file, unpacked if its name ends in ``.gz``.

    Raises:
        FileMissing: it cannot be read.
        EmptyFile: it has no byte.
        NotText: the gzip stream is broken.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileMissing(path, (error.strerror or str(error)).lower()) from None
    if path.suffix.lower() == ".gz":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise NotText(str(path), f"no readable gzip file ({error})") from None
    if not data:
        raise EmptyFile(str(path))
    return data


def to_utf8(data: bytes, where: str) -> bytes:
    """Text as UTF-8 bytes without a BOM.

    UTF-8 is tried first, since Chinese in GB18030 is practically never valid UTF-8; UTF-16 is
    taken only with a BOM, as spreadsheets write it.

    Raises:
        NotText: the bytes are binary, or in none of these encodings.
    """
    if data.startswith(_UTF16):
        return _strict(data, "utf-16", where).encode("utf-8")
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data:
        raise NotText(where, f"binary (a NUL byte at offset {data.index(0)})")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _mostly_utf8(data):
            line = data.count(b"\n", 0, error.start) + 1
            raise NotText(where, f"line {line} has a byte that is no valid UTF-8") from None
        return _strict(data, "gb18030", where).encode("utf-8")
    return data


def _mostly_utf8(data: bytes) -> bool:
    # A damaged UTF-8 file can happen to be valid GB18030, and would then be read as garbage.
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    foreign = len(text) - len(text.encode("ascii", errors="ignore"))
    return foreign - broken > 4 * broken


def _strict(data: bytes, encoding: str, where: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotText(where, f"in no known encoding (offset {error.start})") from None
