"""An index folder on disk: a manifest with checksums, replaced in one step, read without trust.

Layout::

    shop/manifest.json        names one generation and the checksum of each of its files
    shop/g-<random>/…         that generation's files: parquet, npy, FAISS
    shop/rejects.csv          the rows that were set aside

A new generation is written beside the old one, and the manifest, which alone says what is valid,
is replaced by one rename. A crash at any moment leaves the old index usable.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.errors import CannotWrite, IndexCorrupt, NotAnIndex

SCHEMA = 2
"""Version of the layout; a folder of another version must be built again."""
_MANIFEST = "manifest.json"
_GENERATION = "g-"


@dataclass(frozen=True)
class Folder:
    """An opened index folder whose files match their checksums."""

    path: Path
    manifest: Mapping[str, Any] = field(repr=False)

    def file(self, name: str) -> Path:
        """Where one file of the valid generation stands.

        Raises:
            IndexCorrupt: the manifest does not name it.
        """
        if name not in self.manifest["files"]:
            raise IndexCorrupt(f"{self.path / _MANIFEST}: names no file {name}")
        return self.path / str(self.manifest["generation"]) / name

    def arrays(self, part: str) -> dict[str, NDArray[Any]]:
        """All arrays of a part, mapped, read-only."""
        prefix = f"{part}."
        names = [name for name in self.manifest["files"] if name.startswith(prefix)]
        return {
            name.removeprefix(prefix).removesuffix(".npy"): np.load(
                self.file(name), mmap_mode="r", allow_pickle=False
            )
            for name in names
            if name.endswith(".npy")
        }


@contextmanager
def written(path: Path, manifest: Mapping[str, Any]) -> Iterator[Path]:
    """Give a fresh folder to write files into; make it the valid generation when all went well.

    Args:
        path: the index folder; made if absent.
        manifest: what to record beside the schema, the generation and the checksums.

    Raises:
        NotAnIndex: ``path`` is a file, or a folder with other things in it.
        CannotWrite: the folder cannot be made or written.
    """
    check_target(path)
    generation = path / f"{_GENERATION}{secrets.token_hex(4)}"
    try:
        generation.mkdir(parents=True)
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be made: {error.strerror or error}") from error
    try:
        yield generation
        files = {file.name: _checksum(file) for file in sorted(generation.iterdir())}
        full = {"schema": SCHEMA, **manifest, "generation": generation.name, "files": files}
        replace_text(path / _MANIFEST, json.dumps(full, ensure_ascii=False, indent=1))
    except OSError as error:
        shutil.rmtree(generation, ignore_errors=True)
        raise CannotWrite(f"{path}: cannot be written: {error.strerror or error}") from error
    except BaseException:
        shutil.rmtree(generation, ignore_errors=True)
        raise
    for old in path.glob(f"{_GENERATION}*"):
        if old != generation:
            shutil.rmtree(old, ignore_errors=True)


def opened(path: Path) -> Folder:
    """Open an index folder and check every file against the manifest.

    Raises:
        NotAnIndex: the folder does not exist, has no manifest, or one of another schema.
        IndexCorrupt: the manifest is damaged; a file is missing, or its checksum differs.
    """
    try:
        text = (path / _MANIFEST).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        what = "no such folder" if not path.exists() else f"no {_MANIFEST} in it"
        raise NotAnIndex(f"{path}: not an index folder: {what}") from None
    try:
        manifest = json.loads(text)
        schema, files = manifest["schema"], manifest["files"]
        _check_names([str(manifest["generation"]), *files])
    except (ValueError, KeyError, TypeError) as error:
        why = f"damaged: {error!r}; build the index again"
        raise IndexCorrupt(f"{path / _MANIFEST}: {why}") from None
    if schema != SCHEMA:
        raise NotAnIndex(
            f"{path}: index of schema {schema!r}, this semrec reads schema {SCHEMA}; build it again"
        )
    folder = Folder(path, manifest)
    for name, expected in files.items():
        _verify(folder.file(name), expected)
    return folder


def save_arrays(folder: Path, part: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write each array of a part as ``<part>.<name>.npy``."""
    for name, values in arrays.items():
        np.save(folder / f"{part}.{name}.npy", values, allow_pickle=False)


def replace_text(path: Path, text: str) -> None:
    """Write a text file beside ``path`` and rename it, so that no reader sees half of it."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def check_target(path: Path) -> None:
    """Say at once, before minutes of building, if a folder can hold no index; makes nothing.

    Raises:
        NotAnIndex: ``path`` is a file, or a folder with other things in it.
        CannotWrite: the folder cannot be made or written.
    """
    if path.exists() and not path.is_dir():
        raise NotAnIndex(f"{path}: is a file; an index is a folder")
    if path.is_dir() and any(path.iterdir()) and not (path / _MANIFEST).exists():
        leftovers = [p for p in path.iterdir() if not p.name.startswith((_GENERATION, "."))]
        if leftovers:
            raise NotAnIndex(
                f"{path}: holds other files ({leftovers[0].name}, …) and no index; choose another "
                "folder"
            )
    place = next(p for p in (path.absolute(), *path.absolute().parents) if p.exists())
    if not place.is_dir():
        raise CannotWrite(f"{path}: {place} is no folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise CannotWrite(f"{path}: no permission to write in {place}")


def _check_names(names: list[str]) -> None:
    """A manifest may come from anywhere: it may only name files in its own folder."""
    for name in names:
        if not name or name.startswith(".") or Path(name).name != name:
            raise ValueError(f"illegal file name {name!r}")


def _checksum(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"bytes": file.stat().st_size, "sha256": digest}


def _verify(file: Path, expected: Mapping[str, Any]) -> None:
    if not file.is_file():
        raise IndexCorrupt(f"{file}: missing; build the index again")
    size = file.stat().st_size
    if size != expected["bytes"]:
        raise IndexCorrupt(
            f"{file}: {size} bytes, the manifest says {expected['bytes']} (sha256 "
            f"{str(expected['sha256'])[:12]}…); build the index again"
        )
    actual = _checksum(file)["sha256"]
    if actual != expected["sha256"]:
        raise IndexCorrupt(
            f"{file}: checksum {actual[:12]}… differs from the manifest's "
            f"{str(expected['sha256'])[:12]}…; build the index again"
        )
