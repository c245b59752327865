"""A tiny model of random weights in the 4-bit format, and the folder made of it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from semrec.embed.e5 import write_folder

HIDDEN, LAYERS, HEADS, FEED_FORWARD, POSITIONS = 32, 2, 2, 64, 48
CHARACTERS = "女友生日礼物手机壳男士口红保温杯abcdeuqrypsg:~～12"
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", *CHARACTERS, "生日", "礼物", "手机壳", "<mask>"]
VOCABULARY = len(PIECES) + 3


@dataclass(frozen=True)
class Packed:
    """A model file and what was put into it: float32 values by tensor name."""

    path: Path
    tensors: dict[str, NDArray[np.float32]]


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    path = tmp_path_factory.mktemp("packed") / "tiny-q4.bin"
    data, tensors = pack_model()
    path.write_bytes(data)
    return Packed(path, tensors)


@pytest.fixture(scope="session")
def tiny_model(packed: Packed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_folder(packed.path, folder)
    return folder


def pack_model() -> tuple[bytes, dict[str, NDArray[np.float32]]]:
    """The file's bytes, and the values that a reader must find in it."""
    rng = np.random.default_rng(7)
    head = struct.pack("<4sI", b"E5S1", 1)
    sizes = (HIDDEN, LAYERS, HEADS, FEED_FORWARD, VOCABULARY, POSITIONS, 2)
    head += struct.pack("<7ifi", *sizes, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len("".join(PIECES).encode()))
    offsets = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)])
    scores = [-float(3 + i % 5) / len(piece) for i, piece in enumerate(PIECES)]
    head += offsets.astype("<u4").tobytes() + np.array(scores, "<f4").tobytes()
    head += "".join(PIECES).encode() + struct.pack("<iI", 0, 0)

    coded: dict[str, tuple[int, int, bytes]] = {}
    values: dict[str, NDArray[np.float32]] = {}
    for name, count, quantized in tensor_sizes():
        if quantized:
            dtype, raw, values[name] = 1, *quantize(rng, count)
        else:
            values[name] = rng.normal(0.5, 0.5, count).astype(np.float32)
            dtype, raw = 0, values[name].tobytes()
        coded[name] = dtype, count, raw
    directory_size = 4 + sum(2 + len(name) + 21 for name in coded)
    offset = len(head) + directory_size
    directory, body = struct.pack("<i", len(coded)), b""
    for name, (dtype, count, raw) in coded.items():
        entry = struct.pack("<BIQQ", dtype, count, offset + len(body), len(raw))
        directory += struct.pack("<H", len(name)) + name.encode() + entry
        body += raw
    return head + directory + body, values


def quantize(rng: np.random.Generator, count: int) -> tuple[bytes, NDArray[np.float32]]:
    """Random Q4_0 blocks, written out weight by weight as the format's text says."""
    raw, values = b"", np.empty(count, dtype=np.float32)
    for block in range(count // 32):
        scale = np.float16(rng.uniform(0.01, 0.1))
        quants = rng.integers(0, 16, 32)
        nibbles = bytes(int(quants[j]) | int(quants[j + 16]) << 4 for j in range(16))
        raw += struct.pack("<e", scale) + nibbles
        for j in range(32):
            values[block * 32 + j] = np.float32(scale) * (int(quants[j]) - 8)
    return raw, values


def tensor_sizes() -> list[tuple[str, int, bool]]:
    sizes = [
        ("emb.word", VOCABULARY * HIDDEN, True),
        ("emb.pos", POSITIONS * HIDDEN, False),
        ("emb.type", 2 * HIDDEN, False),
        ("emb.ln.w", HIDDEN, False),
        ("emb.ln.b", HIDDEN, False),
    ]
    for layer in range(LAYERS):
        for name in ("q", "k", "v", "ao", "fi", "fo"):
            out = FEED_FORWARD if name == "fi" else HIDDEN
            into = FEED_FORWARD if name == "fo" else HIDDEN
            sizes += [(f"l{layer}.{name}.w", out * into, True), (f"l{layer}.{name}.b", out, False)]
        for name in ("aln", "oln"):
            sizes += [(f"l{layer}.{name}.{part}", HIDDEN, False) for part in "wb"]
    return sizes
