"""A report as one HTML file: tables, plots and the worst answers, with nothing to load."""

from __future__ import annotations

import base64
import io
import json
import math
import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from semrec.errors import CannotWrite
from semrec.evaluate.report import Report
from semrec.evaluate.statistics import Interval
from semrec.plots import font_for, use_chinese_font

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WORST = 25
_STYLE = """
body{font:15px/1.5 semrec,system-ui,sans-serif;
 max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}
table{border-collapse:collapse;font-size:.88rem}.wide{overflow-x:auto}
th,td{padding:.25rem .6rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
small{color:#666}img{max-width:100%}figure{margin:1rem 0}figcaption{font-weight:600}
details{border-bottom:1px solid #ddd;padding:.3rem 0}summary{cursor:pointer}
li.hit{font-weight:600;color:#0a6b2d}pre{white-space:pre-wrap;font-size:.8rem}
"""


def write(report: Report, path: Path) -> None:
    """Write the file.

    Raises:
        MissingExtra: matplotlib or its Chinese font is not installed.
        CannotWrite: the file cannot be written.
    """
    page = to_html(report)
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise CannotWrite(f"{path}: {error.strerror or error}") from None


def to_html(report: Report) -> str:
    """The whole page."""
    sections = [
        f"<h1>semrec: {len(report.questions)} questions, {len(report.systems)} systems</h1>",
        "<h2>Figures</h2>",
        "<p><small>Means over questions with 95% intervals of a paired bootstrap; the ideal of "
        "nDCG holds min(relevant, k) items. Costs were measured on this machine.</small></p>",
        _figures_table(report),
        _differences(report),
        _slices(report),
        "<h2>Plots</h2>",
        *_plots(report),
        *_failures(report),
        "<h2>What was measured on what</h2>",
        f"<pre>{escape(json.dumps(dict(report.about), ensure_ascii=False, indent=1))}</pre>",
    ]
    body = "".join(sections)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>semrec report</title>'
        f"<style>{_font(body)}{_STYLE}</style></head><body>{body}</body></html>\n"
    )


def _font(body: str) -> str:
    """The page's own Chinese glyphs; the pictures in it are text of another kind."""
    said = re.sub(r'base64,[^"]*', "", body)
    glyphs = base64.b64encode(font_for("".join(sorted(set(said))))).decode("ascii")
    # First of the families, and for these characters alone: a browser that falls back from a
    # system font may do so before this one is decoded.
    return (
        '@font-face{font-family:"semrec";unicode-range:U+2E80-FFFF,U+20000-3FFFF;'
        f"src:url(data:font/otf;base64,{glyphs})}}"
    )


def _figures_table(report: Report) -> str:
    """Metrics and costs down, systems across: many metrics stay readable."""
    systems = report.systems.values()
    rows = [
        [name, *(_interval(each.means.get(name)) for each in systems)] for name in report.metrics
    ]
    rows += [
        [name, *(_number(each.cost.get(name, math.nan), 1) for each in systems)]
        for name in report.costs()
    ]
    return _table(["", *map(escape, report.systems)], rows)


def _differences(report: Report) -> str:
    if not report.differences:
        return ""
    rows = [
        [
            escape(each.metric),
            f"{escape(each.system)} − {escape(each.baseline)}",
            _interval(each.difference, signed=True),
            f"{each.p:.4f}",
            f"{each.p_holm:.4f}",
        ]
        for each in report.differences
    ]
    head = ["metric", "difference", "", "p", "p (Holm)"]
    return f"<h2>Is the difference real?</h2>{_table(head, rows)}"


def _slices(report: Report) -> str:
    if not report.slices:
        return ""
    rows: dict[tuple[str, str], list[str]] = {}
    for each in report.slices:
        key = (each.slice, each.label)
        row = rows.setdefault(key, [*map(escape, key), str(each.questions)])
        row.append(_interval(each.mean))
    head = [escape(report.metrics[0]), "kind", "questions", *map(escape, report.systems)]
    return f"<h2>By kind of question</h2>{_table(head, list(rows.values()))}"


def _plots(report: Report) -> Iterable[str]:
    use_chinese_font()
    from matplotlib import rc_context

    from semrec.evaluate.charts import figures

    with rc_context({"font.size": 9}):
        for title, figure in figures(report, int(report.about.get("seed", 0))):
            yield (
                f"<figure><figcaption>{escape(title)}</figcaption>"
                f'<img alt="{escape(title)}" src="data:image/png;base64,{_png(figure)}"></figure>'
            )


def _png(figure: Figure) -> str:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=110)
    return base64.b64encode(file.getvalue()).decode("ascii")


def _failures(report: Report) -> Iterable[str]:
    """The worst questions of each system: what was shown, what was wanted."""
    titles = {}
    if report.background is not None and report.background.titles is not None:
        titles = dict(zip(report.background.items, report.background.titles, strict=True))
    at = {qid: number for number, qid in enumerate(report.questions)}
    lead = report.metrics[0]
    for system, each in report.systems.items():
        yield f"<h2>Worst answers of {escape(system)}</h2>"
        for qid in report.worst(system, _WORST):
            value = each.values[lead][at[qid]]
            shown = each.answers.lists[at[qid]][: report.k]
            gains = report.qrels[qid]
            wanted = sorted((i for i in gains if gains[i] > 0), key=lambda i: -gains[i])
            yield (
                f"<details><summary>{escape(report.questions[qid])} "
                f"<small>{escape(qid)} · {escape(lead)} {value:.3f}</small></summary>"
                f"<b>wanted</b>{_items(wanted[:10], titles, set())}"
                f"<b>shown</b>{_items(shown, titles, set(wanted))}</details>"
            )


def _items(items: Sequence[str], titles: dict[str, str], hits: set[str]) -> str:
    if not items:
        return "<p>nothing</p>"
    lines = [
        f"<li{' class=hit' if item in hits else ''}>{escape(titles.get(item, ''))} "
        f"<small>{escape(item)}</small></li>"
        for item in items
    ]
    return f"<ol>{''.join(lines)}</ol>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join(
        f"<tr>{''.join(f'<td{_numeric(cell)}>{cell}</td>' for cell in row)}</tr>" for row in rows
    )
    return f'<div class="wide"><table><tr>{top}</tr>{body}</table></div>'


def _numeric(cell: str) -> str:
    return " class=n" if cell[:1] in "0123456789+−" else ""


def _interval(mean: Interval | None, *, signed: bool = False) -> str:
    if mean is None or math.isnan(mean.value):
        return ""
    value = _number(mean.value, 4, signed=signed)
    if math.isnan(mean.low):
        return value
    low, high = _number(mean.low, 3, signed=signed), _number(mean.high, 3, signed=signed)
    return f"{value} <small>{low} to {high}</small>"


def _number(value: float, digits: int, *, signed: bool = False) -> str:
    if math.isnan(value):
        return ""
    return f"{value:+.{digits}f}".replace("-", "−") if signed else f"{value:.{digits}f}"
