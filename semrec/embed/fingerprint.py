"""Checksums of model folders. Large files are read once: their checksum is kept in the cache."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

from semrec.cache import cache_dir

_IGNORED_NAMES = {"config_sentence_transformers.json"}
_IGNORED_FOLDERS = {"onnx", "openvino", "eval"}
_LARGE = 1 << 20


def folder_checksum(folder: Path) -> str:
    """Checksum of all that decides the vectors of a sentence-transformers folder, 32 hex digits.

    Weights, tokenizer and module settings count. Texts (``.md``), other backends, and
    ``config_sentence_transformers.json`` (library versions, and prompts, which the encoder adds
    itself) do not.
    """
    whole = hashlib.blake2b(digest_size=16)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        other = path.suffix == ".md" or path.name in _IGNORED_NAMES
        if hidden or other or relative.parts[0] in _IGNORED_FOLDERS:
            continue
        whole.update(f"{relative.as_posix()}\0{file_checksum(path)}\n".encode())
    return whole.hexdigest()


def file_checksum(path: Path) -> str:
    """Checksum of a file, 32 hex digits; remembered for large files while size and mtime stay."""
    status = path.stat()
    if status.st_size < _LARGE:
        return _read_checksum(path)
    state = [str(path.resolve()), status.st_size, status.st_mtime_ns]
    key = hashlib.blake2b(str(state[0]).encode(), digest_size=16).hexdigest()
    memory = cache_dir() / "checksums" / f"{key}.json"
    known = _recall(memory)
    if known[:-1] == state:
        return str(known[-1])
    checksum = _read_checksum(path)
    _remember(memory, [*state, checksum])
    return checksum


def _read_checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _recall(memory: Path) -> list[object]:
    try:
        known = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return known if isinstance(known, list) else []


def _remember(memory: Path, record: list[object]) -> None:
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=memory.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(record, stream)
        Path(beside).replace(memory)
    except OSError:
        return  # a cache folder that cannot be written costs a second each time, no more
