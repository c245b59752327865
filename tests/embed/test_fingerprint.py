from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from semrec.embed import fingerprint
from semrec.embed.fingerprint import file_checksum, folder_checksum


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEMREC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def copy(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "copy"))


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.safetensors"
    path.write_bytes(b"a" * (1 << 20))
    return path


def test_a_copy_has_the_same_checksum(tiny_model: Path, copy: Path) -> None:
    assert folder_checksum(copy) == folder_checksum(tiny_model)


@pytest.mark.parametrize(
    "name", ["model.safetensors", "tokenizer.json", "1_Pooling/config.json", "config.json"]
)
def test_what_decides_the_vectors_counts(copy: Path, name: str) -> None:
    before = folder_checksum(copy)
    data = bytearray((copy / name).read_bytes())
    data[-2] ^= 1
    (copy / name).write_bytes(data)
    assert folder_checksum(copy) != before


@pytest.mark.parametrize(
    "name", ["README.md", "config_sentence_transformers.json", ".gitattributes", "onnx/model.onnx"]
)
def test_what_does_not_decide_the_vectors_is_left_out(copy: Path, name: str) -> None:
    before = folder_checksum(copy)
    path = copy / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("another text", encoding="utf-8")
    assert folder_checksum(copy) == before


def test_a_large_file_is_read_once(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = file_checksum(large)

    def refuse(path: Path) -> str:
        raise AssertionError(f"{path} is read again")

    monkeypatch.setattr(fingerprint, "_read_checksum", refuse)
    assert file_checksum(large) == first


def test_a_changed_large_file_is_read_again(large: Path) -> None:
    first = file_checksum(large)
    large.write_bytes(b"b" * (1 << 20))
    os.utime(large, ns=(1, 1))
    assert file_checksum(large) != first


@pytest.mark.parametrize("damage", ["", "{}", "[", "[1, 2]"])
def test_a_damaged_memory_is_ignored(large: Path, own_cache: Path, damage: str) -> None:
    first = file_checksum(large)
    (memory,) = (own_cache / "checksums").iterdir()
    memory.write_text(damage, encoding="utf-8")
    assert file_checksum(large) == first


def test_a_cache_that_cannot_be_written_does_no_harm(large: Path, own_cache: Path) -> None:
    own_cache.write_text("a file where the folder should be", encoding="utf-8")
    assert file_checksum(large) == file_checksum(large)
