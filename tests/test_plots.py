"""Chinese glyphs are drawn, and only with the font."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.typing import NDArray

from semrec.errors import MissingExtra
from semrec.plots import font_for, use_chinese_font


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """Matplotlib's own settings, whatever this machine's are, and put back afterwards."""
    with mpl.rc_context():
        mpl.rcdefaults()
        yield


def drawn(text: str) -> NDArray[np.float64]:
    """The pixels of a figure that holds only the text; drawing warns where a glyph is missing."""
    from matplotlib.image import imread

    figure = Figure(figsize=(3, 1))
    figure.text(0.1, 0.4, text, fontsize=24)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    file.seek(0)
    return np.asarray(imread(file), dtype=np.float64)


def test_without_the_font_glyphs_are_missing() -> None:
    with pytest.warns(UserWarning, match=r"Glyph .* missing from font") as caught:
        drawn("美妆")
    said = " ".join(str(warning.message) for warning in caught)
    assert all(str(ord(character)) in said for character in "美妆")


def test_each_glyph_is_its_own_shape() -> None:
    use_chinese_font()
    # Boxes for missing glyphs would all look alike.
    pictures = [drawn(text) for text in ("美", "妆", "宠", "物", "￥", "−")]
    for i, one in enumerate(pictures):
        assert one.min() < 0.5, "nothing was drawn"
        assert all(np.abs(one - other).sum() > 10 for other in pictures[:i])


def test_titles_of_the_sample_shop_have_all_glyphs() -> None:
    from semrec.datasets import load_sample

    use_chinese_font()
    characters = sorted(set("".join(load_sample().catalog["title"])) - {"\n"})
    assert len(characters) > 500
    drawn("".join(characters).replace("$", r"\$"))


def test_settings_come_back_and_a_second_call_changes_nothing() -> None:
    before = list(mpl.rcParams["font.family"])
    with mpl.rc_context():
        use_chinese_font()
        once = list(mpl.rcParams["font.family"])
        fonts = len(mpl.font_manager.fontManager.ttflist)
        use_chinese_font()
        assert list(mpl.rcParams["font.family"]) == once == ["Noto Sans SC", *before]
        assert len(mpl.font_manager.fontManager.ttflist) == fonts
    assert list(mpl.rcParams["font.family"]) == before


@pytest.mark.parametrize("package", ["matplotlib", "pylopdf_fonts_zh_cn"])
def test_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=r"pip install 'semrec\[plot\]'"):
        use_chinese_font()


def test_a_font_holds_the_glyphs_of_its_text_alone() -> None:
    from fontTools.ttLib import TTFont

    file = font_for("美妆abc")
    assert len(file) < 20_000
    known = TTFont(io.BytesIO(file)).getBestCmap()
    assert {ord(character) for character in "美妆abc"} <= known.keys()
    assert ord("宠") not in known
