"""The notebooks run as they are, and show what they say they show."""

from __future__ import annotations

import ast
import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from matplotlib.image import imread

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def shown(cells: list[Any], kind: str) -> list[str]:
    """What the cells display in one format, in order."""
    outputs = [output for cell in cells for output in cell.outputs]
    return [output.data[kind] for output in outputs if kind in output.get("data", {})]


def coloured(png: str) -> int:
    """How many pixels of a picture, given in base64, are neither black, white nor grey."""
    pixels = imread(io.BytesIO(base64.b64decode(png)))[..., :3]
    return int((np.ptp(pixels, axis=-1) > 0.2).sum())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_kept_without_outputs(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert code
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == []


@pytest.fixture(scope="module")
def build_and_search(run_notebook: Callable[[str], dict[str, Any]]) -> list[Any]:
    return list(run_notebook("01_build_and_search.ipynb").values())


def cell_of(cells: list[Any], name: str) -> list[Any]:
    found = [cell for cell in cells if cell.id == name]
    assert found, f"no cell {name!r}"
    return found


def test_no_cell_complains(build_and_search: list[Any]) -> None:
    # A warning while a figure is shown, as for a missing glyph, ends up here and stops no cell.
    outputs = [output for cell in build_and_search for output in cell.outputs]
    complaints = [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]
    assert complaints == []


def test_blend_is_ahead_of_both_legs(build_and_search: list[Any]) -> None:
    ndcg = ast.literal_eval(shown(build_and_search[-1:], "text/plain")[0])
    assert ndcg.keys() == {"lexical", "dense", "blend"}
    assert min(ndcg.values()) > 0.7
    assert ndcg["blend"] > max(ndcg["lexical"], ndcg["dense"])


def test_each_plot_cell_draws_one_figure(build_and_search: list[Any]) -> None:
    plots = [cell for cell in build_and_search if cell.id.startswith("plot-")]
    figures = [shown([cell], "image/png") for cell in plots]
    assert [len(found) for found in figures] == [1] * 6
    # Axes and labels are black on white: colour is data.
    assert min(coloured(found[0]) for found in figures) > 500


def test_broken_rows_are_shown_with_their_reasons(build_and_search: list[Any]) -> None:
    (table,) = shown(cell_of(build_and_search, "rejects"), "text/html")
    assert table.count("<tr>") == 5
    for value in ("p0001", "面议", "p9999", "share"):
        assert value in table


def test_filters_hold_and_a_stranger_is_told(build_and_search: list[Any]) -> None:
    (found,) = shown(cell_of(build_and_search, "search-table"), "text/html")
    assert "送女友的生日礼物" in found
    assert found.count("<tr>") == 6
    (stranger,) = shown(cell_of(build_and_search, "recommend-stranger"), "text/html")
    assert "没有该用户的行为记录" in stranger


def test_bundle_was_bought_together(build_and_search: list[Any]) -> None:
    (found,) = shown(cell_of(build_and_search, "bundle"), "text/html")
    assert "次一起购买" in found


@pytest.fixture(scope="module")
def chinese_text(run_notebook: Callable[[str], dict[str, Any]]) -> list[Any]:
    return list(run_notebook("02_chinese_text.ipynb").values())


def test_text_notebook_draws_and_does_not_complain(chinese_text: list[Any]) -> None:
    outputs = [output for cell in chinese_text for output in cell.outputs]
    assert [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"] == []
    plots = [cell for cell in chinese_text if cell.id.startswith("plot-")]
    figures = [shown([cell], "image/png") for cell in plots]
    assert [len(found) for found in figures] == [1] * 3
    assert min(coloured(found[0]) for found in figures) > 500


def test_text_notebook_understands(chinese_text: list[Any]) -> None:
    (table,) = shown(cell_of(chinese_text, "understand"), "text/html")
    for value in ("(None, 500.0)", "price_asc", "云台客", "女友", "exclude"):
        assert value in table
    (aliases,) = shown(cell_of(chinese_text, "lexicon"), "text/html")
    assert "尾巴邮局" in aliases


def test_each_leg_finds_what_the_other_misses(chinese_text: list[Any]) -> None:
    means = ast.literal_eval(shown(cell_of(chinese_text, "shares"), "text/plain")[0])
    assert means["the better of the two"] > max(means["lexical"], means["dense"]) > 0.6
