"""Chinese text in figures and pages, also where no Chinese font is installed."""

from __future__ import annotations

import io
from pathlib import Path

from semrec.errors import MissingExtra


def use_chinese_font() -> None:
    """Draw all text of later figures in Noto Sans SC, until matplotlib's settings are reset.

    Called once, at the top of a notebook or script. ``with matplotlib.rc_context():`` around it
    limits it to a block. The fonts that were set before stay, for glyphs that Noto Sans SC lacks.

    Raises:
        MissingExtra: matplotlib or the package of the font is not installed.
    """
    try:
        from matplotlib import font_manager, rcParams
    except ImportError:
        raise MissingExtra("plot", "matplotlib") from None
    path = str(_font_file())
    name = font_manager.get_font(path).family_name
    if all(entry.fname != path for entry in font_manager.fontManager.ttflist):
        font_manager.fontManager.addfont(path)
    others = [family for family in rcParams["font.family"] if family != name]
    rcParams["font.family"] = [name, *others]


def font_for(text: str) -> bytes:
    """Noto Sans SC with no more glyphs than a text needs, as an OpenType file.

    A page that carries it shows Chinese also where no such font is installed.

    Raises:
        MissingExtra: fontTools (which comes with matplotlib) or the font is not installed.
    """
    try:
        from fontTools import subset  # type: ignore[import-untyped]
    except ImportError:
        raise MissingExtra("plot", "matplotlib") from None
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True)
    with subset.load_font(str(_font_file()), options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=text)
        subsetter.subset(font)
        file = io.BytesIO()
        font.save(file)
    return file.getvalue()


def _font_file() -> Path:
    try:
        from pylopdf_fonts_zh_cn import sans_path
    except ImportError:
        raise MissingExtra("plot", "pylopdf-fonts-zh-cn (Noto Sans SC)") from None
    return Path(str(sans_path()))
