"""A picture of an explanation: one bar a signal, and the places without each cause."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from semrec.errors import CannotWrite, InvalidArgument, MissingExtra, legal, shorten
from semrec.plots import use_chinese_font

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from semrec.explanation import Explanation

FORMATS = (".png", ".svg", ".pdf")
_LONGEST_TITLE = 40
_FOR, _AGAINST = "#3b7ea1", "#c4613b"


def draw(told: Explanation, path: str | Path) -> None:
    """Write the picture.

    Args:
        told: what :meth:`Engine.explain` gave.
        path: a file; its ending says the format.

    Raises:
        InvalidArgument: the ending is none of ``FORMATS``.
        CannotWrite: the file cannot be written.
        MissingExtra: matplotlib or the Chinese font is not installed.
    """
    file = Path(path)
    if file.suffix.lower() not in FORMATS:
        raise InvalidArgument(f"picture {shorten(str(path))}; legal endings: {legal(FORMATS)}")
    try:
        import matplotlib as mpl
    except ImportError:
        raise MissingExtra("plot", "matplotlib") from None
    with mpl.rc_context():
        use_chinese_font()
        mpl.rcParams["axes.unicode_minus"] = False
        figure = bars(told)
        try:
            figure.savefig(file, dpi=150, bbox_inches="tight")
        except OSError as error:
            raise CannotWrite(f"{file}: {error.strerror or error}") from None


def bars(told: Explanation) -> Figure:
    """The figure: bars from the strongest signal down, the causes below, in Chinese."""
    from matplotlib.figure import Figure

    from semrec.explanation import SIGNALS

    parts = sorted(told.parts.items(), key=lambda pair: abs(pair[1]))
    figure = Figure(figsize=(8, 1.6 + 0.35 * len(parts)))
    axes = figure.subplots()
    values = [part for _, part in parts]
    drawn = axes.barh(
        [SIGNALS.get(name, name) for name, _ in parts],
        values,
        color=[_FOR if value >= 0 else _AGAINST for value in values],
    )
    axes.bar_label(drawn, labels=[f"{value:+.3f}" for value in values], padding=3)
    axes.axvline(0, color="grey", linewidth=0.8)
    axes.margins(x=0.15)
    axes.spines[["top", "right"]].set_visible(False)
    title = told.title[:_LONGEST_TITLE]
    axes.set_title(
        f"{told.question}\n{title}：第 {told.rank} / {told.candidates} 位",
        fontsize=11,
        linespacing=1.5,
    )
    said = [f"得分 {told.score:.3f}　{told.reason}", *told.lines()]
    axes.set_xlabel("\n".join(said), linespacing=1.5)
    return figure
