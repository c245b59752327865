"""An index folder on disk: a manifest with checksums, replaced in one step, read without trust.

Layout::

    shop/manifest.json        names the valid generations and the checksum of each of their files
    shop/g-<random>/…         the base: parquet, npy, FAISS
    shop/d-<random>/…         deltas: what changed since, in the manifest's order; small
    shop/rejects.csv          the rows that were set aside
    shop/.lock                who writes; see :mod:`semrec.index.lock`

A new generation is written beside the old ones, and the manifest, which alone says what is valid,
is replaced by one rename. A crash at any moment leaves the old index usable; what it left behind
is removed by the next writer of a base.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from semrec.errors import IndexCorrupt, NotAnIndex
from semrec.index.checksum import verify_file
from semrec.index.folder_write import (
    MANIFEST,
    SCHEMA,
    appended,
    check_target,
    replace_text,
    save_arrays,
    written,
)

__all__ = [
    "SCHEMA",
    "Folder",
    "Version",
    "appended",
    "check_target",
    "opened",
    "read",
    "read_manifest",
    "replace_text",
    "save_arrays",
    "version_of",
    "written",
]

T = TypeVar("T")
Version = tuple[str, ...]
"""Names of the valid generations: the base, then the deltas in their order."""

_TRIES = 20
"""A folder that changes under so many readings in a row is not read any more."""
_CHECKED_UP_TO = 16 << 20
"""Bytes of the largest file whose checksum is computed when a folder is opened; of larger ones
only the length is compared, so that a large index opens at once. ``verify`` checks them all."""


@dataclass(frozen=True)
class Folder:
    """An opened index folder whose files match the manifest; also one delta of it."""

    path: Path
    manifest: Mapping[str, Any] = field(repr=False)

    @property
    def deltas(self) -> list[Folder]:
        """What changed since the base, in order; each has files of its own."""
        return [Folder(self.path, delta) for delta in self.manifest["deltas"]]

    @property
    def version(self) -> Version:
        """What is valid."""
        return version_of(self.manifest)

    def file(self, name: str) -> Path:
        """Where one file of the valid generation stands.

        Raises:
            IndexCorrupt: the manifest does not name it.
        """
        if name not in self.manifest["files"]:
            raise IndexCorrupt(f"{self.path / MANIFEST}: names no file {name}")
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


def opened(path: Path) -> Folder:
    """Open an index folder and check its files against the manifest.

    Raises:
        NotAnIndex: the folder does not exist, has no manifest, or one of another schema.
        IndexCorrupt: the manifest is damaged; a file is missing, or differs from it.
    """
    folder = Folder(path, read_manifest(path))
    for part in (folder, *folder.deltas):
        for name, expected in part.manifest["files"].items():
            verify_file(part.file(name), expected, whole=expected["bytes"] <= _CHECKED_UP_TO)
    return folder


def read(path: Path, load: Callable[[Folder], T], *, check: bool = True) -> T:
    """Open a folder and load something from it, again if a writer replaced it meanwhile.

    Args:
        path: the index folder.
        load: reads what it wants; may be called several times.
        check: compare the files with the manifest first.

    Raises:
        NotAnIndex, IndexCorrupt: as :func:`opened`, or from ``load``.
    """
    for _ in range(_TRIES):
        before = version_of(read_manifest(path))
        try:
            return load(opened(path) if check else Folder(path, read_manifest(path)))
        except (IndexCorrupt, FileNotFoundError) as error:
            if version_of(read_manifest(path)) == before:
                if isinstance(error, FileNotFoundError):
                    raise IndexCorrupt(f"{error.filename}: missing; build it again") from None
                raise
    raise IndexCorrupt(f"{path}: was replaced {_TRIES} times while it was read; try again")


def version_of(manifest: Mapping[str, Any]) -> Version:
    """The generations that a manifest names."""
    return manifest["generation"], *(delta["generation"] for delta in manifest["deltas"])


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest, checked.

    Raises:
        NotAnIndex: the folder does not exist, has no manifest, or one of another schema.
        IndexCorrupt: the manifest is damaged.
    """
    try:
        text = (path / MANIFEST).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        what = "no such folder" if not path.exists() else f"no {MANIFEST} in it"
        raise NotAnIndex(f"{path}: not an index folder: {what}") from None
    try:
        manifest: dict[str, Any] = json.loads(text)
        schema, files = manifest["schema"], manifest["files"]
        _check_names([str(manifest["generation"]), *files])
        for delta in manifest["deltas"] if schema == SCHEMA else ():
            _check_names([str(delta["generation"]), *delta["files"]])
    except (ValueError, KeyError, TypeError) as error:
        why = f"damaged: {error!r}; build the index again"
        raise IndexCorrupt(f"{path / MANIFEST}: {why}") from None
    if schema != SCHEMA:
        raise NotAnIndex(
            f"{path}: index of schema {schema!r}, this semrec reads schema {SCHEMA}; build it again"
        )
    return manifest


def _check_names(names: list[str]) -> None:
    """A manifest may come from anywhere: it may only name files in its own folder."""
    for name in names:
        if not name or name.startswith(".") or Path(name).name != name:
            raise ValueError(f"illegal file name {name!r}")
