import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import semrec
from semrec.errors import CannotWrite, FolderLocked
from semrec.index.lock import reserved
from semrec.life import compact
from semrec.life.change import Change
from semrec.life.keeper import Keeper
from semrec.life.verify import verify

HOLD = """
import sys, time
from pathlib import Path
from semrec.index.lock import reserved
with reserved(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_refused_by_name(engine: semrec.Engine, index: Path, toy: Any) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(index)], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(FolderLocked, match=rf"being written by process {other.pid} on .+ since"):
        engine.update(toy.marked(1))
    with pytest.raises(FolderLocked):
        engine.compact()
    with pytest.raises(FolderLocked):
        semrec.Engine.load(index).save(index)
    assert toy.number(engine) == toy.number(semrec.Engine.load(index)) == 0
    other.kill()
    other.wait()
    other.stdout.close()
    engine.update(toy.marked(1))
    assert toy.number(semrec.Engine.load(index)) == 1, "a dead process holds no lock"


def test_two_engines_of_one_process_take_turns(
    engine: semrec.Engine, index: Path, toy: Any
) -> None:
    other = semrec.Engine.load(index)
    engine.update(toy.marked(1))
    assert toy.number(other) == 0
    other.update(delete=["猫粮1"])
    assert toy.number(other) == 1, "a writer first takes in what others wrote"
    engine.compact()
    assert "猫粮1" not in engine.shop.catalog.items
    other.update(toy.marked(2))
    assert toy.number(semrec.Engine.load(index)) == 2


def test_readers_never_see_half_a_change(engine: semrec.Engine, toy: Any) -> None:
    engine.update(toy.marked(1))
    done = threading.Event()
    seen: list[int] = []
    errors: list[Exception] = []

    def read() -> None:
        while not done.wait(0.01):
            try:
                seen.append(toy.number(engine))
                engine.recommend("u1", k=3)
            except Exception as error:  # the test shows whatever a reader met
                errors.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(2, 6):
        engine.update(toy.marked(number), delete=[f"雨伞{number % 5}"] if number < 5 else ())
    engine.compact()
    engine.update(toy.marked(8))
    time.sleep(0.2)
    done.set()
    for reader in readers:
        reader.join()
    assert not errors
    assert len(set(seen)) >= 3 and seen[-1] == 8


def test_another_process_reads_while_the_folder_is_replaced(
    engine: semrec.Engine, index: Path, toy: Any
) -> None:
    engine.update(toy.marked(1))
    done = threading.Event()
    seen: list[int] = []

    def read() -> None:
        while not done.wait(0.01):
            seen.append(toy.number(semrec.Engine.load(index)))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(2, 4):
        engine.update(toy.marked(number))
        engine.compact()
    done.set()
    reader.join()
    assert seen == sorted(seen) and seen[-1] >= 2


def full(*arguments: object, **named: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    "step", ["numpy.save", "pandas.DataFrame.to_parquet", "os.fsync", "pathlib.Path.replace"]
)
def test_a_full_disk_changes_nothing(
    engine: semrec.Engine, index: Path, toy: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    engine.update(toy.marked(1))
    with monkeypatch.context() as patch:
        patch.setattr(step, full)
        with pytest.raises(CannotWrite, match="No space left"):
            engine.update(toy.marked(2))
        with pytest.raises(CannotWrite, match="No space left"):
            engine.save(index)
    assert toy.number(engine) == toy.number(semrec.Engine.load(index)) == 1
    assert verify(index).sound
    assert len([each for each in index.iterdir() if each.name[:2] in ("g-", "d-")]) == 2
    engine.update(toy.marked(3))
    assert toy.number(semrec.Engine.load(index)) == 3


LIMITED = """
import resource, signal, sys
import semrec
from semrec.errors import CannotWrite
engine = semrec.Engine.load(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
for change in (lambda: engine.save(sys.argv[1]), engine.compact):
    try:
        change()
    except CannotWrite as error:
        print(error)
"""


def test_files_that_cannot_grow(index: Path, toy: Any) -> None:
    """The limit that a file system sets, in truth: numpy, parquet and FAISS each meet it."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(index)], capture_output=True, text=True, check=True
    )
    assert done.stdout.count("annot") >= 1 and len(done.stdout.splitlines()) == 2, done
    assert verify(index).sound


def test_much_change_is_merged_in_the_background(
    engine: semrec.Engine, index: Path, toy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compact, "MOST_CHANGED", 0.1)
    for number in range(1, 3):
        engine.update(toy.marked(number))
    engine.settle()
    folder = semrec.index.folder.opened(index)
    assert not folder.deltas, "4 of 30 items is more than a tenth"
    assert len(engine.shop.catalog) == 32
    assert toy.number(engine) == toy.number(semrec.Engine.load(index)) == 2


@pytest.mark.parametrize("saved", [True, False])
def test_vectors_that_wait_for_the_graph_are_merged_in_the_background(
    toy: Any, tmp_path: Path, saved: bool
) -> None:
    graph = {**toy.settings, "dense": {"exact_up_to": 10}}
    engine = semrec.Engine.build(toy.catalog(), config=graph)
    if saved:
        engine.save(tmp_path / "graph")
    engine.update(toy.marked(1), delete=["雨伞1"])
    engine.settle()
    assert len(engine.shop.catalog) == 32, "2 of 30 may wait, and a deleted row stays"
    more = toy.marked(2).assign(item_id=["电钻1", "电钻2"], title=["冲击钻 红", "冲击钻 蓝"])
    engine.update(more)
    engine.settle()
    assert len(engine.shop.catalog) == 33, "4 may not; all is fitted again"
    assert engine.shop.dense.kind == "lists over 8 bits"
    for each in [engine, semrec.Engine.load(tmp_path / "graph")] if saved else [engine]:
        assert not each.shop.dense.merge_due
        assert set(each.search("冲击钻", using="dense", k=2).item_ids) == {"电钻1", "电钻2"}
        assert toy.number(each) == 1 and "雨伞1" not in each.shop.catalog.items


def test_many_deltas_are_folded(
    engine: semrec.Engine, index: Path, toy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compact, "MOST_DELTAS", 3)
    engine.update(delete=["猫粮2"])
    for number in range(1, 4):
        engine.update(toy.marked(number))
    assert len(semrec.index.folder.opened(index).deltas) == 1
    engine.update(toy.marked(4))
    again = semrec.Engine.load(index)
    assert toy.number(again) == 4 and "猫粮2" not in again.shop.catalog.items
    assert verify(index).sound


def test_a_failed_merge_in_the_background_is_told(
    engine: semrec.Engine, index: Path, toy: Any,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(compact, "MOST_CHANGED", 0.0)
    monkeypatch.setattr("semrec.shop.written", full)

    def refused(self: Keeper) -> None:
        raise CannotWrite(f"{index}: no space")

    monkeypatch.setattr(Keeper, "compact", refused)
    engine.update(toy.marked(1))
    engine.settle()
    assert "not merged" in caplog.text and "no space" in caplog.text
    assert toy.number(semrec.Engine.load(index)) == 1


def test_changes_one_after_the_other_are_one_change(toy: Any) -> None:
    def change(ids: list[str], gone: list[str], value: float) -> Change:
        items = toy.catalog().head(len(ids)).assign(item_id=ids)
        vectors = np.full((len(ids), 2), value, dtype=np.float32)
        return Change(items, vectors, tuple(gone), toy.events().head(1))

    whole = change(["a", "b", "c"], ["x", "y"], 1).then(change(["b", "x"], ["c"], 2))
    assert whole.items["item_id"].tolist() == ["a", "b", "x"]
    assert whole.vectors[:, 0].tolist() == [1, 2, 2]
    assert whole.deleted == ("y", "c")
    assert len(whole.events) == 2


def test_the_lock_may_be_entered_again(index: Path) -> None:
    with reserved(index), reserved(index):
        assert (index / ".lock").exists()
