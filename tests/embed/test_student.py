from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from semrec.embed.quantise import pack, quantise, unpack
from semrec.embed.student import StudentEncoder
from semrec.errors import CannotWrite, InvalidArgument, ModelDamaged, ModelNotFound
from semrec.types import Vectors

TEXTS = ["送女友的生日礼物", "手机壳", "iphone15 手机壳", "保温杯 500ml", "", "手机壳"]


def random_table(buckets: int = 256, dim: int = 64) -> Vectors:
    return np.random.default_rng(3).standard_normal((buckets, dim), dtype=np.float32)


@pytest.fixture
def student() -> StudentEncoder:
    return StudentEncoder.from_table(random_table(), name="甲", origin={"titles": 3})


def test_a_vector_is_the_unit_sum_of_its_features_rows(student: StudentEncoder) -> None:
    from semrec.embed.features import features

    total = student.table()[features(["保温杯 500ml"], 256).ids].sum(axis=0)
    expected = total / np.linalg.norm(total)
    np.testing.assert_allclose(student.encode_queries(["保温杯 500ml"])[0], expected, atol=1e-6)


def test_one_by_one_in_bulk_and_whole_table_agree(student: StudentEncoder) -> None:
    single = np.concatenate([student.encode_items([text]) for text in TEXTS])
    np.testing.assert_allclose(student.encode_items(TEXTS), single, atol=1e-5)
    many = student.encode_items(TEXTS * 1500)
    np.testing.assert_allclose(many[-len(TEXTS) :], single, atol=1e-5)


def test_text_without_features_has_a_defined_vector(student: StudentEncoder) -> None:
    vectors = student.encode_items(["", "！！"])
    np.testing.assert_allclose(vectors, np.full((2, 64), 1 / 8), atol=1e-6)


def test_a_very_long_text_is_cut(student: StudentEncoder) -> None:
    long = "手机壳" * 400
    vectors = student.encode_queries([long, long + "口红" * 50_000])
    np.testing.assert_array_equal(vectors[0], vectors[1])


@pytest.mark.parametrize("bits", [4, 8])
def test_round_trip(bits: int, tmp_path: Path) -> None:
    student = StudentEncoder.from_table(random_table(), bits=bits, name="甲", origin={"seed": 1})
    student.save(tmp_path / "s")
    loaded = StudentEncoder.load(tmp_path / "s")
    np.testing.assert_array_equal(loaded.encode_items(TEXTS), student.encode_items(TEXTS))
    assert (loaded.name, loaded.fingerprint, dict(loaded.origin)) == (
        "甲",
        student.fingerprint,
        {"seed": 1},
    )
    assert StudentEncoder.load(tmp_path / "s", name="乙").name == "乙"


def test_saving_over_an_open_student_leaves_it_whole(
    student: StudentEncoder, tmp_path: Path
) -> None:
    student.save(tmp_path)
    before = StudentEncoder.load(tmp_path)
    expected = before.encode_items(TEXTS)
    StudentEncoder.from_table(-random_table()).save(tmp_path)
    np.testing.assert_array_equal(before.encode_items(TEXTS), expected)
    np.testing.assert_allclose(StudentEncoder.load(tmp_path).encode_items(TEXTS[:2]), -expected[:2])


def test_fingerprint_is_that_of_the_table(student: StudentEncoder) -> None:
    again = StudentEncoder.from_table(random_table(), name="乙")
    changed = random_table()
    changed[7, 7] += 1
    assert again.fingerprint == student.fingerprint
    assert StudentEncoder.from_table(changed).fingerprint != student.fingerprint


@pytest.mark.parametrize(("bits", "least"), [(8, 0.9999), (4, 0.99)])
def test_rounding_keeps_directions(bits: int, least: float) -> None:
    table = random_table()
    rounded = quantise(table, bits).whole()
    cosines = (table * rounded).sum(axis=1)
    cosines /= np.linalg.norm(table, axis=1) * np.linalg.norm(rounded, axis=1)
    assert cosines.min() > least


def test_pack_and_unpack_are_inverse() -> None:
    codes = np.arange(-8, 8, dtype=np.int8).reshape(2, 8)
    assert pack(codes).shape == (2, 4)
    np.testing.assert_array_equal(unpack(pack(codes)), codes)


def test_a_zero_row_stays_zero() -> None:
    table = random_table()
    table[3] = 0
    assert not quantise(table, 4).rows(np.array([3])).any()


def test_damaged_tables_are_refused() -> None:
    table = random_table()
    table[5, 5] = np.nan
    with pytest.raises(ModelDamaged, match="1 values are not finite"):
        StudentEncoder.from_table(table)
    with pytest.raises(ModelDamaged, match="all zero"):
        StudentEncoder.from_table(np.zeros((4, 32), dtype=np.float32))
    with pytest.raises(InvalidArgument, match="buckets = 3; legal: a power of two"):
        StudentEncoder.from_table(random_table(3))
    with pytest.raises(InvalidArgument, match="bits = 5"):
        StudentEncoder.from_table(random_table(), bits=5)


def test_damaged_folders_are_refused(student: StudentEncoder, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="holds no student"):
        StudentEncoder.load(tmp_path)
    student.save(tmp_path)
    settings = json.loads((tmp_path / "student.json").read_text("utf-8"))
    codes = (tmp_path / "codes.npy").read_bytes()
    (tmp_path / "codes.npy").write_bytes(codes[:-1] + b"\x00")
    with pytest.raises(ModelDamaged, match=r"codes\.npy: checksum"):
        StudentEncoder.load(tmp_path)
    (tmp_path / "codes.npy").unlink()
    with pytest.raises(ModelDamaged, match=r"codes\.npy: No such file"):
        StudentEncoder.load(tmp_path)
    (tmp_path / "student.json").write_text(json.dumps({**settings, "format": 0}), "utf-8")
    with pytest.raises(ModelNotFound, match="another format"):
        StudentEncoder.load(tmp_path)
    del settings["origin"]
    (tmp_path / "student.json").write_text(json.dumps(settings), "utf-8")
    with pytest.raises(ModelDamaged, match="'origin' is missing"):
        StudentEncoder.load(tmp_path)
    (tmp_path / "student.json").write_text("{", "utf-8")
    with pytest.raises(ModelDamaged, match="no valid JSON"):
        StudentEncoder.load(tmp_path)


def test_a_place_that_cannot_be_written_is_named(student: StudentEncoder, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite, match="file"):
        student.save(tmp_path / "file")


def test_serving_loads_neither_torch_nor_jieba(student: StudentEncoder, tmp_path: Path) -> None:
    student.save(tmp_path)
    code = (
        "import sys; from semrec.embed.student import StudentEncoder as S;"
        f"S.load({str(tmp_path)!r}).encode_queries(['手机壳']);"
        "print([m for m in ('torch', 'jieba', 'pandas', 'faiss') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
