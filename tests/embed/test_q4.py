from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from semrec.embed.q4 import dequantize, read_q4
from semrec.errors import ModelNotFound


def test_a_block_is_decoded_low_nibbles_first() -> None:
    block = np.zeros(1, dtype=[("scale", "<f2"), ("nibbles", "u1", (16,))])
    block["scale"] = 0.5
    block["nibbles"][0, 0] = 0xF9  # weight 0 is 9, weight 16 is 15
    block["nibbles"][0, 15] = 0x08  # weight 15 is 8, weight 31 is 0
    weights = dequantize(block)
    assert weights.dtype == np.float32
    assert weights.shape == (32,)
    assert weights[[0, 16, 15, 31, 1]].tolist() == [0.5, 3.5, 0.0, -4.0, -4.0]


def test_reads_back_what_was_packed(packed: Any) -> None:
    model = read_q4(packed.path)
    assert (model.header.hidden, model.header.layers, model.header.vocabulary) == (32, 2, 45)
    assert [piece for piece, _ in model.pieces[:5]] == ["<s>", "<pad>", "</s>", "<unk>", "▁"]
    assert model.pieces[4][1] == pytest.approx(-7.0)
    assert set(model.tensors) == set(packed.tensors)
    for name, values in packed.tensors.items():
        np.testing.assert_array_equal(model.values(name), values)


@pytest.mark.parametrize("kept", [0, 3, 6, 30, 60, 100, 500, 2000, -1])
def test_a_truncated_file_is_named(packed: Any, tmp_path: Path, kept: int) -> None:
    path = tmp_path / "cut.bin"
    path.write_bytes(packed.path.read_bytes()[:kept])
    with pytest.raises(ModelNotFound, match=r"cut\.bin: no 4-bit E5 model, or a truncated one"):
        read_q4(path)


@pytest.mark.parametrize(
    ("at", "value", "why"),
    [
        (0, b"GGUF", "does not start with E5S1"),
        (4, b"\x02", "version 2"),
        (8, b"\x00\x00\x00\x00", "impossible sizes"),
        (16, b"\x05", "impossible sizes"),
        (44, b"\xff\xff\xff\xff", "-1 pieces"),
        (76, b"\xff\xff", "offsets of the pieces"),
    ],
)
def test_an_odd_file_is_named(packed: Any, tmp_path: Path, at: int, value: bytes, why: str) -> None:
    data = bytearray(packed.path.read_bytes())
    data[at : at + len(value)] = value
    path = tmp_path / "odd.bin"
    path.write_bytes(data)
    with pytest.raises(ModelNotFound, match=why):
        read_q4(path)


def test_an_impossible_tensor_is_named(packed: Any, tmp_path: Path) -> None:
    data = packed.path.read_bytes()
    at = data.index(b"emb.pos") + len(b"emb.pos")
    path = tmp_path / "odd.bin"
    path.write_bytes(data[:at] + b"\x09" + data[at + 1 :])
    with pytest.raises(ModelNotFound, match=r"tensor 'emb\.pos' has an impossible size"):
        read_q4(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="No such file"):
        read_q4(tmp_path / "none.bin")
