"""Runs a notebook as it is, with warnings as errors."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
SECONDS_A_CELL = 900

Run = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def run_notebook(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Name of a notebook to its executed code cells, by their ids, in order."""

    def run(name: str) -> dict[str, Any]:
        folder = str(tmp_path_factory.mktemp("notebook"))
        notebook = nbformat.read(FOLDER / name, as_version=4)
        strict = nbformat.v4.new_code_cell("import warnings\nwarnings.simplefilter('error')")
        # The kernel's own way of shutting down warns.
        lenient = nbformat.v4.new_code_cell("warnings.simplefilter('default')")
        notebook.cells = [strict, *notebook.cells, lenient]
        client = NotebookClient(
            notebook, timeout=SECONDS_A_CELL, resources={"metadata": {"path": folder}}
        )
        # Without MPLBACKEND the kernel draws into the notebook.
        environment = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
        client.execute(env=environment | {"TMPDIR": folder})
        return {cell.id: cell for cell in notebook.cells[1:-1] if cell.cell_type == "code"}

    return run
