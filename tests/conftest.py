"""Fixtures that every room's tests may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_BESIDE_PROJECT = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of the real data sets; tests that use it are marked ``data``."""
    folder = Path(os.environ.get("SEMREC_DATA", _BESIDE_PROJECT))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set SEMREC_DATA to the folder that holds it")
    return folder
