"""Full disks, closed pipes, other encodings and narrow terminals, in a process of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

import semrec

COMMAND = (sys.executable, "-c", "from semrec.cli import main; main()")
TITLES = [f"{kind} 家用 {i}号" for kind in ("降噪耳机", "猫粮", "雨伞") for i in range(8)]


@pytest.fixture(scope="module")
def engine() -> semrec.Engine:
    catalog = pd.DataFrame({"item_id": [f"p{i}" for i in range(len(TITLES))], "title": TITLES})
    return semrec.Engine.build(catalog, config={"embed": {"sides": "student"}})


@pytest.fixture(scope="module")
def index(engine: semrec.Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("streams") / "索引"
    engine.save(path)
    return path


def environment(**changed: str) -> dict[str, str]:
    return {**os.environ, **changed}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_one_line_and_code_2(index: Path, unbuffered: str) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [*COMMAND, "search", index, "耳机"], stdout=full, stderr=subprocess.PIPE,
            env=environment(PYTHONUNBUFFERED=unbuffered), text=True,
        )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (2, "semrec: output: No space left on device\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("json", [(), ("--json",)])
def test_a_reader_who_has_seen_enough_is_no_mistake(
    index: Path, json: tuple[str, ...], unbuffered: str
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run(
        [*COMMAND, "search", index, "耳机", *json], stdout=writer, stderr=subprocess.PIPE,
        env=environment(PYTHONUNBUFFERED=unbuffered), text=True,
    )  # fmt: skip
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_file_that_cannot_be_written_is_named(index: Path) -> None:
    picture = index / "no" / "why.svg"
    ran = subprocess.run(
        [*COMMAND, "explain", index, "p0", "-q", "耳机", "--plot", picture],
        capture_output=True, text=True,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == f"semrec: {picture}: No such file or directory\n"


def test_chinese_is_read_and_written_in_a_locale_without_it(index: Path) -> None:
    asked = [*COMMAND, "search", index, "耳机", "-k", "3"]
    usual = subprocess.run(asked, capture_output=True, env=environment(PYTHONUTF8="1"))
    ascii_only = environment(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    ran = subprocess.run(asked, capture_output=True, env=ascii_only)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "降噪耳机 家用" in ran.stdout.decode("utf-8")
    assert ran.stdout == usual.stdout


def test_an_explanation_loses_nothing_where_it_is_narrow(engine: semrec.Engine) -> None:
    told = engine.explain("p3", "降噪耳机")
    for width in (40, 59, 60, 72, 100):
        console = Console(file=io.StringIO(), width=width)
        console.print(told)
        shown = console.file.getvalue()
        letters = "".join(c for c in shown if c.isalnum() or c in "，“”：")
        causes = ["".join(line.split()) for line in told.lines()]
        assert "…" not in shown
        assert all(cause in letters for cause in causes), width
        assert ("█" in shown) == (width >= 60)
