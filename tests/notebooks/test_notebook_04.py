"""The notebook on adaptation runs as it is, and its text says what comes out."""

from __future__ import annotations

import ast
import base64
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread


@pytest.fixture(scope="module")
def cells(run_notebook: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return run_notebook("04_adapt_the_embedding.ipynb")


@pytest.fixture(scope="module")
def result(cells: dict[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = ast.literal_eval(cells["result"].outputs[0].data["text/plain"])
    return value


def test_no_cell_complains(cells: dict[str, Any]) -> None:
    outputs = [output for cell in cells.values() for output in cell.outputs]
    assert [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"] == []


def test_three_figures_are_drawn(cells: dict[str, Any]) -> None:
    plots = [cell for name, cell in cells.items() if name.startswith("plot-")]
    drawn = [[o.data["image/png"] for o in cell.outputs if "image/png" in o.data] for cell in plots]
    assert [len(found) for found in drawn] == [1] * 3
    for (png,) in drawn:
        pixels = imread(io.BytesIO(base64.b64decode(png)))[..., :3]
        # Axes and labels are black on white: colour is data.
        assert (np.ptp(pixels, axis=-1) > 0.2).sum() > 500


def test_good_student_is_kept_and_spoilt_one_refused(
    cells: dict[str, Any], result: dict[str, Any]
) -> None:
    assert result["kept"] and result["refused"]
    assert "kept: held-out" in cells["adapt"].outputs[0].data["text/plain"]
    printed, same = cells["refused"].outputs
    assert printed.text.startswith("refused: held-out")
    assert same.data["text/plain"] == "True"


def test_log_gains_and_judged_queries_are_not_harmed(result: dict[str, Any]) -> None:
    before, after = result["log"]
    assert after > before + 0.02
    before, after = result["student"]
    assert 0.7 < before < after < before + 0.05
    before, after = result["blend"]
    assert abs(after - before) < 0.02
    assert min(result["blend"]) > max(result["student"])


def test_queries_move_both_ways_and_categories_stay_apart(result: dict[str, Any]) -> None:
    gained, lost = result["gained, lost"]
    assert gained > lost > 10
    assert min(result["neighbours"]) > 0.98
