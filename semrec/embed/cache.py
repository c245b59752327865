"""Embeddings kept on disk: a text is encoded once for each encoder and kind, ever."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semrec.embed.protocol import Encoder
from semrec.progress import track
from semrec.types import Progress, Vectors

_log = logging.getLogger(__name__)

_BLOCK = 256
"""Texts encoded between two saves: what an interrupted build loses at most."""
_RECENT = 4096
"""Query vectors kept in memory."""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
_BATCH = 500


class CachedEncoder:
    """Another encoder, with a memory on disk.

    The memory is one SQLite file per fingerprint, ``folder/<fingerprint>/vectors.sqlite``, of
    float32 vectors by the hash of kind and text; texts themselves are not stored. A damaged file
    is set aside with a warning and begun anew; one that cannot be used is done without.

    Args:
        encoder: what encodes the texts that are not known yet.
        folder: where the memory stands.
        progress: shows the progress of a long call.
    """

    def __init__(self, encoder: Encoder, folder: str | Path, *, progress: Progress = track) -> None:
        self._encoder = encoder
        self._folder = Path(folder)
        self._progress = progress
        self._recent: dict[str, NDArray[np.float32]] = {}

    @property
    def name(self) -> str:
        """The name of the inner encoder."""
        return self._encoder.name

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the inner encoder: the vectors are the same."""
        return self._encoder.fingerprint

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._encoder.dim

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode queries: shape ``(len(texts), dim)``, float32, unit norm."""
        if len(texts) != 1:
            return self._encode(texts, "query")
        vector = self._recent.pop(texts[0], None)
        if vector is None:
            vector = self._encode(texts, "query")[0]
        self._recent[texts[0]] = vector  # the end of the dict is the most recent
        if len(self._recent) > _RECENT:
            self._recent.pop(next(iter(self._recent)))
        return vector[None].copy()

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Encode item texts: shape ``(len(texts), dim)``, float32, unit norm."""
        return self._encode(texts, "passage")

    def _encode(self, texts: Sequence[str], kind: str) -> Vectors:
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        rows_of: dict[str, list[int]] = {}
        for row, text in enumerate(texts):
            rows_of.setdefault(text, []).append(row)
        keys = {text: _key(kind, text) for text in rows_of}
        store = VectorStore(self._folder / self.fingerprint / "vectors.sqlite", self.dim)
        known = store.get(keys.values())
        new = []
        for text, rows in rows_of.items():
            if keys[text] in known:
                vectors[rows] = known[keys[text]]
            else:
                new.append(text)
        new.sort(key=len, reverse=True)
        blocks = [new[start : start + _BLOCK] for start in range(0, len(new), _BLOCK)]
        encode = self._encoder.encode_queries if kind == "query" else self._encoder.encode_items
        for block in self._progress(blocks, total=len(blocks), label="encoding"):
            made = encode(block)
            for text, vector in zip(block, made, strict=True):
                vectors[rows_of[text]] = vector
            store.put([keys[text] for text in block], made)
        return vectors


class VectorStore:
    """Vectors of one length by key, in one SQLite file; several processes may use it at once."""

    def __init__(self, path: Path, dim: int) -> None:
        self._path = path
        self._dim = dim

    def get(self, keys: Iterable[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The vectors that are known of these keys, each of shape ``(dim,)``, float32."""
        found: dict[bytes, NDArray[np.float32]] = {}
        if not self._path.is_file():
            return found
        try:
            with closing(self._connect()) as connection:
                for some in _batched(sorted(keys), _BATCH):  # neighbours share a page
                    marks = ",".join("?" * len(some))
                    query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"
                    found.update(self._valid(connection.execute(query, some)))
        except sqlite3.Error as error:
            self._give_up(error)
        return found

    def put(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Save vectors of shape ``(len(keys), dim)``, all of them or none."""
        blobs = (vector.astype("<f4").tobytes() for vector in vectors)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as connection, connection:
                connection.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?)", zip(keys, blobs, strict=True)
                )
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")  # safe with WAL, and faster
            connection.execute(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _valid(
        self, entries: Iterable[tuple[bytes, bytes]]
    ) -> Iterator[tuple[bytes, NDArray[np.float32]]]:
        for key, blob in entries:
            if len(blob) == 4 * self._dim:
                yield key, np.frombuffer(blob, dtype="<f4").astype(np.float32)

    def _give_up(self, error: sqlite3.Error | OSError) -> None:
        """Set a damaged file aside, so that the next save begins anew; say what happened."""
        code = error.sqlite_errorcode if isinstance(error, sqlite3.DatabaseError) else 0
        if code & 0xFF not in _DAMAGED:  # the low byte names the error, the others its variant
            _log.warning("embedding cache %s is not used: %s", self._path, error)
            return
        aside = self._path.with_name(f"{self._path.name}.damaged")
        self._path.replace(aside)
        for tail in ("-wal", "-shm"):
            self._path.with_name(self._path.name + tail).unlink(missing_ok=True)
        _log.warning(
            "embedding cache %s is damaged (%s); set aside as %s", self._path, error, aside
        )


def _key(kind: str, text: str) -> bytes:
    # "surrogatepass": a broken character of a shop's file must not stop the build here.
    data = f"{kind}\0{text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16).digest()


def _batched(keys: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    rest = iter(keys)
    while some := list(islice(rest, size)):
        yield some
