"""The notebook on recommendation models runs as it is, and shows what it says."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

MODELS = {"item-knn", "popularity", "user-knn", "ease", "gf-cf", "ridge-filter"}


@pytest.fixture(scope="module")
def cells(run_notebook: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return run_notebook("03_recommendation_models.ipynb")


def shown(cell: Any, kind: str) -> list[str]:
    """What a cell displays in one format."""
    return [output.data[kind] for output in cell.outputs if kind in output.get("data", {})]


def table(cell: Any) -> pd.DataFrame:
    """The table that a cell displays, as texts; its first column is the index."""
    (html,) = shown(cell, "text/html")
    rows = re.findall("<tr.*?</tr>", html, re.DOTALL)
    head, *body = [re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return pd.DataFrame([row[1:] for row in body], [row[0] for row in body], head[1:])


def value(text: str) -> float:
    """The value in front of its interval."""
    return float(text.split(" [")[0])


def test_runs_without_complaint_and_draws(cells: dict[str, Any]) -> None:
    outputs = [output for cell in cells.values() for output in cell.outputs]
    assert [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"] == []
    figures = [shown(cell, "image/png") for name, cell in cells.items() if name[:5] == "plot-"]
    assert [len(found) for found in figures] == [1] * 3
    for (png,) in figures:
        pixels = imread(io.BytesIO(base64.b64decode(png)))[..., :3]
        # Axes and labels are black on white: colour is data.
        assert (np.ptp(pixels, axis=-1) > 0.2).sum() > 500


def test_only_the_usual_split_learns_from_the_future(cells: dict[str, Any]) -> None:
    late = table(cells["leaks"]).loc["later than the test"]
    assert late["by time"] == "0.0%"
    assert float(late["last event of each user"].rstrip("%")) > 90


def test_personal_models_are_far_ahead_of_popularity(cells: dict[str, Any]) -> None:
    found = table(cells["compare"])
    assert set(found.index) == MODELS
    ndcg = found["ndcg@10"].map(value)
    assert ndcg.drop("popularity").min() > 5 * ndcg["popularity"]
    real = table(cells["differences"])["real"]
    assert real["popularity"] == "True"
    assert set(real[["ease", "gf-cf", "ridge-filter"]]) == {"False"}


def test_nothing_but_popularity_has_a_list_for_strangers(cells: dict[str, Any]) -> None:
    beyond = table(cells["cost"]).astype(float)
    assert beyond.loc["popularity", "user_coverage"] == 1
    assert beyond["user_coverage"].drop("popularity").max() < 1
    # It shows the same few items to everybody.
    assert beyond["coverage"].drop("popularity").min() > 10 * beyond.loc["popularity", "coverage"]
    (slices,) = shown(cells["slices"], "text/html")
    for label in ("new user", "1-5 events", "known user", "new item"):
        assert label in slices


def test_a_longer_history_helps_up_to_a_point(cells: dict[str, Any]) -> None:
    groups = table(cells["groups"]).astype(float).drop("popularity")
    assert groups.shape == (5, 4)
    assert (groups.iloc[:, 0] < groups.iloc[:, 2]).all()
    assert (groups.iloc[:, 3] < groups.iloc[:, 2]).all()


def test_lists_stand_beside_each_other_with_their_hits(cells: dict[str, Any]) -> None:
    lists = table(cells["lists"])
    assert set(lists.columns) == MODELS
    assert len(lists) == 8
    assert lists["item-knn"].str.startswith("✓").any(), "so the user was chosen"
    assert 8 <= len(table(cells["history"])) <= 12
