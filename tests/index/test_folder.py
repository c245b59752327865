import json
from pathlib import Path

import numpy as np
import pytest

from semrec.errors import CannotWrite, IndexCorrupt, NotAnIndex
from semrec.index.folder import opened, save_arrays, written


def write(path: Path, value: int = 1) -> None:
    with written(path, {"counts": {"items": value}}) as folder:
        save_arrays(folder, "part", {"numbers": np.full(1000, value)})


def value(path: Path) -> int:
    return int(opened(path).arrays("part")["numbers"][0])


def test_round_trip_and_replacement(tmp_path: Path) -> None:
    write(tmp_path / "shop", 1)
    old = opened(tmp_path / "shop").arrays("part")["numbers"]
    write(tmp_path / "shop", 2)
    assert value(tmp_path / "shop") == 2
    assert old[0] == 1, "an index that is open stays readable after a rebuild"
    assert len(list((tmp_path / "shop").glob("g-*"))) == 1


def test_a_crash_leaves_the_old_index(tmp_path: Path) -> None:
    write(tmp_path / "shop", 1)
    with pytest.raises(RuntimeError, match="power"), written(tmp_path / "shop", {}) as folder:
        save_arrays(folder, "part", {"numbers": np.zeros(3)})
        raise RuntimeError("power")
    assert value(tmp_path / "shop") == 1
    assert len(list((tmp_path / "shop").glob("g-*"))) == 1


def test_truncated_file_is_named_with_its_checksum(tmp_path: Path) -> None:
    write(tmp_path / "shop")
    file = next((tmp_path / "shop").glob("g-*/part.numbers.npy"))
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(IndexCorrupt, match=r"part\.numbers\.npy.*bytes.*sha256"):
        opened(tmp_path / "shop")


def test_changed_byte_is_found(tmp_path: Path) -> None:
    write(tmp_path / "shop")
    file = next((tmp_path / "shop").glob("g-*/part.numbers.npy"))
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(IndexCorrupt, match=r"part\.numbers\.npy: checksum"):
        opened(tmp_path / "shop")


def test_missing_file(tmp_path: Path) -> None:
    write(tmp_path / "shop")
    next((tmp_path / "shop").glob("g-*/part.numbers.npy")).unlink()
    with pytest.raises(IndexCorrupt, match="missing"):
        opened(tmp_path / "shop")


def test_not_an_index(tmp_path: Path) -> None:
    with pytest.raises(NotAnIndex, match="no such folder"):
        opened(tmp_path / "nothing")
    with pytest.raises(NotAnIndex, match=r"no manifest\.json"):
        opened(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotAnIndex):
        opened(tmp_path / "file")
    with pytest.raises(NotAnIndex, match="is a file"):
        write(tmp_path / "file")
    with pytest.raises(NotAnIndex, match="other files"):
        write(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 1', '{"schema": 2, "files": {}}'])
def test_damaged_manifest(tmp_path: Path, text: str) -> None:
    write(tmp_path / "shop")
    (tmp_path / "shop" / "manifest.json").write_text(text)
    with pytest.raises(IndexCorrupt, match="damaged"):
        opened(tmp_path / "shop")


def test_other_schema(tmp_path: Path) -> None:
    write(tmp_path / "shop")
    file = tmp_path / "shop" / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "schema": 99}))
    with pytest.raises(NotAnIndex, match="schema 99"):
        opened(tmp_path / "shop")


def test_manifest_cannot_point_outside(tmp_path: Path) -> None:
    write(tmp_path / "shop")
    file = tmp_path / "shop" / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest["files"]["../../secret.npy"] = {"bytes": 1, "sha256": "0"}
    file.write_text(json.dumps(manifest))
    with pytest.raises(IndexCorrupt, match="illegal file name"):
        opened(tmp_path / "shop")


def test_a_place_that_can_hold_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CannotWrite, match="file is no folder"):
        write(tmp_path / "file" / "below")
    with pytest.raises(CannotWrite):
        write(Path("/proc/semrec-index"))
