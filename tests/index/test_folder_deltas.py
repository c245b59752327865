import threading
from pathlib import Path

import numpy as np
import pytest

from semrec.errors import CannotWrite, IndexCorrupt
from semrec.index.folder import Folder, appended, opened, read, save_arrays, written
from semrec.index.folder_write import leftovers


def base(path: Path, value: int, holds: tuple[str, ...] | None = None) -> None:
    with written(path, {"counts": {"items": 3}}, holds=holds) as folder:
        save_arrays(folder, "part", {"numbers": np.full(3, value)})


def delta(path: Path, value: int, holds: tuple[str, ...] = ()) -> None:
    with appended(path, {"counts": {"items": value}}, holds=holds) as folder:
        save_arrays(folder, "part", {"numbers": np.full(2, value)})


def values(folder: Folder) -> list[int]:
    return [int(each.arrays("part")["numbers"][0]) for each in (folder, *folder.deltas)]


def test_deltas_follow_the_base_in_order(tmp_path: Path) -> None:
    base(tmp_path, 1)
    delta(tmp_path, 2)
    delta(tmp_path, 3)
    assert values(opened(tmp_path)) == [1, 2, 3]
    assert [each.manifest["counts"]["items"] for each in opened(tmp_path).deltas] == [2, 3]


def test_a_new_base_takes_up_what_it_says(tmp_path: Path) -> None:
    base(tmp_path, 1)
    delta(tmp_path, 2)
    version = opened(tmp_path).version
    delta(tmp_path, 3)
    base(tmp_path, 12, holds=version)
    assert values(opened(tmp_path)) == [12, 3]
    assert leftovers(tmp_path, opened(tmp_path).version) == []
    base(tmp_path, 20)
    assert values(opened(tmp_path)) == [20]


def test_deltas_fold_into_the_first(tmp_path: Path) -> None:
    base(tmp_path, 1)
    delta(tmp_path, 2)
    delta(tmp_path, 3)
    version = opened(tmp_path).version
    delta(tmp_path, 4)
    delta(tmp_path, 23, holds=version)
    assert values(opened(tmp_path)) == [1, 23, 4]
    assert len(list(tmp_path.glob("d-*"))) == 2


def test_a_base_of_an_older_build_is_refused(tmp_path: Path) -> None:
    base(tmp_path, 1)
    version = opened(tmp_path).version
    base(tmp_path, 2)
    with pytest.raises(CannotWrite, match="built anew meanwhile"):
        base(tmp_path, 3, holds=version)
    assert values(opened(tmp_path)) == [2]
    assert len(list(tmp_path.glob("g-*"))) == 1


def test_a_failed_delta_leaves_no_trace(tmp_path: Path) -> None:
    base(tmp_path, 1)
    with pytest.raises(RuntimeError), appended(tmp_path, {}) as folder:
        save_arrays(folder, "part", {"numbers": np.zeros(3)})
        raise RuntimeError("power")
    assert values(opened(tmp_path)) == [1]
    assert list(tmp_path.glob("d-*")) == []


def test_damaged_delta_is_found(tmp_path: Path) -> None:
    base(tmp_path, 1)
    delta(tmp_path, 2)
    file = next(tmp_path.glob("d-*/part.numbers.npy"))
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(IndexCorrupt, match=r"d-.*part\.numbers\.npy"):
        opened(tmp_path)


def test_reading_starts_again_when_the_folder_changed(tmp_path: Path) -> None:
    base(tmp_path, 1)
    tries = []

    def load(folder: Folder) -> list[int]:
        tries.append(folder.version)
        if len(tries) == 1:
            base(tmp_path, 2)  # takes the files away under the reader
        return values(folder)

    assert read(tmp_path, load) == [2]
    assert len(tries) == 2


def test_a_missing_file_is_named_where_nothing_changed(tmp_path: Path) -> None:
    base(tmp_path, 1)

    def load(folder: Folder) -> list[int]:
        folder.file("part.numbers.npy").unlink(missing_ok=True)
        return values(folder)

    with pytest.raises(IndexCorrupt, match=r"part\.numbers\.npy: missing"):
        read(tmp_path, load)


def test_a_base_in_the_making_survives_other_writers(tmp_path: Path) -> None:
    """A compaction goes on in one thread while another saves; neither takes the other's files."""
    base(tmp_path, 1)
    with written(tmp_path, {"counts": {"items": 3}}) as folder:
        other = threading.Thread(target=base, args=(tmp_path, 2))
        other.start()
        other.join()
        assert values(opened(tmp_path)) == [2]
        save_arrays(folder, "part", {"numbers": np.full(3, 5)})
    assert values(opened(tmp_path)) == [5]
