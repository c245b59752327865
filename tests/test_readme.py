"""What the README shows is what a user gets."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")


def block(language: str, text: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def without_scores(text: str) -> list[str]:
    return re.sub(r"\d\.\d{3}", "", text).split()


def test_the_example_prints_what_the_readme_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(block("python", ENGLISH), {})
    printed, shown = capsys.readouterr().out, block("text", ENGLISH)
    assert without_scores(printed) == without_scores(shown)
    scores = [[float(s) for s in re.findall(r"\d\.\d{3}", text)] for text in (printed, shown)]
    assert scores[0] == pytest.approx(scores[1], abs=0.01)
    assert (tmp_path / "indexes" / "shop" / "manifest.json").exists()


@pytest.mark.parametrize("language", ["python", "sh", "toml"])
def test_both_readmes_show_the_same_code(language: str) -> None:
    def codes(text: str) -> list[str]:
        found = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
        return [re.sub(r"#.*", "", code) for code in found]

    def lines(text: str) -> list[list[str]]:
        return [[line.rstrip() for line in code.splitlines()] for code in codes(text)]

    assert lines(ENGLISH) == lines(CHINESE)
    assert lines(ENGLISH)


def test_both_readmes_report_the_same_figures() -> None:
    rows = [
        re.findall(r"^\| (?:lexical|dense|blend) .*$", text, re.M) for text in (ENGLISH, CHINESE)
    ]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 3


def test_every_command_of_the_readme_exists() -> None:
    import typer.main

    from semrec.cli import app

    group = typer.main.get_command(app)
    commands = set(group.commands)  # type: ignore[attr-defined]
    shown = {
        line.split()[1] for line in block("sh", ENGLISH.split("command line:")[1]).splitlines()
    }
    assert shown <= commands
    assert {"build", "search", "recommend", "similar", "bundle", "evaluate", "adapt"} <= shown
