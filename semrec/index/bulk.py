"""Embedding of catalogs that do not fit into memory, resumable after a kill.

Texts stream through an encoder, batch by batch, into a ``.npy`` file of one row a text. Beside it
stands a journal, one line a batch: a checksum of the texts and one of the vectors. A new run
encodes only the batches whose two checksums do not match, so it continues where the last one was
killed, repairs what was damaged, and encodes anew what changed. While it works the file is called
``<target>.part``; it takes its name when it is complete.
"""

from __future__ import annotations

import hashlib
import io
import json
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray

from semrec.embed.protocol import Encoder
from semrec.errors import CannotWrite, InvalidArgument
from semrec.index.dense_parts import checked_vectors
from semrec.index.lock import exclusive
from semrec.types import Vectors

_AHEAD = 2
"""Batches a worker has waiting."""
_DIGEST = 16


@dataclass(frozen=True)
class Bulk:
    """How texts are embedded in bulk.

    Attributes:
        dtype: of the file; float16 loses less than 0.0005 of a cosine and halves it.
        batch: texts encoded, and lost by a kill, at once.
        workers: processes; 1 encodes in this one. More help an encoder that keeps to one core;
            a transformer already uses all.
        load: makes the encoder in each worker; a function of a module, or a partial of one.
            None with more than one worker is refused.
    """

    dtype: Literal["float16", "float32"] = "float16"
    batch: int = 1024
    workers: int = 1
    load: Callable[[], Encoder] | None = None

    def __post_init__(self) -> None:
        if self.dtype not in ("float16", "float32"):
            raise InvalidArgument(f"dtype {self.dtype!r}; legal: float16, float32")
        if self.batch < 1 or self.workers < 1:
            raise InvalidArgument(
                f"batch {self.batch}, workers {self.workers}; legal: 1 or more of each"
            )
        if self.workers > 1 and self.load is None:
            raise InvalidArgument(f"{self.workers} workers and load=None; legal: a function")


def embed_items(
    texts: Iterable[str],
    encoder: Encoder,
    target: Path,
    bulk: Bulk | None = None,
    report: Callable[[int], None] | None = None,
) -> NDArray[Any]:
    """Encode items into a ``.npy`` file and map it: shape ``(texts, dim)``, unit norm, read-only.

    Args:
        texts: streamed once, from the first one on also when a run is resumed.
        encoder: encodes them; with several workers only its identity is asked here.
        target: the file; until it is complete it does not exist.
        bulk: None means the defaults.
        report: told the number of texts that are done, after each batch.

    Raises:
        CannotWrite: the disk is full or not writable.
        FolderLocked: another process writes in the folder of the target.
        InvalidArgument: the encoder gave vectors of another shape, or numbers that are not finite.
    """
    bulk = bulk or Bulk()
    with exclusive(target.parent):
        try:
            _run(texts, encoder, target, bulk, report)
        except OSError as error:
            why = error.strerror or error
            raise CannotWrite(f"{target}: cannot be written: {why}") from error
    mapped: NDArray[Any] = np.load(target, mmap_mode="r", allow_pickle=False)
    return mapped


def _run(
    texts: Iterable[str],
    encoder: Encoder,
    target: Path,
    bulk: Bulk,
    report: Callable[[int], None] | None,
) -> None:
    part = target.with_name(f"{target.name}.part")
    if target.exists() and not part.exists():
        target.rename(part)  # a finished file is verified like an unfinished one
    part.touch()
    with (
        _Rows.opened(part, encoder.dim, bulk.dtype) as rows,
        _Journal.opened(target, encoder, bulk) as journal,
        _encoding(encoder, bulk) as encode,
    ):
        waiting: deque[tuple[int, int, str, _Job | None]] = deque()

        def finish() -> None:
            number, first, said, job = waiting.popleft()
            if job is not None:
                vectors = _checked(job(), first, encoder.dim, bulk.dtype).tobytes()
                rows.write(first, vectors)
                journal.record(number, said, _digest(vectors))
            if report is not None:
                report(min(first + bulk.batch, count))

        count = 0
        for number, batch in enumerate(_batches(texts, bulk.batch)):
            said = _digest_of(batch)
            known = journal.knows(number, said, lambda: rows.read(count, len(batch)))  # noqa: B023
            waiting.append((number, count, said, None if known else encode(batch)))
            count += len(batch)
            while len(waiting) > _AHEAD * (bulk.workers - 1):
                finish()
        while waiting:
            finish()
        rows.complete(count)
    part.rename(target)


_Job = Callable[[], Vectors]
"""Gives the vectors of a batch, perhaps after waiting for a worker."""


class _Rows:
    """A ``.npy`` file whose number of rows is known only at the end."""

    def __init__(self, file: IO[bytes], dim: int, dtype: str) -> None:
        self._file = file
        self._dim = dim
        self._dtype = np.dtype(dtype)
        # Format 1.0 leaves room, so that the header is as long for any number of rows.
        self._start = len(self._header(0))

    @classmethod
    @contextmanager
    def opened(cls, path: Path, dim: int, dtype: str) -> Iterator[_Rows]:
        with path.open("r+b") as file:
            yield cls(file, dim, dtype)

    def read(self, first: int, count: int) -> bytes:
        self._seek(first)
        return self._file.read(count * self._dim * self._dtype.itemsize)

    def write(self, first: int, vectors: bytes) -> None:
        self._seek(first)
        self._file.write(vectors)
        self._file.flush()

    def complete(self, count: int) -> None:
        self._seek(count)
        self._file.truncate()
        self._file.seek(0)
        self._file.write(self._header(count))
        self._file.flush()
        os.fsync(self._file.fileno())

    def _seek(self, row: int) -> None:
        self._file.seek(self._start + row * self._dim * self._dtype.itemsize)

    def _header(self, count: int) -> bytes:
        memory = io.BytesIO()
        shape = {"descr": self._dtype.str, "fortran_order": False, "shape": (count, self._dim)}
        np.lib.format.write_array_header_1_0(memory, shape)
        return memory.getvalue()


class _Journal:
    """What was written: a line of identity, then ``number texts vectors`` for each batch.

    The last line of a number counts; a line that a kill cut short says nothing.
    """

    def __init__(self, file: IO[str], known: dict[int, tuple[str, str]]) -> None:
        self._file = file
        self._known = known

    @classmethod
    @contextmanager
    def opened(cls, target: Path, encoder: Encoder, bulk: Bulk) -> Iterator[_Journal]:
        path = target.with_name(f"{target.name}.journal")
        identity = json.dumps([encoder.fingerprint, encoder.dim, bulk.dtype, bulk.batch])
        found = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
        known = {}
        if found[:1] == [identity]:
            lines = (line.split(" ") for line in found[1:-1])
            known = {int(n): (said, made) for n, said, made in (x for x in lines if len(x) == 3)}
        with path.open("w", encoding="utf-8") as file:
            journal = cls(file, known)
            file.write(f"{identity}\n")
            for number, (said, made) in known.items():
                journal.record(number, said, made)
            yield journal

    def knows(self, number: int, said: str, written: Callable[[], bytes]) -> bool:
        """If a batch of these texts is in the file already."""
        if number not in self._known or self._known[number][0] != said:
            return False
        return self._known[number][1] == _digest(written())

    def record(self, number: int, said: str, made: str) -> None:
        self._file.write(f"{number} {said} {made}\n")
        self._file.flush()


@contextmanager
def _encoding(encoder: Encoder, bulk: Bulk) -> Iterator[Callable[[list[str]], _Job]]:
    """A function that starts to encode a batch."""
    if bulk.load is None or bulk.workers == 1:
        yield lambda batch: partial(encoder.encode_items, batch)
        return
    # Started anew: a fork would copy locks that threads of this process may hold.
    with ProcessPoolExecutor(
        bulk.workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=partial(_load_worker, bulk.load),
    ) as pool:
        yield lambda batch: pool.submit(_encode_in_worker, batch).result


_worker: list[Encoder] = []
"""The encoder of this process, where it is a worker."""


def _load_worker(load: Callable[[], Encoder]) -> None:
    _worker[:] = [load()]


def _encode_in_worker(batch: list[str]) -> Vectors:
    return _worker[0].encode_items(batch)


def _batches(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(texts)
    while batch := list(islice(rest, size)):
        yield batch


def _checked(vectors: Vectors, first: int, dim: int, dtype: str) -> NDArray[Any]:
    if vectors.ndim != 2 or vectors.shape[1] != dim:
        raise InvalidArgument(f"the encoder gave shape {vectors.shape}; legal: (texts, {dim})")
    checked_vectors(vectors, first)
    return np.ascontiguousarray(vectors, dtype=dtype)


def _digest_of(batch: list[str]) -> str:
    lines = (f"{len(text)}:{text}" for text in batch)  # lengths: no two batches look the same
    return _digest("".join(lines).encode("utf-8", "surrogatepass"))


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=_DIGEST).hexdigest()
