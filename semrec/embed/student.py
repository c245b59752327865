"""The student: an embedding that is a sum of feature vectors, computed with numpy alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from semrec.embed import student_files
from semrec.embed.features import Bag, features
from semrec.embed.quantise import QuantisedTable, quantise
from semrec.embed.vectors import unit
from semrec.errors import InvalidArgument, ModelDamaged
from semrec.types import Vectors

FORMAT = 2
"""Version of the folder and of the features; another one gives other vectors."""
_BLOCK = 1024
"""Texts that are encoded at once: their rows of the table fit into the processor's cache."""
_WHOLE = 8192
"""From so many texts on, the table is made float32 once instead of row by row."""


class StudentEncoder:
    """A table of feature vectors; a text is the sum of its features' rows, of unit norm.

    The same for queries and items. A text without any feature (empty, only punctuation) points
    everywhere alike.

    Args:
        table: one row for each bucket, a power of two.
        name: how the user calls it.
        origin: what it was trained on, and how; values that JSON can hold.
        threads: at most so many work on one long list of texts.

    Raises:
        InvalidArgument: the number of rows is no power of two.
        ModelDamaged: a scale is not finite, or every row is zero.
    """

    def __init__(
        self,
        table: QuantisedTable,
        *,
        name: str = "student",
        origin: Mapping[str, Any] | None = None,
        threads: int = 2,
    ) -> None:
        if len(table) < 1 or len(table) & (len(table) - 1):
            raise InvalidArgument(f"buckets = {len(table)}; legal: a power of two")
        if not np.isfinite(table.scales).all() or not table.scales.any():
            raise ModelDamaged(f"{name}: the table has scales that are not finite, or all zero")
        self._table = table
        self._name = name
        self._threads = threads
        self.origin: Mapping[str, Any] = MappingProxyType(dict(origin or {}))

    @classmethod
    def from_table(cls, table: Vectors, *, bits: int = 8, **about: Any) -> StudentEncoder:
        """A student of a float32 table, shape ``(buckets, dim)``, rounded to ``bits`` bits.

        Raises:
            InvalidArgument: ``bits`` is neither 8 nor 4; the number of rows is no power of two.
            ModelDamaged: a value of the table is not finite, or every one is zero.
        """
        if not np.isfinite(table).all():
            raise ModelDamaged(f"{np.count_nonzero(~np.isfinite(table))} values are not finite")
        return cls(quantise(table, bits), **about)

    @property
    def name(self) -> str:
        """How a user names this encoder."""
        return self._name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._table.dim

    @property
    def buckets(self) -> int:
        """Rows of the table."""
        return len(self._table)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of format and table, 16 hex digits."""
        whole = hashlib.blake2b(f"student {FORMAT} {self.buckets}".encode(), digest_size=8)
        for part in (self._table.codes, self._table.scales):
            whole.update(np.ascontiguousarray(part).data)
        return whole.hexdigest()

    def table(self) -> Vectors:
        """The table that was rounded, shape ``(buckets, dim)``, float32, a copy."""
        return self._table.whole()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode queries: shape ``(len(texts), dim)``, float32, unit norm."""
        return self._encode(texts)

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Encode item texts: shape ``(len(texts), dim)``, float32, unit norm."""
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        if len(texts) == 1:
            bag = features(texts, self.buckets)
            return unit(self._table.rows(bag.ids).sum(axis=0, dtype=np.float32)[None])
        whole = self._table.whole() if len(texts) >= _WHOLE else None
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)

        def fill(start: int) -> None:
            bag = features(texts[start : start + _BLOCK], self.buckets)
            vectors[start : start + _BLOCK] = unit(self._sums(bag, whole))

        if len(texts) <= _BLOCK:  # a thread takes longer to start than a few texts to encode
            fill(0)
            return vectors
        # numpy and scipy let other threads run while they compute.
        with ThreadPoolExecutor(self._threads) as pool:
            for _ in pool.map(fill, range(0, len(texts), _BLOCK)):
                pass
        return vectors

    def _sums(self, bag: Bag, whole: Vectors | None) -> Vectors:
        if whole is not None:
            return np.asarray(bag.matrix(self.buckets) @ whole)
        present, places = np.unique(bag.ids, return_inverse=True)
        local = Bag(places.astype(np.int64), bag.offsets)
        return np.asarray(local.matrix(len(present)) @ self._table.rows(present))

    def save(self, folder: str | Path) -> None:
        """Write the folder; see :mod:`semrec.embed.student_files`.

        Raises:
            CannotWrite: the folder cannot be made or written.
        """
        settings = {
            "format": FORMAT,
            "name": self.name,
            "fingerprint": self.fingerprint,
            "origin": dict(self.origin),
        }
        student_files.write(Path(folder), self._table, settings)

    @classmethod
    def load(cls, folder: str | Path, *, name: str | None = None) -> StudentEncoder:
        """Open a folder that :meth:`save` wrote; a table of 8 bits stays mapped.

        Raises:
            ModelNotFound: there is no student in the folder, or one of another format.
            ModelDamaged: a file is missing, or is not what was saved.
        """
        table, settings = student_files.read(Path(folder), FORMAT)
        made = cls(table, name=name or settings["name"], origin=settings["origin"])
        made.__dict__["fingerprint"] = settings["fingerprint"]  # known, as the checksums agree
        return made
