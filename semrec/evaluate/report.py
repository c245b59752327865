"""What a run found: per question, in the mean, by slice, beside each other, and at what cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from semrec.evaluate.ask import Answers
from semrec.evaluate.background import Background
from semrec.evaluate.statistics import Difference, Interval

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One system.

    Attributes:
        answers: what it answered.
        values: per metric one value a question, float64, NaN where a question is left out.
        means: per metric the mean over questions with its interval; exposure has no interval.
        cost: ``latency_p50_ms``, ``latency_p95_ms`` and whatever else was given for it.
        exposure: how often each catalog item was shown, most first, int64; None without catalog.
    """

    answers: Answers
    values: Mapping[str, NDArray[np.float64]]
    means: Mapping[str, Interval]
    cost: Mapping[str, float]
    exposure: NDArray[np.int64] | None


@dataclass(frozen=True, slots=True)
class SliceMean:
    """Mean of the leading metric over one kind of questions."""

    slice: str
    label: str
    system: str
    questions: int
    mean: Interval


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """The result of :func:`semrec.evaluate.run`.

    Attributes:
        questions: what was asked, by id; only judged ones.
        qrels: what was wanted, by question id and item id.
        systems: what each system gave, by its name.
        differences: each system against the first.
        slices: the first metric by kind of question.
        background: what is known of the items, or None.
        about: what was measured on what: counts, checksum, versions, settings, seed, notes.
        k: length of the lists that were measured.
    """

    questions: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, float]]
    systems: Mapping[str, Measured]
    differences: Sequence[Difference]
    slices: Sequence[SliceMean]
    background: Background | None
    about: Mapping[str, Any]
    k: int

    @property
    def metrics(self) -> list[str]:
        """Names of what was measured, the leading one first."""
        return list(next(iter(self.systems.values())).means)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; what was not measured is None."""
        systems = {
            name: {
                "metrics": {metric: asdict(mean) for metric, mean in each.means.items()},
                "cost": dict(each.cost),
            }
            for name, each in self.systems.items()
        }
        found = {
            "about": dict(self.about),
            "systems": systems,
            "differences": [asdict(difference) for difference in self.differences],
            "slices": [asdict(each) for each in self.slices],
        }
        plain: dict[str, Any] = _without_nan(found)
        return plain

    def to_table(self) -> Table:
        """Every metric and cost down, every system across."""
        from rich.table import Table
        from rich.text import Text

        table = Table(title=f"{len(self.questions)} questions, k = {self.k}", title_justify="left")
        table.add_column("")
        for name in self.systems:
            table.add_column(Text(name), justify="right", overflow="fold")
        for name in self.metrics:
            means = [each.means.get(name) for each in self.systems.values()]
            table.add_row(name, *("" if mean is None else _cell(mean.value, 4) for mean in means))
        table.add_section()
        for name in self.costs():
            costs = [each.cost.get(name, math.nan) for each in self.systems.values()]
            table.add_row(name, *(_cell(value, 1) for value in costs))
        return table

    def to_slices_table(self) -> Table:
        """The leading metric by kind of question, every system across."""
        from rich.table import Table
        from rich.text import Text

        table = Table(title=f"{self.metrics[0]} by kind of question", title_justify="left")
        for name in ("", "kind", "questions"):
            table.add_column(name, justify="right" if name == "questions" else "left")
        for name in self.systems:
            table.add_column(Text(name), justify="right", overflow="fold")
        rows: dict[tuple[str, str], list[str]] = {}
        for each in self.slices:
            cells = rows.setdefault((each.slice, each.label), [str(each.questions)])
            cells.append(_cell(each.mean.value, 4))
        for key, cells in rows.items():
            table.add_row(*map(Text, key), *cells)
        return table

    def costs(self) -> list[str]:
        """Names of all costs that any system has."""
        return list(dict.fromkeys(name for each in self.systems.values() for name in each.cost))

    def worst(self, system: str, count: int = 20) -> list[str]:
        """Ids of the questions that a system answered worst by the leading metric."""
        values = self.systems[system].values[self.metrics[0]]
        order = np.argsort(values, kind="stable")[:count]
        ids = list(self.questions)
        return [ids[at] for at in order if not np.isnan(values[at])]

    def to_html(self, path: str | Path) -> None:
        """Write one HTML file with tables, plots and the worst answers; it needs no network.

        Raises:
            MissingExtra: matplotlib is not installed.
            CannotWrite: the file cannot be written.
        """
        from semrec.evaluate.html import write

        write(self, Path(path))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.to_table()
        if self.slices:
            yield self.to_slices_table()


def _cell(value: float, digits: int) -> str:
    return "" if math.isnan(value) else f"{value:.{digits}f}"


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value
