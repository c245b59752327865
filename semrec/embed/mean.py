"""Two encoders of one space as one: the mean of their vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from semrec.embed.protocol import Encoder
from semrec.embed.vectors import unit
from semrec.types import Vectors


class MeanEncoder:
    """A teacher and its student, who err elsewhere: the one knows the language, the other the log.

    Args:
        teacher: one encoder.
        student: another, whose vectors compare with those of the first.
    """

    def __init__(self, teacher: Encoder, student: Encoder) -> None:
        self._teacher = teacher
        self._student = student

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self._teacher.name} & {self._student.name}"

    @property
    def fingerprint(self) -> str:
        """Hash of both fingerprints, 16 hex digits."""
        both = f"{self._teacher.fingerprint} & {self._student.fingerprint}"
        return hashlib.blake2b(both.encode(), digest_size=8).hexdigest()

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._teacher.dim

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode queries: shape ``(len(texts), dim)``, float32, unit norm."""
        return mean(self._teacher.encode_queries(texts), self._student.encode_queries(texts))

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Encode item texts: shape ``(len(texts), dim)``, float32, unit norm."""
        return mean(self._teacher.encode_items(texts), self._student.encode_items(texts))


def mean(one: Vectors, other: Vectors) -> Vectors:
    """What lies midway between unit vectors, row by row, at unit norm."""
    return unit(one + other)


def reflected(one: Vectors, middle: Vectors) -> Vectors:
    """The ``other`` of which ``middle`` is the :func:`mean` with ``one``: ``2 (m · o) m - o``."""
    along = np.einsum("ij,ij->i", middle, one)[:, None]
    other: Vectors = 2 * along * middle - one
    return unit(other)
