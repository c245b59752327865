"""Checksums of files, as a manifest records them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from semrec.errors import IndexCorrupt


def checksum(file: Path) -> dict[str, Any]:
    """Length in ``bytes`` and ``sha256`` of a file."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"bytes": file.stat().st_size, "sha256": digest}


def verify_file(file: Path, expected: Mapping[str, Any], *, whole: bool = True) -> None:
    """Compare a file with what :func:`checksum` once said of it.

    Args:
        file: the file.
        expected: ``bytes`` and ``sha256``.
        whole: False compares the length alone.

    Raises:
        IndexCorrupt: the file is missing or another one.
    """
    if not file.is_file():
        raise IndexCorrupt(f"{file}: missing; build the index again")
    size, said = file.stat().st_size, str(expected["sha256"])
    if size != expected["bytes"]:
        raise IndexCorrupt(
            f"{file}: {size} bytes, the manifest says {expected['bytes']} (sha256 {said[:12]}…); "
            "build the index again"
        )
    if whole and (actual := checksum(file)["sha256"]) != said:
        raise IndexCorrupt(
            f"{file}: checksum {actual[:12]}… differs from the manifest's {said[:12]}…; "
            "build the index again"
        )
