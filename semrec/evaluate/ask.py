"""Ask a system its questions, keep the time, and turn ids into the rows that metrics take."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.evaluate.judged import relevance_matrix
from semrec.progress import track
from semrec.results import Results

System = Callable[[str], "Sequence[str] | Results"]
"""A query or a user to hits: item ids, best first, or what an engine answers."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What one system answered.

    Attributes:
        lists: item ids of each question, best first.
        milliseconds: what each call took, shape ``(questions,)``, float64.
        scores: of each item in ``lists``, where the system answers with ``Results``; else None.
    """

    lists: tuple[tuple[str, ...], ...]
    milliseconds: NDArray[np.float64]
    scores: tuple[tuple[float, ...], ...] | None = None


def ask(system: System, questions: Sequence[str], depth: int, label: str = "questions") -> Answers:
    """Put every question once, one after the other; of each answer the first ``depth`` count."""
    lists: list[tuple[str, ...]] = []
    scores: list[tuple[float, ...]] = []
    milliseconds = np.empty(len(questions))
    for at, question in enumerate(track(questions, total=len(questions), label=label)):
        start = time.perf_counter()
        answer = system(question)
        milliseconds[at] = (time.perf_counter() - start) * 1000
        ids = answer.item_ids if isinstance(answer, Results) else answer
        if isinstance(answer, Results):
            scores.append(tuple(hit.score for hit in answer.hits[:depth]))
        lists.append(tuple(str(item) for item in ids[:depth]))
    scored = len(scores) == len(lists) and bool(lists)
    return Answers(tuple(lists), milliseconds, tuple(scores) if scored else None)


class Numbering:
    """Row numbers for item ids: first those of the catalog, then whatever else turns up."""

    def __init__(self, items: Sequence[str] = ()) -> None:
        self._rows = {item: row for row, item in enumerate(dict.fromkeys(items))}

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, item: str) -> int:
        """The row of an item, a new one if it is unknown."""
        return self._rows.setdefault(item, len(self._rows))

    @property
    def ids(self) -> list[str]:
        """All items, by row."""
        return list(self._rows)

    def ranked(self, lists: Sequence[Sequence[str]], depth: int) -> NDArray[np.int64]:
        """Lists as rows, padded with -1, shape ``(lists, depth)``."""
        ranked = np.full((len(lists), depth), -1, dtype=np.int64)
        for at, ids in enumerate(lists):
            ranked[at, : len(ids)] = [self.row(item) for item in ids[:depth]]
        return ranked

    def relevance(self, judged: Sequence[Mapping[str, float]]) -> sparse.csr_matrix:
        """Judgements as the matrix that metrics take; number all lists first."""
        gains = [{self.row(item): gain for item, gain in each.items()} for each in judged]
        return relevance_matrix(gains, len(self._rows))
