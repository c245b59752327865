"""The notebook on diversity and reasons runs as it is, and its numbers stand as it says."""

from __future__ import annotations

import ast
import base64
import io
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.image import imread


@pytest.fixture(scope="module")
def cells(run_notebook: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return run_notebook("05_diversity_and_reasons.ipynb")


def shown(cell: Any, kind: str) -> list[str]:
    """What a cell displays in one format."""
    return [output.data[kind] for output in cell.outputs if kind in output.get("data", {})]


def coloured(png: str) -> int:
    """How many pixels of a picture, given in base64, are neither black, white nor grey."""
    pixels = imread(io.BytesIO(base64.b64decode(png)))[..., :3]
    return int((np.ptp(pixels, axis=-1) > 0.2).sum())


def table(cell: Any) -> dict[str, list[str]]:
    """The rows of the frame that a cell displays, by their names."""
    (html,) = shown(cell, "text/html")
    body = ElementTree.fromstring(html[html.index("<table") : html.index("</table>") + 8])
    rows = [["".join(each.itertext()) for each in row] for row in body.findall("./tbody/tr")]
    return {row[0]: row[1:] for row in rows}


def column(cell: Any, at: int) -> list[float]:
    return [float(row[at]) for row in table(cell).values()]


def test_draws_three_figures_and_does_not_complain(cells: dict[str, Any]) -> None:
    outputs = [output for cell in cells.values() for output in cell.outputs]
    assert [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"] == []
    figures = {i: len(shown(c, "image/png")) for i, c in cells.items() if i.startswith("plot-")}
    assert figures == {"plot-trade-off": 1, "plot-parts": 1, "plot-rain": 1}
    outputs = [shown(cells[name], "image/png")[0] for name in figures]
    # Axes and labels are black on white: colour is data.
    assert min(coloured(png) for png in outputs) > 500


def test_variety_costs_relevance(cells: dict[str, Any]) -> None:
    relevance, diversity = column(cells["measure"], 0), column(cells["measure"], 1)
    assert list(table(cells["measure"])) == ["0.00", "0.25", "0.50", "0.75", "1.00"]
    assert diversity == sorted(diversity)
    assert diversity[-1] > diversity[0] + 0.1
    # A little is nearly free, all of it is not.
    assert relevance[1] > relevance[0] - 0.03
    assert 0 < relevance[-1] < relevance[0] - 0.02


def test_varied_lists_need_not_show_more_of_the_catalog(cells: dict[str, Any]) -> None:
    coverage = column(cells["measure"], 2)
    assert 0 < min(coverage[1:]) < coverage[0]


def test_each_wish_moves_its_own_column(cells: dict[str, Any]) -> None:
    rows = {name: [float(cell) for cell in row] for name, row in table(cells["wishes"]).items()}
    plain = rows["by score alone"]
    assert rows["at most 1 of a brand"][3] < plain[3]
    assert plain[4] < 0.08 < 0.1 < rows["a fifth for new items"][4]
    assert rows["a fifth for new items"][0] < plain[0]


def test_the_first_places_go_by_score(cells: dict[str, Any]) -> None:
    titles = list(table(cells["lists"]).values())
    assert [plain == varied for plain, varied in titles[:4]] == [True] * 4
    assert any(plain != varied for plain, varied in titles[4:])


def test_parts_sum_to_the_score(cells: dict[str, Any]) -> None:
    rows = list(table(cells["explain"]).values())
    assert len(rows) == 5
    for *parts, score, reason in rows:
        assert sum(map(float, parts)) == pytest.approx(float(score), abs=0.005)
        assert reason


def test_causes_change_the_place(cells: dict[str, Any]) -> None:
    rows = list(table(cells["causes"]).values())
    assert any(re.match("你(购买|加购|收藏|评分|点击|浏览)过的", cause) for cause, *_ in rows)
    assert all(rank != without for _, rank, without in rows)


def test_likely_titles_first_and_strangers_are_told(cells: dict[str, Any]) -> None:
    phone, cover, keyboard, food = column(cells["relevance"], 1)
    assert phone > cover > keyboard > food
    left = [[int(count) for count in row] for row in table(cells["min-score"]).values()]
    sold = [row[0] for row in left]
    assert sold == sorted(sold, reverse=True)
    assert left[0][2] == left[-1][2] == 50
    (notes,) = shown(cells["note"], "text/plain")
    assert any("没有很合适的商品" in note for note in ast.literal_eval(notes))


def test_rain_brings_up_what_fits_it(cells: dict[str, Any]) -> None:
    rows = list(table(cells["rain"]).values())
    risen = [reason for _, before, after, reason in rows if int(before) > 10 >= int(after)]
    assert any("适合此时此景" in reason for reason in risen)
