from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.text.spans import Span, best_spans, models


def _span(start: int, end: int, confidence: float = 1.0) -> Span:
    return Span(start, end, "字" * (end - start), "product", "", "", confidence)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("联想z62电脑", ["z62"]),
        ("墨盒 lx125/tk120 通用", ["lx125/tk120"]),
        ("海尔fcd-215sea冷柜", ["fcd-215sea"]),
        ("500ml 128gb 24cm 2x3 30*40cm 1.5l", []),
        ("nike 2023 15.6", []),
    ],
)
def test_models_are_letters_with_digits_and_no_quantities(text: str, found: list[str]) -> None:
    assert [span.text for span in models(text)] == found


def test_long_span_beats_the_two_inside_it() -> None:
    assert best_spans([_span(0, 2), _span(2, 4), _span(0, 4)]) == [_span(0, 4)]


def test_two_sure_spans_beat_an_unsure_long_one() -> None:
    assert best_spans([_span(0, 2), _span(2, 4), _span(0, 4, 0.5)]) == [_span(0, 2), _span(2, 4)]


def test_overlap_is_settled_for_the_best_sum() -> None:
    # The middle span is the longest, the two around it are more together.
    spans = [_span(0, 3), _span(2, 6), _span(5, 9)]
    assert best_spans(spans) == [_span(0, 3), _span(5, 9)]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 4), st.floats(0.1, 1.0)), max_size=8))
def test_best_spans_equal_the_best_of_all_subsets(parts: list[tuple[int, int, float]]) -> None:
    spans = [_span(start, start + size, confidence) for start, size, confidence in parts]

    def value(chosen: list[Span]) -> float:
        return sum(s.confidence * (s.end - s.start - 0.5) for s in chosen)

    def subsets(rest: list[Span], end: int) -> float:
        options = (
            s.confidence * (s.end - s.start - 0.5) + subsets(rest[i + 1 :], s.end)
            for i, s in enumerate(rest)
            if s.start >= end
        )
        return max(options, default=0.0)

    found = best_spans(spans)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert value(found) == pytest.approx(subsets(sorted(spans, key=lambda s: s.start), 0))
