import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from semrec.errors import CannotWrite, FolderLocked, InvalidArgument
from semrec.index.bulk import Bulk, embed_items
from semrec.index.lock import exclusive

TEXTS = [f"蓝牙耳机 {i} 号" for i in range(100)]
SMALL = Bulk(batch=8, dtype="float32")


class Counting:
    """Vectors that follow from the text; counts what it encodes."""

    name = "counting"
    dim = 16

    def __init__(self, fingerprint: str = "a", pause: float = 0) -> None:
        self.fingerprint = fingerprint
        self.pause = pause
        self.encoded = 0

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        return self.encode_items(texts)

    def encode_items(self, texts: Sequence[str]) -> np.ndarray:
        time.sleep(self.pause)
        self.encoded += len(texts)
        rows = []
        for text in texts:
            seed = int.from_bytes((self.fingerprint + text).encode()[-12:], "little")
            rows.append(np.random.default_rng(seed).normal(size=self.dim))
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), self.dim)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


EXPECTED = Counting().encode_items(TEXTS)


def test_the_file_holds_what_the_encoder_gives(tmp_path: Path) -> None:
    done: list[int] = []
    mapped = embed_items(iter(TEXTS), Counting(), tmp_path / "v.npy", SMALL, done.append)
    np.testing.assert_array_equal(mapped, EXPECTED)
    assert isinstance(mapped, np.memmap)
    assert (done[0], done[-1], len(done)) == (8, 100, 13)
    half = embed_items(TEXTS, Counting(), tmp_path / "half.npy", Bulk(batch=7))
    assert half.dtype == np.float16
    np.testing.assert_allclose(half, EXPECTED, atol=5e-4)


def test_a_second_run_encodes_nothing_and_a_changed_text_its_batch(tmp_path: Path) -> None:
    target = tmp_path / "v.npy"
    embed_items(TEXTS, Counting(), target, SMALL)
    again = Counting()
    embed_items(TEXTS, again, target, SMALL)
    assert again.encoded == 0
    changed = [*TEXTS[:50], "手机", *TEXTS[51:]]
    mapped = embed_items(changed, again, target, SMALL)
    assert again.encoded == 8
    np.testing.assert_array_equal(mapped, Counting().encode_items(changed))
    shorter = embed_items(TEXTS[:20], again, target, SMALL)
    np.testing.assert_array_equal(shorter, EXPECTED[:20])
    longer = embed_items(TEXTS, Counting(), target, SMALL)
    np.testing.assert_array_equal(longer, EXPECTED)


def test_another_encoder_begins_anew(tmp_path: Path) -> None:
    target = tmp_path / "v.npy"
    embed_items(TEXTS, Counting(), target, SMALL)
    other = Counting("b")
    np.testing.assert_array_equal(
        embed_items(TEXTS, other, target, SMALL), Counting("b").encode_items(TEXTS)
    )
    assert other.encoded == 100


def test_a_damaged_batch_is_encoded_again(tmp_path: Path) -> None:
    target = tmp_path / "v.npy"
    embed_items(TEXTS, Counting(), target, SMALL)
    data = bytearray(target.read_bytes())
    data[-5] ^= 1
    target.write_bytes(data)
    again = Counting()
    np.testing.assert_array_equal(embed_items(TEXTS, again, target, SMALL), EXPECTED)
    assert again.encoded == 4, "the last batch holds four"


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_bulk import Counting, SMALL, TEXTS, embed_items
embed_items(TEXTS, Counting(pause=0.03), Path(sys.argv[2]), SMALL, lambda n: print(n, flush=True))
"""


@pytest.mark.parametrize("batches", [1, 5])
def test_a_killed_run_goes_on_where_it_was(tmp_path: Path, batches: int) -> None:
    target = tmp_path / "v.npy"
    command = [sys.executable, "-c", CHILD, str(Path(__file__).parent), str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(batches):
            child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
    assert not target.exists()
    rest = Counting()
    np.testing.assert_array_equal(embed_items(TEXTS, rest, target, SMALL), EXPECTED)
    assert 100 - 8 * (batches + 2) <= rest.encoded <= 100 - 8 * batches
    assert [f.name for f in tmp_path.glob("v.npy*")].count("v.npy.part") == 0


def test_several_processes_give_the_same_file(tmp_path: Path) -> None:
    several = Bulk(batch=8, dtype="float32", workers=2, load=partial(Counting, "a"))
    here = Counting()
    mapped = embed_items(TEXTS, here, tmp_path / "v.npy", several)
    np.testing.assert_array_equal(mapped, EXPECTED)
    assert here.encoded == 0


def test_texts_are_streamed(tmp_path: Path) -> None:
    read, most_ahead = 0, 0

    def stream() -> Iterator[str]:
        nonlocal read
        for text in TEXTS:
            read += 1
            yield text

    def report(done: int) -> None:
        nonlocal most_ahead
        most_ahead = max(most_ahead, read - done)

    embed_items(stream(), Counting(), tmp_path / "v.npy", SMALL, report)
    assert most_ahead <= 8


def test_no_text_gives_an_empty_file(tmp_path: Path) -> None:
    assert embed_items([], Counting(), tmp_path / "v.npy", SMALL).shape == (0, 16)


class Broken(Counting):
    def encode_items(self, texts: Sequence[str]) -> np.ndarray:
        vectors = super().encode_items(texts)
        if self.encoded > 50:
            vectors[2, 3] = np.nan
        return vectors


def test_failures_are_named_and_lose_nothing(tmp_path: Path) -> None:
    target = tmp_path / "v.npy"
    with pytest.raises(InvalidArgument, match="vector 50 holds nan at place 3"):
        embed_items(TEXTS, Broken(), target, SMALL)
    rest = Counting()
    embed_items(TEXTS, rest, target, SMALL)
    assert rest.encoded == 52
    wrong = Counting()
    wrong.dim = 9
    with pytest.raises(InvalidArgument, match=r"shape \(8, 16\); legal: \(texts, 9\)"):
        wrong.encode_items = Counting().encode_items  # type: ignore[method-assign]
        embed_items(TEXTS, wrong, tmp_path / "w.npy", SMALL)
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite):
        embed_items(TEXTS, Counting(), tmp_path / "file" / "v.npy", SMALL)
    for bad in ({"batch": 0}, {"workers": 0}, {"dtype": "int8"}, {"workers": 2}):
        with pytest.raises(InvalidArgument, match="legal"):
            Bulk(**bad)


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from semrec.index import bulk

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bulk._Rows, "write", full)
    with pytest.raises(CannotWrite, match=r"v\.npy: cannot be written: No space left"):
        embed_items(TEXTS, Counting(), tmp_path / "v.npy", SMALL)


def test_a_second_process_is_told(tmp_path: Path) -> None:
    with exclusive(tmp_path):
        command = [sys.executable, "-c", CHILD, str(Path(__file__).parent), str(tmp_path / "v.npy")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert FolderLocked.__name__ in done.stderr
