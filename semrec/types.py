"""The records that pass between stages. Only row numbers here: ids live at the doors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
"""Row numbers of the catalog, shape ``(n,)``."""
Scores = NDArray[np.float32]
"""Higher is better, shape ``(n,)``; NaN where a source knows nothing of the candidate."""
Vectors = NDArray[np.float32]
"""Embeddings of unit norm, shape ``(n, dim)``."""
Mask = NDArray[np.bool_]
"""True for the rows that are allowed, shape ``(items,)``."""


class Progress(Protocol):
    """What shows a long loop's progress; ``semrec.progress.track`` is the usual one."""

    def __call__(self, steps: Iterable[Any], *, total: int, label: str) -> Iterable[Any]:
        """Yield the steps unchanged."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Candidates on their way through the pipeline; immutable, and best first once ranked.

    Attributes:
        rows: row numbers of the candidates, unique, shape ``(n,)``, int64.
        scores: the current score of each, shape ``(n,)``, float32.
        signals: per source one array of shape ``(n,)``, float32; NaN = the source is silent.
    """

    rows: Rows
    scores: Scores
    signals: Mapping[str, Scores] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", np.asarray(self.rows, dtype=np.int64))
        object.__setattr__(self, "scores", np.asarray(self.scores, dtype=np.float32))
        frozen = {name: np.asarray(s, dtype=np.float32) for name, s in self.signals.items()}
        object.__setattr__(self, "signals", MappingProxyType(frozen))
        sizes = {len(self.rows), len(self.scores), *(len(s) for s in frozen.values())}
        if len(sizes) != 1:
            raise ValueError(f"rows, scores and signals must have one length, got {sorted(sizes)}")

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def empty(cls) -> Hits:
        """No candidate at all."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))

    def take(self, order: NDArray[np.int64]) -> Hits:
        """The candidates at the given positions, in that order."""
        signals = {name: values[order] for name, values in self.signals.items()}
        return Hits(self.rows[order], self.scores[order], signals)

    def ranked(self) -> Hits:
        """Best score first; equal scores by row number, so that the order is deterministic."""
        return self.take(best_first(self.rows, self.scores))

    def top(self, k: int) -> Hits:
        """The best ``k``, ranked."""
        return self.take(best_first(self.rows, self.scores)[: max(k, 0)])

    def with_signal(self, name: str, values: Scores) -> Hits:
        """The same candidates with one more signal."""
        return replace(self, signals={**self.signals, name: values})


ScoreRows = Callable[[Rows], Scores]
"""A source's true score for arbitrary candidates, found by it or not."""


def best_first(rows: Rows, scores: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """The order of descending scores, equal ones by row number, shape as ``rows``."""
    return np.lexsort((rows, -scores))
