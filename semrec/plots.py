"""Chinese text in matplotlib figures; matplotlib's own fonts have no Chinese glyphs."""

from __future__ import annotations

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
    try:
        from pylopdf_fonts_zh_cn import sans_path
    except ImportError:
        raise MissingExtra("plot", "pylopdf-fonts-zh-cn (Noto Sans SC)") from None

    path = str(sans_path())
    name = font_manager.get_font(path).family_name
    if all(entry.fname != path for entry in font_manager.fontManager.ttflist):
        font_manager.fontManager.addfont(path)
    others = [family for family in rcParams["font.family"] if family != name]
    rcParams["font.family"] = [name, *others]
