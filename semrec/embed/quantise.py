"""Embedding tables in 8 or 4 bits: whole numbers, and one scale for each group of a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.errors import InvalidArgument
from semrec.types import Vectors

LARGEST = {8: 127, 4: 7}
"""Bits of a number → the largest one; the smallest is its negative."""
GROUP = 32
"""Neighbouring dimensions that share a scale, as in Q4_0 of GGML."""


@dataclass(frozen=True)
class QuantisedTable:
    """A table of rows ``scales × codes``.

    Attributes:
        codes: shape ``(rows, dim)``, int8; in memory or mapped from a file.
        scales: shape ``(rows, groups)``, float16; ``groups`` divides ``dim``.
    """

    codes: NDArray[np.int8]
    scales: NDArray[np.float16]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def dim(self) -> int:
        """Length of a row."""
        return int(self.codes.shape[1])

    def rows(self, numbers: NDArray[np.int64]) -> Vectors:
        """Some rows as they were, but for rounding: shape ``(len(numbers), dim)``, float32."""
        return _product(self.codes[numbers], self.scales[numbers])

    def whole(self) -> Vectors:
        """All rows, shape ``(rows, dim)``, float32."""
        return _product(self.codes, self.scales)


def quantise(table: Vectors, bits: int = 8) -> QuantisedTable:
    """Round a table to whole numbers of ``bits`` bits.

    Args:
        table: shape ``(rows, dim)``, float32.
        bits: 8, with one scale a row, or 4, with one for each ``GROUP`` dimensions.

    Raises:
        InvalidArgument: ``bits`` is neither 8 nor 4, or 4 does not fit the dimension.
    """
    if bits not in LARGEST or (bits == 4 and table.shape[1] % GROUP):
        raise InvalidArgument(
            f"bits = {bits!r} for {table.shape[1]} dimensions; legal: 8, or 4 where {GROUP} "
            "divides the dimensions"
        )
    groups = 1 if bits == 8 else table.shape[1] // GROUP
    grouped = table.reshape(len(table), groups, table.shape[1] // groups)
    scales = (np.abs(grouped).max(axis=2) / LARGEST[bits]).astype(np.float16)
    divisors = np.where(scales > 0, scales, np.float16(1)).astype(np.float32)[:, :, None]
    codes = np.clip(np.rint(grouped / divisors), -LARGEST[bits], LARGEST[bits])
    return QuantisedTable(codes.astype(np.int8).reshape(table.shape), scales)


def pack(codes: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Numbers from -8 to 7, two in a byte: shape ``(rows, dim)`` to ``(rows, dim / 2)``."""
    shifted = (codes + 8).astype(np.uint8)
    return (shifted[:, ::2] | (shifted[:, 1::2] << 4)).astype(np.uint8)


def unpack(packed: NDArray[np.uint8]) -> NDArray[np.int8]:
    """What :func:`pack` packed: shape ``(rows, dim / 2)`` to ``(rows, dim)``."""
    codes = np.empty((len(packed), packed.shape[1] * 2), dtype=np.int8)
    codes[:, ::2] = (packed & 15).astype(np.int8) - 8
    codes[:, 1::2] = (packed >> 4).astype(np.int8) - 8
    return codes


def _product(codes: NDArray[np.int8], scales: NDArray[np.float16]) -> Vectors:
    (rows, dim), groups = codes.shape, scales.shape[1]
    values = codes.reshape(rows, groups, dim // groups).astype(np.float32)
    values *= scales.astype(np.float32)[:, :, None]
    return values.reshape(rows, dim)
