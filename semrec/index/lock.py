"""One writer at a time on an index folder; readers never wait.

The lock is advisory (``flock``) on ``.lock`` in the folder, which says who holds it. The kernel
gives it back when a process ends in whatever way, so that no lock outlives its writer.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from semrec.errors import CannotWrite, FolderLocked

_LOCK = ".lock"


@dataclass
class _Writer:
    """What this process does on one folder."""

    turn: threading.RLock = field(default_factory=threading.RLock)
    descriptor: int = -1
    users: int = 0


_writers: dict[Path, _Writer] = {}
_registry = threading.Lock()


@contextmanager
def reserved(path: Path) -> Iterator[None]:
    """Keep other processes from writing an index folder; threads of this process may go on.

    Raises:
        FolderLocked: another process writes it.
        CannotWrite: the lock file cannot be made.
    """
    writer = _writer(path)
    with _registry:
        if not writer.users:
            writer.descriptor = _locked(path)
        writer.users += 1
    try:
        yield
    finally:
        with _registry:
            writer.users -= 1
            if not writer.users:
                os.close(writer.descriptor)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """:func:`reserved`, and other threads of this process wait; may be entered again.

    Raises:
        FolderLocked: another process writes the folder.
        CannotWrite: the lock file cannot be made.
    """
    with reserved(path), _writer(path).turn:
        yield


def _writer(path: Path) -> _Writer:
    with _registry:
        return _writers.setdefault(path.resolve(), _Writer())


def _locked(path: Path) -> int:
    """The descriptor of the lock file, locked."""
    import fcntl

    file = path / _LOCK
    try:
        path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written: {error.strerror or error}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise FolderLocked(path, _holder(file)) from None
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    who = {"process": os.getpid(), "host": socket.gethostname(), "since": since}
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(who).encode(), 0)
    except OSError:  # a full disk: the lock itself holds all the same
        pass
    return descriptor


def _holder(file: Path) -> str:
    """Who holds a lock, as far as it can be told."""
    try:
        who = json.loads(file.read_text(encoding="utf-8"))
        return f"process {who['process']} on {who['host']} since {who['since']}"
    except (OSError, ValueError, KeyError, TypeError):  # not written yet, or a full disk
        return "another process"
