"""A student's folder: settings with checksums, and a quantised table that is mapped, not read.

Layout::

    student.json   format, name, fingerprint, origin; bits and the checksum of each other file
    codes.npy      int8 (rows, dim), or with 4 bits two numbers in each uint8: (rows, dim / 2)
    scales.npy     float16 (rows, groups)

Each file is written beside and renamed, the settings last.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.embed.fingerprint import file_checksum
from semrec.embed.quantise import LARGEST, QuantisedTable, pack, unpack
from semrec.errors import CannotWrite, ModelDamaged, ModelNotFound

SETTINGS = "student.json"
_CODES, _SCALES = "codes.npy", "scales.npy"


def is_student_folder(folder: Path) -> bool:
    """Whether the folder holds a student."""
    return (folder / SETTINGS).is_file()


def write(folder: Path, table: QuantisedTable, settings: Mapping[str, Any]) -> None:
    """Write a table and its settings.

    Raises:
        CannotWrite: the folder cannot be made or written.
    """
    bits = 8 if table.scales.shape[1] == 1 else 4
    files = {_CODES: table.codes if bits == 8 else pack(table.codes), _SCALES: table.scales}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, array in files.items():
            _replace(folder / name, array)
        sums = {name: file_checksum(folder / name) for name in files}
        whole = {**settings, "bits": bits, "files": sums}
        text = json.dumps(whole, ensure_ascii=False, indent=1)
        _replace(folder / SETTINGS, text + "\n")
    except OSError as error:
        raise CannotWrite(f"{folder}: {error.strerror or error}") from None


def read(folder: Path, version: int) -> tuple[QuantisedTable, dict[str, Any]]:
    """The table and the settings; arrays are mapped, but for 4 bits, which are unpacked.

    Raises:
        ModelNotFound: there are no settings, or of another version than ``version``.
        ModelDamaged: a file is missing or does not match its checksum.
    """
    settings = _settings(folder / SETTINGS, version)
    for name in (_CODES, _SCALES):
        _check(folder / name, settings["files"].get(name))
    codes, scales = (_mapped(folder / name) for name in (_CODES, _SCALES))
    return QuantisedTable(codes if settings["bits"] == 8 else unpack(codes), scales), settings


def _settings(path: Path, version: int) -> dict[str, Any]:
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise ModelNotFound(f"{path.parent}: holds no student (no {SETTINGS})") from None
    except ValueError as error:
        raise ModelDamaged(f"{path}: no valid JSON: {error}") from None
    if not isinstance(settings, dict) or settings.get("format") != version:
        raise ModelNotFound(f"{path}: a student of another format; legal: {version}; adapt again")
    wanted = {"name": str, "fingerprint": str, "origin": dict, "bits": int, "files": dict}
    for key, kind in wanted.items():
        if not isinstance(settings.get(key), kind):
            raise ModelDamaged(f"{path}: {key!r} is missing or no {kind.__name__}")
    if settings["bits"] not in LARGEST:
        raise ModelDamaged(f"{path}: bits = {settings['bits']}; legal: 4, 8")
    return settings


def _check(path: Path, wanted: object) -> None:
    try:
        found = file_checksum(path)
    except OSError as error:
        raise ModelDamaged(f"{path}: {error.strerror or error}") from None
    if found != wanted:
        raise ModelDamaged(f"{path}: checksum {found}, but the settings say {wanted}")


def _mapped(path: Path) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise ModelDamaged(f"{path}: no readable array: {error}") from None
    return array


def _replace(path: Path, content: NDArray[Any] | str) -> None:
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as stream:
            if isinstance(content, str):
                stream.write(content.encode())
            else:
                np.save(stream, content, allow_pickle=False)
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
