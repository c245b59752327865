"""The picture of an explanation: bars as long as the parts, Chinese drawn, wrong files refused."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.image import imread

from semrec.errors import CannotWrite, InvalidArgument
from semrec.explanation import Explanation
from semrec.explanation_plot import bars, draw
from semrec.rank.causes import Counterfactual

TOLD = Explanation(
    item_id="p1",
    title="露营帐篷 全自动速开",
    question="搜索：帐篷",
    rank=2,
    candidates=90,
    score=0.7,
    parts={"lexical": 0.5, "user": 0.3, "number": -0.1},
    total=0.7,
    reason="匹配“帐篷”",
    causes=(
        Counterfactual("你加购过的「睡袋」", 2, 14),
        Counterfactual("品牌", 2, 2),
    ),
)


def test_bars_are_as_long_as_the_parts_the_strongest_on_top() -> None:
    axes = bars(TOLD).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [-0.1, 0.3, 0.5]  # from below
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["型号规格", "个人偏好", "文字匹配"]
    assert axes.patches[0].get_facecolor() != axes.patches[1].get_facecolor()


def test_the_picture_says_what_would_be_without_a_cause_that_matters() -> None:
    said = bars(TOLD).axes[0].get_xlabel()
    assert "没有你加购过的「睡袋」，它会排在第 14 位" in said
    assert "品牌" not in said
    assert "第 2 / 90 位" in bars(TOLD).axes[0].get_title()


def test_chinese_is_drawn_and_the_settings_stay(tmp_path: Path) -> None:
    before = list(mpl.rcParams["font.family"])
    TOLD.plot(tmp_path / "why.png")  # a missing glyph warns, and warnings are errors
    picture = imread(tmp_path / "why.png")
    assert picture.shape[0] > 200
    assert picture.std() > 0.02
    assert list(mpl.rcParams["font.family"]) == before
    draw(TOLD, tmp_path / "why.svg")
    assert (tmp_path / "why.svg").read_text(encoding="utf-8").lstrip().startswith("<?xml")


def test_wrong_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match=r"legal endings: \.png"):
        draw(TOLD, tmp_path / "why.txt")
    with pytest.raises(CannotWrite, match="No such file"):
        draw(TOLD, tmp_path / "absent" / "why.png")
