import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import semrec
from semrec.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    out = capsys.readouterr()
    return int(ended.value.code or 0), out.out, out.err


def test_update_from_files(
    index: Path, tmp_path: Path, toy: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    toy.marked(1).to_csv(tmp_path / "new.csv", index=False)
    (tmp_path / "gone.txt").write_text("猫粮0\n没有\n", encoding="utf-8")
    pd.DataFrame([toy.event("x", "标记甲", "buy", 150)]).to_csv(tmp_path / "log.csv", index=False)
    code, out, err = run(
        capsys, "update", index, "--items", tmp_path / "new.csv",
        "--delete", tmp_path / "gone.txt", "--events", tmp_path / "log.csv",
    )  # fmt: skip
    assert code == 0
    assert "2 added, 0 replaced, 1 deleted, 2 encoded, 1 events" in out
    assert "rejects.csv" in out
    assert "1 row set aside: unknown item" in err and "row 2" in err
    engine = semrec.Engine.load(index)
    assert toy.number(engine) == 1 and engine.recommend("x", k=1).notes == ()
    code, out, _ = run(capsys, "update", index, "--items", tmp_path / "new.csv", "--json")
    assert code == 0 and json.loads(out)["replaced"] == 2 and json.loads(out)["encoded"] == 0


def test_compact_and_verify(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine = semrec.Engine.load(index)
    engine.update(delete=["猫粮0"])
    code, out, _ = run(capsys, "verify", index)
    assert code == 0 and out.count("ok") == 6 and "1 deleted" in out and "1 deltas" in out
    code, out, _ = run(capsys, "compact", index, "--json")
    assert code == 0 and json.loads(out)["counts"]["items"] == 29
    code, out, _ = run(capsys, "verify", index, "--json")
    found = json.loads(out)
    assert code == 0 and found["sound"]
    assert "0 deltas" in found["checks"][0]["found"]
    next(index.glob("g-*/users.parquet")).unlink()
    code, out, _ = run(capsys, "verify", index)
    assert code == 1 and "WRONG" in out and "users.parquet: missing" in out


def test_mistakes_are_one_line(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "update", index)
    assert (code, out) == (2, "") and "nothing to update" in err and err.count("\n") == 1
    code, _, err = run(capsys, "update", index, "--items", index / "none.csv")
    assert code == 2 and "none.csv" in err and err.count("\n") == 1
    code, _, err = run(capsys, "compact", index / "none")
    assert code == 2 and "no such folder" in err


@pytest.mark.parametrize("command", ["update", "compact", "verify"])
def test_help_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, command, "--help")
    assert code == 0 and f"Example: semrec {command} indexes/shop" in out
