from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from semrec.embed import cache
from semrec.embed.cache import CachedEncoder, VectorStore
from semrec.types import Vectors


class CountingEncoder:
    """Three numbers from each text, and a log of all texts that were encoded."""

    name = "counting"
    dim = 3

    def __init__(self, fingerprint: str = "f1", fails_after: int | None = None) -> None:
        self.fingerprint = fingerprint
        self.calls: list[list[str]] = []
        self._fails_after = fails_after

    @property
    def texts(self) -> list[str]:
        return [text for call in self.calls for text in call]

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, 1e4)

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, 2e5)

    def _encode(self, texts: Sequence[str], kind: float) -> Vectors:
        if self._fails_after is not None and len(self.calls) >= self._fails_after:
            raise KeyboardInterrupt
        self.calls.append(list(texts))
        rows = [[kind, len(text), sum(map(ord, text))] for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), 3)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def file_of(folder: Path, fingerprint: str = "f1") -> Path:
    return folder / fingerprint / "vectors.sqlite"


def test_a_second_build_encodes_only_what_is_new(tmp_path: Path) -> None:
    first = CountingEncoder()
    CachedEncoder(first, tmp_path).encode_items(["口红", "手机"])
    second = CountingEncoder()
    vectors = CachedEncoder(second, tmp_path).encode_items(["手机", "保温杯", "口红"])
    assert second.texts == ["保温杯"]
    np.testing.assert_array_equal(
        vectors, CountingEncoder().encode_items(["手机", "保温杯", "口红"])
    )


def test_duplicates_are_encoded_once_and_all_are_filled(tmp_path: Path) -> None:
    inner = CountingEncoder()
    vectors = CachedEncoder(inner, tmp_path).encode_items(["口红", "手机壳", "口红", "口红"])
    assert sorted(inner.texts) == ["口红", "手机壳"]
    expected = CountingEncoder().encode_items(["口红", "手机壳", "口红", "口红"])
    np.testing.assert_array_equal(vectors, expected)


def test_queries_and_items_do_not_share_vectors(tmp_path: Path) -> None:
    encoder = CachedEncoder(CountingEncoder(), tmp_path)
    item = encoder.encode_items(["口红", "手机"])
    query = encoder.encode_queries(["口红", "手机"])
    np.testing.assert_array_equal(query, CountingEncoder().encode_queries(["口红", "手机"]))
    assert np.abs(query - item).max() > 1e-4


def test_encoders_do_not_share_vectors(tmp_path: Path) -> None:
    CachedEncoder(CountingEncoder("f1"), tmp_path).encode_items(["口红"])
    other = CountingEncoder("f2")
    CachedEncoder(other, tmp_path).encode_items(["口红"])
    assert other.texts == ["口红"]
    assert file_of(tmp_path, "f1").is_file()
    assert file_of(tmp_path, "f2").is_file()


def test_an_interrupted_build_resumes(tmp_path: Path) -> None:
    texts = [str(i) for i in range(3 * cache._BLOCK)]
    with pytest.raises(KeyboardInterrupt):
        CachedEncoder(CountingEncoder(fails_after=2), tmp_path).encode_items(texts)
    rest = CountingEncoder()
    vectors = CachedEncoder(rest, tmp_path).encode_items(texts)
    assert len(rest.texts) == cache._BLOCK
    np.testing.assert_array_equal(vectors, CountingEncoder().encode_items(texts))


@pytest.mark.parametrize("damage", ["text", "cut", "middle"])
def test_a_damaged_file_is_set_aside(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    texts = [f"商品{i}" for i in range(2000)]
    expected = CachedEncoder(CountingEncoder(), tmp_path).encode_items(texts)
    path = file_of(tmp_path)
    data = path.read_bytes()
    damaged = {
        "text": b"no database at all, only text" * 100,
        "cut": data[: len(data) // 2],
        "middle": data[:4096] + b"\xff" * (len(data) - 4096),
    }
    path.write_bytes(damaged[damage])
    inner = CountingEncoder()
    with caplog.at_level(logging.WARNING):
        vectors = CachedEncoder(inner, tmp_path).encode_items(texts)
    np.testing.assert_array_equal(vectors, expected)
    assert "is damaged" in caplog.text
    assert "vectors.sqlite.damaged" in caplog.text
    assert path.with_name("vectors.sqlite.damaged").is_file()
    again = CountingEncoder()
    CachedEncoder(again, tmp_path).encode_items(texts)
    assert again.texts == []


def test_a_vector_of_another_length_is_encoded_again(tmp_path: Path) -> None:
    CachedEncoder(CountingEncoder(), tmp_path).encode_items(["口红"])
    with closing(sqlite3.connect(file_of(tmp_path))) as connection, connection:
        connection.execute("UPDATE vectors SET vector = x'00'")
    inner = CountingEncoder()
    vectors = CachedEncoder(inner, tmp_path).encode_items(["口红"])
    assert inner.texts == ["口红"]
    np.testing.assert_array_equal(vectors, CountingEncoder().encode_items(["口红"]))


def test_a_folder_that_cannot_be_written_is_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        vectors = CachedEncoder(CountingEncoder(), tmp_path / "file").encode_items(["口红"])
    np.testing.assert_array_equal(vectors, CountingEncoder().encode_items(["口红"]))
    assert "is not used" in caplog.text


def test_a_repeated_query_is_answered_from_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = CachedEncoder(CountingEncoder(), tmp_path)
    first = encoder.encode_queries(["口红"])
    first[:] = 9.0  # what the caller does to its vector must not reach the memory

    def refuse(*args: Any) -> None:
        raise AssertionError("the disk is read")

    monkeypatch.setattr(VectorStore, "get", refuse)
    np.testing.assert_array_equal(
        encoder.encode_queries(["口红"]), CountingEncoder().encode_queries(["口红"])
    )


def test_memory_of_queries_is_bounded_and_keeps_the_latest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_RECENT", 2)
    encoder = CachedEncoder(CountingEncoder(), tmp_path)
    for query in ["甲", "乙", "甲", "丙"]:
        encoder.encode_queries([query])
    assert list(encoder._recent) == ["甲", "丙"]


def test_nothing_is_written_for_no_text(tmp_path: Path) -> None:
    assert CachedEncoder(CountingEncoder(), tmp_path).encode_items([]).shape == (0, 3)
    assert list(tmp_path.iterdir()) == []


def test_broken_characters_are_remembered(tmp_path: Path) -> None:
    CachedEncoder(CountingEncoder(), tmp_path).encode_items(["手\ud800机"])
    again = CountingEncoder()
    CachedEncoder(again, tmp_path).encode_items(["手\ud800机", "手?机"])
    assert again.texts == ["手?机"]


def test_progress_counts_blocks_of_new_texts(tmp_path: Path) -> None:
    seen: list[int] = []

    def watch(steps: Any, *, total: int, label: str) -> Any:
        seen.append(total)
        return steps

    texts = [str(i) for i in range(2 * cache._BLOCK + 1)]
    encoder = CachedEncoder(CountingEncoder(), tmp_path, progress=watch)
    encoder.encode_items(texts)
    encoder.encode_items(texts)
    assert seen == [3, 0]
