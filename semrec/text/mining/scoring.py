"""Exact-match precision, recall and F1 of spans, counted over all titles (CoNLL 2003)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from semrec.text.mining.labels import Tagged


@dataclass(frozen=True)
class SpanScore:
    """How many spans were right, found, and there to be found."""

    right: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        """Share of the found that are right; 0 if none was found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the wanted that were found; 0 if none was wanted."""
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.found + self.wanted
        return 2 * self.right / both if both else 0.0


def score_spans(
    gold: Sequence[Iterable[Tagged]], found: Sequence[Iterable[Tagged]], kind: str
) -> SpanScore:
    """Micro-averaged score of one kind; start, end and kind must all be right."""
    right = count_found = count_wanted = 0
    for wanted_spans, found_spans in zip(gold, found, strict=True):
        wanted = {span for span in wanted_spans if span[2] == kind}
        got = {span for span in found_spans if span[2] == kind}
        right += len(wanted & got)
        count_found += len(got)
        count_wanted += len(wanted)
    return SpanScore(right, count_found, count_wanted)
