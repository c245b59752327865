"""What an engine answers: hits with reasons, as a sequence, a frame or a table."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table

NARROW = 60
"""Below so many columns a table is unreadable, and a list is shown."""
_LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Hit:
    """One item of an answer.

    Attributes:
        item_id: the catalog's id.
        rank: 1 for the best.
        score: the blended score in [0, 1]; higher is better.
        signals: what each source added to the score; they sum to it. ``unknown`` is what those
            added that know nothing of the item, ``base`` where a probability starts.
        title: as the catalog has it.
        reason: why this item, in Chinese.
        raw: what each source said (BM25, cosine, …), as it said it; absent where it is silent.
    """

    item_id: str
    rank: int
    score: float
    signals: Mapping[str, float]
    title: str
    reason: str
    raw: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON; scores with six digits."""
        return {
            "item_id": self.item_id,
            "rank": self.rank,
            "score": round(self.score, 6),
            "signals": {name: round(value, 6) for name, value in self.signals.items()},
            "raw": {name: round(value, 6) for name, value in self.raw.items()},
            "title": self.title,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, repr=False)
class Results(Sequence[Hit]):
    """The hits of one call, best first.

    Attributes:
        hits: the items.
        question: what was asked, one line.
        notes: what the user should know of the answer (a cold user, a list shorter than k, …).
    """

    hits: tuple[Hit, ...] = ()
    question: str = ""
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.hits)

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> Results: ...
    def __getitem__(self, index: int | slice) -> Hit | Results:
        if isinstance(index, slice):
            return Results(self.hits[index], self.question, self.notes)
        return self.hits[index]

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    @property
    def item_ids(self) -> list[str]:
        """The ids alone, best first."""
        return [hit.item_id for hit in self.hits]

    def to_frame(self) -> pd.DataFrame:
        """One row a hit: item_id, rank, score, title, reason, and a column for each signal."""
        import pandas as pd

        columns = ["item_id", "rank", "score", "title", "reason"]
        rows = [
            {
                **{name: getattr(hit, name) for name in columns},
                **{f"signal_{name}": value for name, value in hit.signals.items()},
            }
            for hit in self.hits
        ]
        return pd.DataFrame(rows) if rows else pd.DataFrame(columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            "question": self.question,
            "notes": list(self.notes),
            "hits": [hit.to_dict() for hit in self.hits],
        }

    def to_table(self, width: int | None = None) -> Table:
        """A table for a terminal; titles and reasons wrap where it is narrow."""
        from rich.table import Table
        from rich.text import Text

        table = Table(title=Text(self.question), title_justify="left", width=width)
        table.add_column("#", justify="right", no_wrap=True)
        table.add_column("id", overflow="fold")
        table.add_column("score", justify="right", no_wrap=True)
        table.add_column("title", ratio=3, overflow="fold")
        table.add_column("reason", ratio=2, overflow="fold")
        for hit in self.hits:
            # Titles come from sellers: as Text, square brackets are no markup.
            cells = (hit.item_id, f"{hit.score:.3f}", _cut(hit.title), hit.reason)
            table.add_row(str(hit.rank), *(Text(cell) for cell in cells))
        return table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        if options.max_width < NARROW:
            yield Text(str(self))
        else:
            yield self.to_table()
            yield from (Text(f"· {note}", style="dim") for note in self.notes)

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        lines = [self.question, *(_line(hit) for hit in self.hits)]
        return "\n".join([*lines, *(f"· {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in ("#", "id", "score", "title", "reason"))
        body = "".join(
            _html_row((hit.rank, hit.item_id, f"{hit.score:.3f}", _cut(hit.title), hit.reason))
            for hit in self.hits
        )
        notes = "".join(f"<p>· {html.escape(note)}</p>" for note in self.notes)
        caption = f"<caption>{html.escape(self.question)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"


def _line(hit: Hit) -> str:
    return f"{hit.rank:>3}. {hit.item_id}  {hit.score:.3f}  {_cut(hit.title)}  ({hit.reason})"


def _cut(title: str) -> str:
    """A title as a list shows it; a seller's whole advertisement stays in ``hit.title``."""
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"


def _html_row(cells: Iterable[object]) -> str:
    return "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells) + "</tr>"
