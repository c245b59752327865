"""Titles with labelled spans, as the trainer and the benchmark read them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from semrec.errors import DataError, FileMissing
from semrec.text.mining.labels import Tagged
from semrec.text.normalise import normalise_with_offsets

_KINDS = {"HCCX": "product", "HPPX": "brand"}


@dataclass(frozen=True, slots=True)
class LabelledTitle:
    """A normalised title and its spans, in order and without overlap."""

    title: str
    spans: tuple[Tagged, ...]


def read_labelled(path: str | Path) -> list[LabelledTitle]:
    """Read ``{"title": …, "entities": [{"type": "HCCX", "start": 0, "end": 2}, …]}`` lines.

    Types are HCCX (product word) and HPPX (brand), others are ignored. Offsets are moved to the
    normalised title. A title that repeats is read once, the first time.

    Raises:
        FileMissing: the file cannot be read.
        DataError: a line has another form.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise FileMissing(path, error.strerror or str(error)) from None
    titles: dict[str, LabelledTitle] = {}
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            raw = [(e["start"], e["end"], e["type"]) for e in row["entities"]]
            title, offsets = normalise_with_offsets(row["title"])
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{path}: line {number}: no labelled title: {error!r}") from None
        wanted = [(start, end, _KINDS[kind]) for start, end, kind in raw if kind in _KINDS]
        titles.setdefault(title, LabelledTitle(title, _moved(wanted, offsets.tolist())))
    return list(titles.values())


def _moved(spans: Iterable[Tagged], offsets: list[list[int]]) -> tuple[Tagged, ...]:
    moved: list[Tagged] = []
    for start, end, kind in sorted(spans):
        inside = [i for i, (left, right) in enumerate(offsets) if start <= left < right <= end]
        if inside and (not moved or inside[0] >= moved[-1][1]):
            moved.append((inside[0], inside[-1] + 1, kind))
    return tuple(moved)
