"""The writing side of an index folder; see :mod:`semrec.index.folder`."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.errors import CannotWrite, NotAnIndex
from semrec.index.checksum import checksum
from semrec.index.lock import exclusive, reserved

SCHEMA = 4
"""Version of the layout; a folder of another version must be built again."""
MANIFEST = "manifest.json"
BASE, DELTA = "g-", "d-"
"""How the names of generations begin."""

_unfinished: set[Path] = set()
"""Generations that threads of this process are writing; no sweep may take them."""


@contextmanager
def written(
    path: Path, manifest: Mapping[str, Any], *, holds: Sequence[str] | None = None
) -> Iterator[Path]:
    """Give a fresh folder to write a base into; make it the valid one when all went well.

    Args:
        path: the index folder; made if absent.
        manifest: what to record beside the schema, the generations and the checksums.
        holds: the version that the base takes up; later deltas stay. None means all there is.

    Raises:
        NotAnIndex: ``path`` is a file, or a folder with other things in it.
        CannotWrite: the folder cannot be made or written (no permission, a full disk).
        FolderLocked: another process writes it.
    """
    check_target(path)
    with reserved(path):
        with _generation(path, BASE) as generation:
            yield generation
            record = _sealed(generation)
            with exclusive(path):
                left = [] if holds is None else _deltas_after(path, holds)
                _commit(path, {"schema": SCHEMA, **manifest, **record, "deltas": left})
        _sweep(path)


@contextmanager
def appended(path: Path, about: Mapping[str, Any], *, holds: Sequence[str] = ()) -> Iterator[Path]:
    """Give a fresh folder to write a delta into; the index has it when all went well.

    Args:
        path: a folder that holds an index.
        about: what to record beside the checksums.
        holds: the version whose deltas the new one takes up; later ones stay.

    Raises:
        CannotWrite, FolderLocked: as for :func:`written`.
    """
    with exclusive(path):
        with _generation(path, DELTA) as generation:
            yield generation
            delta = {**about, **_sealed(generation)}
            manifest = _manifest(path)
            deltas = [delta, *_deltas_after(path, holds)] if holds else [*manifest["deltas"], delta]
            _commit(path, {**manifest, "deltas": deltas})
        for name in holds[1:]:
            shutil.rmtree(path / name, ignore_errors=True)


@contextmanager
def _generation(path: Path, kind: str) -> Iterator[Path]:
    """A fresh folder, which goes away again if anything fails."""
    generation = path / f"{kind}{secrets.token_hex(4)}"
    try:
        generation.mkdir(parents=True)
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be made: {error.strerror or error}") from error
    _unfinished.add(generation)
    try:
        yield generation
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        # Whatever happened, and be it Ctrl-C after the rename: the manifest tells what is valid.
        if generation.name not in _valid(path):
            shutil.rmtree(generation, ignore_errors=True)
        _unfinished.discard(generation)


def _sealed(generation: Path) -> dict[str, Any]:
    """Name and checksums of a generation, whose files have reached the disk."""
    files = {}
    for file in sorted(generation.iterdir()):
        _to_disk(file)
        files[file.name] = checksum(file)
    _to_disk(generation)
    return {"generation": generation.name, "files": files}


def _commit(path: Path, manifest: Mapping[str, Any]) -> None:
    replace_text(path / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    with suppress(OSError):  # done already, if not yet safe from a loss of power
        _to_disk(path)


def _manifest(path: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def _valid(path: Path) -> tuple[str, ...]:
    """Names of the valid generations: the base, then the deltas in order; () if none is."""
    if not (path / MANIFEST).exists():
        return ()
    manifest = _manifest(path)
    return manifest["generation"], *(each["generation"] for each in manifest["deltas"])


def _deltas_after(path: Path, version: Sequence[str]) -> list[dict[str, Any]]:
    """The deltas that came after a version."""
    if _valid(path)[: len(version)] != tuple(version):
        raise CannotWrite(f"{path}: was built anew meanwhile, which stands; try again")
    later: list[dict[str, Any]] = _manifest(path)["deltas"][len(version) - 1 :]
    return later


def _sweep(path: Path) -> None:
    """Remove the generations that are no longer valid, and what crashes left."""
    with exclusive(path):
        for old in leftovers(path, _valid(path)):
            if old.is_file():
                old.unlink(missing_ok=True)
            elif old not in _unfinished:
                shutil.rmtree(old, ignore_errors=True)


def leftovers(path: Path, valid: Collection[str]) -> list[Path]:
    """What is in a folder that no version needs: generations, and manifests never put in place."""
    found = [*path.glob(f"{BASE}*"), *path.glob(f"{DELTA}*"), *path.glob(f".{MANIFEST}.*")]
    return sorted(each for each in found if each.name not in valid)


def save_arrays(folder: Path, part: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write each array of a part as ``<part>.<name>.npy``."""
    for name, values in arrays.items():
        np.save(folder / f"{part}.{name}.npy", values, allow_pickle=False)


def replace_text(path: Path, text: str) -> None:
    """Write a text file beside ``path`` and rename it, so that no reader sees half of it."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        beside.write_text(text, encoding="utf-8")
        _to_disk(beside)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def check_target(path: Path) -> None:
    """Say at once, before minutes of building, if a folder can hold no index; makes nothing.

    Raises:
        NotAnIndex: ``path`` is a file, or a folder with other things in it.
        CannotWrite: the folder cannot be made or written.
    """
    if path.exists() and not path.is_dir():
        raise NotAnIndex(f"{path}: is a file; an index is a folder")
    if path.is_dir() and not (path / MANIFEST).exists():
        others = [each for each in path.iterdir() if not each.name.startswith((BASE, DELTA, "."))]
        if others:
            raise NotAnIndex(
                f"{path}: holds other files ({others[0].name}, …) and no index; choose another "
                "folder"
            )
    place = next(p for p in (path.absolute(), *path.absolute().parents) if p.exists())
    if not place.is_dir():
        raise CannotWrite(f"{path}: {place} is no folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise CannotWrite(f"{path}: no permission to write in {place}")


def _to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, would survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
