from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import semrec
from semrec.errors import NotAnIndex
from semrec.index.checksum import checksum
from semrec.index.folder import opened, read_manifest
from semrec.index.folder_write import replace_text
from semrec.life.verify import Verified, verify


def wrong(found: Verified) -> dict[str, tuple[str, ...]]:
    return {check.name: check.wrong for check in found.checks if check.wrong}


def test_a_sound_index(engine: semrec.Engine, index: Path, toy: Any) -> None:
    engine.update(toy.marked(1), delete=["猫粮0"])
    engine.settle()
    found = verify(index)
    assert found.sound and not wrong(found)
    seen = {check.name: check.found for check in found.checks}
    assert "31 items" in seen["counts"] or "30 items" in seen["counts"]
    assert seen["ids unique"].startswith("31 items live")
    assert seen["vector norms"].startswith("31 vectors")


def test_every_damaged_file_is_named(index: Path) -> None:
    base = index / str(read_manifest(index)["generation"])
    (base / "lexical.items.npy").unlink()
    file = base / "popularity.scores.npy"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    lines = wrong(verify(index))["checksums"]
    assert len(lines) == 2
    assert "lexical.items.npy: missing" in lines[0]
    assert "popularity.scores.npy: checksum" in lines[1]


def damage(index: Path, name: str, values: np.ndarray) -> None:
    """Put other values into a file, with the right checksum."""
    import json

    manifest = read_manifest(index)
    file = index / manifest["generation"] / name
    np.save(file, values)
    manifest["files"][name] = checksum(file)
    replace_text(index / "manifest.json", json.dumps(manifest))


def test_parts_of_different_sizes(index: Path) -> None:
    damage(index, "popularity.scores.npy", np.zeros(29, dtype=np.float32))
    assert wrong(verify(index)) == {"rows": ("popularity: 29 rows, expected 30",)}


def test_vectors_that_are_no_unit_vectors(index: Path) -> None:
    import json

    import faiss

    manifest = read_manifest(index)
    file = index / manifest["generation"] / "dense.faiss"
    flat = faiss.read_index(str(file))
    vectors = flat.reconstruct_n(0, flat.ntotal)
    vectors[3] *= 1.5
    vectors[4, 0] = np.nan
    other = faiss.IndexFlatIP(flat.d)
    other.add(vectors)
    faiss.write_index(other, str(file))
    manifest["files"]["dense.faiss"] = checksum(file)
    replace_text(index / "manifest.json", json.dumps(manifest))
    assert "2 vectors" in wrong(verify(index))["vector norms"][0]


def test_a_vector_that_its_code_clips_is_no_fault(toy: Any, tmp_path: Path) -> None:
    catalog = pd.DataFrame(
        {"item_id": range(300), "title": [f"猫粮 鸡肉味 成猫 {i % 7}斤" for i in range(300)]}
    )
    catalog.loc[7, "title"] = "书"
    engine = semrec.Engine.build(catalog, config={**toy.settings, "dense": {"exact_up_to": 10}})
    engine.save(tmp_path / "clipped")
    norm = float(np.linalg.norm(engine.shop.dense.reconstruct(np.array([7]))))
    assert norm < 0.95, "its code tells only a part of it"
    assert verify(tmp_path / "clipped").sound


def test_an_id_that_occurs_twice(index: Path) -> None:
    import json

    manifest = read_manifest(index)
    file = index / manifest["generation"] / "catalog.parquet"
    frame = pd.read_parquet(file)
    frame.loc[1, "item_id"] = frame.loc[0, "item_id"]
    frame.to_parquet(file)
    manifest["files"]["catalog.parquet"] = checksum(file)
    replace_text(index / "manifest.json", json.dumps(manifest))
    assert "occurs twice" in wrong(verify(index))["readable"][0]


def test_what_crashes_left_is_shown_and_no_fault(index: Path) -> None:
    (index / "g-dead").mkdir()
    found = verify(index)
    assert found.sound
    assert "g-dead" in {check.name: check.found for check in found.checks}["leftovers"]


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(NotAnIndex):
        verify(tmp_path)


def test_large_files_are_only_measured_when_opened(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed byte of a large file is found by verify; a wrong length by both."""
    monkeypatch.setattr("semrec.index.folder._CHECKED_UP_TO", 1000)
    file = index / str(read_manifest(index)["generation"]) / "dense.faiss"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    opened(index)
    assert "dense.faiss: checksum" in wrong(verify(index))["checksums"][0]
