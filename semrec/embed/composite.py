"""One encoder for queries and another for items of the same space."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from semrec.embed.protocol import Encoder
from semrec.embed.student import StudentEncoder
from semrec.errors import InvalidArgument, TeacherChanged
from semrec.types import Vectors


class SplitEncoder:
    """Queries by one encoder, items by another.

    Args:
        queries: encodes queries.
        items: encodes items, into the space of the first.

    Raises:
        InvalidArgument: the dimensions differ.
        TeacherChanged: ``queries`` is a student that learned from another teacher than ``items``.
    """

    def __init__(self, queries: Encoder, items: Encoder) -> None:
        if queries.dim != items.dim:
            raise InvalidArgument(
                f"{queries.name} has {queries.dim} dimensions, {items.name} {items.dim}; "
                "legal: equal ones"
            )
        learned = queries.origin.get("space") if isinstance(queries, StudentEncoder) else None
        if learned is not None and learned != items.fingerprint:
            raise TeacherChanged(str(learned), items.fingerprint)
        self._queries = queries
        self._items = items

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self._queries.name} × {self._items.name}"

    @property
    def fingerprint(self) -> str:
        """Hash of both fingerprints, 16 hex digits."""
        both = f"{self._queries.fingerprint} × {self._items.fingerprint}"
        return hashlib.blake2b(both.encode(), digest_size=8).hexdigest()

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._items.dim

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode queries: shape ``(len(texts), dim)``, float32, unit norm."""
        return self._queries.encode_queries(texts)

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Encode item texts: shape ``(len(texts), dim)``, float32, unit norm."""
        return self._items.encode_items(texts)
