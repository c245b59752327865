"""The student that the package ships, and the command that makes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semrec.embed import pretrain
from semrec.embed.student import StudentEncoder

ASSETS = Path(pretrain.__file__).parent / "assets"
PRODUCTS = [
    "蓝牙耳机 降噪 无线",
    "哑光口红 豆沙色",
    "不锈钢保温杯 500ml",
    "全自动猫砂盆",
    "汽车坐垫",
]
ASKED = ["无线耳机", "口红", "保温杯", "猫厕所", "车用座垫"]


@pytest.fixture(scope="module")
def student() -> StudentEncoder:
    return StudentEncoder.load(ASSETS)


def test_it_is_small_and_has_the_teachers_space(student: StudentEncoder) -> None:
    assert sum(path.stat().st_size for path in ASSETS.iterdir()) <= 16_000_000
    assert (student.name, student.dim, student.buckets) == ("pretrained", 384, 1 << 16)
    assert student.origin["teacher"] and student.origin["space"]


def test_queries_find_their_products(student: StudentEncoder) -> None:
    cosines = student.encode_queries(ASKED) @ student.encode_items(PRODUCTS).T
    np.testing.assert_array_equal(cosines.argmax(axis=1), np.arange(len(PRODUCTS)))


def test_it_knows_words_that_share_no_character(student: StudentEncoder) -> None:
    drinks, other = student.encode_items(["保温杯", "口红"])
    (bottle,) = student.encode_queries(["水壶"])
    assert bottle @ drinks > bottle @ other + 0.1


def test_the_mean_of_tables_is_of_the_members() -> None:
    rng = np.random.default_rng(0)
    tables = rng.standard_normal((3, 64, 32)).astype(np.float32)
    origin = {"teacher": "t"}
    members = [StudentEncoder.from_table(t, name="one", origin=origin) for t in tables]
    mean = pretrain.mean_of(members)
    assert (mean.name, dict(mean.origin)) == ("one", {"teacher": "t", "members": 3})
    # Four bits and eight round.
    assert np.corrcoef(mean.table().ravel(), tables.mean(axis=0).ravel())[0, 1] > 0.98


def test_a_source_can_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "catalog.csv"
    lines = ["item_id,source,title", "1,openbg,口红", "2,multicpr,杯子", "3,openbg,口红"]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert pretrain.titles_of(path, {"openbg"}) == ["口红"]
    assert pretrain.titles_of(path, set(pretrain.SOURCES)) == ["口红", "杯子"]


@pytest.mark.data
def test_the_command_makes_a_student(
    data_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Teacher:
        """Nothing that is encoded anew: a random vector for each text."""

        name, fingerprint, dim = "random", "r0", 32

        def encode_queries(self, texts: list[str]) -> np.ndarray:
            rng = np.random.default_rng(len(texts))
            return rng.standard_normal((len(texts), self.dim)).astype(np.float32)

        encode_items = encode_queries

    monkeypatch.setattr(pretrain, "load_encoder", lambda _: Teacher())
    monkeypatch.setattr(pretrain, "SOURCES", ("openbg",))
    small = ["--epochs", "1", "--queries", "300", "--taught", "200"]
    pretrain.main(["--data", str(data_dir), "--out", str(tmp_path / "s"), *small])
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("2416 titles, 200 queries: ")
    assert len(others) == len(pretrain.MEMBERS)
    assert all(line.startswith("2416 titles, 300 queries: ") for line in others)
    made = StudentEncoder.load(tmp_path / "s")
    assert (made.dim, made.buckets, made.name) == (32, 1 << 16, "pretrained")
