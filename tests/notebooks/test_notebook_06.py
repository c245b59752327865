"""The notebook on evaluating one's own shop runs as it is, and its figures are honest."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="module")
def outputs(run_notebook: Callable[[str], dict[str, Any]]) -> dict[str, list[Any]]:
    """What each code cell puts out, by its id."""
    cells = run_notebook("06_evaluate_your_shop.ipynb")
    return {name: cell.outputs for name, cell in cells.items()}


def value(outputs: dict[str, list[Any]], cell: str) -> Any:
    (output,) = outputs[cell]
    return ast.literal_eval(output.data["text/plain"])


def test_no_cell_complains(outputs: dict[str, list[Any]]) -> None:
    every = [output for some in outputs.values() for output in some]
    assert [o for o in every if o.output_type == "error"] == []


def test_each_plot_cell_draws(outputs: dict[str, list[Any]]) -> None:
    for cell in ("plot-bars", "plot-tail", "plot-tuned"):
        assert any("image/png" in output.get("data", {}) for output in outputs[cell]), cell


def test_tuning_never_falls_where_it_chose_and_is_reported_elsewhere(
    outputs: dict[str, list[Any]],
) -> None:
    figures = value(outputs, "tune")
    assert figures["chosen by, tuned"] >= figures["chosen by, before"] > 0.3
    assert figures["reported, tuned"] > 0.9 * figures["reported, before"] > 0.3


def test_queries_of_the_log_become_judgements_and_a_page(outputs: dict[str, list[Any]]) -> None:
    found = value(outputs, "queries")
    assert found["queries"] > found["asked before"] > 0
    assert value(outputs, "page") == ["report.html", "tuned.toml"]
