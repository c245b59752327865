"""Who encodes queries and items: every pairing gives the same, whatever the index was built for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import semrec
from semrec.embed.student import StudentEncoder
from semrec.errors import ConfigError, IndexMismatch
from semrec.legs import SIDES, Sides, Using

Build = Callable[[str], semrec.Engine]


@pytest.fixture
def student(encoder: Any, tmp_path: Path) -> Path:
    """The folder of a student of the stand-in for the teacher."""
    table = np.random.default_rng(0).standard_normal((512, encoder.dim), dtype=np.float32)
    origin = {"teacher": encoder.fingerprint}
    StudentEncoder.from_table(table, name="small", origin=origin).save(tmp_path / "student")
    return tmp_path / "student"


@pytest.fixture
def build(student: Path, catalog: pd.DataFrame) -> Build:
    """Builds an engine for given sides."""

    def built(sides: str) -> semrec.Engine:
        embed = {"sides": sides, "student": str(student)}
        return semrec.Engine.build(catalog, config={"embed": embed})

    return built


def scores(engine: semrec.Engine, using: Using) -> dict[str, float]:
    found = engine.search("洗面奶", k=50, using=using)
    return {hit.item_id: hit.signals["dense"] for hit in found}


@pytest.mark.parametrize("using", SIDES)
def test_an_index_for_any_sides_answers_for_all(using: Sides, build: Build) -> None:
    first, *others = (scores(build(sides), using) for sides in SIDES)
    assert len(first) == 40
    for other in others:
        assert other == pytest.approx(first, abs=1e-3)


def test_the_mean_is_neither(build: Build) -> None:
    engine = build("mean")
    told = {using: scores(engine, using) for using in SIDES}
    assert scores(engine, "dense") == told["mean"]
    for using in ("student", "student+teacher", "teacher"):
        assert told["mean"] != pytest.approx(told[using], abs=0.01)


def test_the_mean_is_saved_and_takes_new_items(
    build: Build, catalog: pd.DataFrame, tmp_path: Path
) -> None:
    engine = build("mean")
    engine.save(tmp_path / "index")
    again = semrec.Engine.load(tmp_path / "index")
    assert scores(again, "mean") == pytest.approx(scores(engine, "mean"), abs=1e-6)
    again.update(catalog.iloc[[0]].assign(item_id="new"))
    found = scores(again, "mean")
    assert found["new"] == pytest.approx(found["猫粮0"], abs=1e-6)


def test_auto_takes_the_mean_of_a_packaged_pair_only(
    build: Build, student: Path, catalog: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert build("auto").shop.choice.sides == "student+teacher"
    assert semrec.Engine.build(catalog).shop.choice.sides == "teacher"
    monkeypatch.setattr("semrec.encoders.load_student", lambda name: StudentEncoder.load(student))
    assert semrec.Engine.build(catalog).shop.choice.sides == "mean"


def test_a_student_of_another_teacher_is_refused(build: Build, encoder: Any) -> None:
    engine = build("student")
    encoder.fingerprint = "another"
    with pytest.raises(ConfigError, match="'mean' needs a student of"):
        build("mean")
    with pytest.raises(IndexMismatch):
        engine.search("洗面奶", using="mean")
