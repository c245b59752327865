from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.text.mining.labels import KINDS, LABELS, Tagged, decode, encode
from semrec.text.mining.scoring import score_spans


def test_labels_of_a_title() -> None:
    # 甲手机壳卡: brand of one character, product of three, nothing.
    names = [LABELS[i] for i in encode([(0, 1, "brand"), (1, 4, "product")], 5)]
    assert names == ["S-brand", "B-product", "I-product", "E-product", "O"]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4), st.sampled_from(KINDS))))
def test_decode_takes_back_what_encode_wrote(parts: list[tuple[int, int, str]]) -> None:
    spans: list[Tagged] = []
    end = 0
    for gap, size, kind in parts:
        spans.append((end + gap, end + gap + size, kind))
        end += gap + size
    assert decode(encode(spans, end)) == spans


@pytest.mark.parametrize(
    "names", [["I-brand", "E-brand"], ["B-brand", "O"], ["B-brand", "E-product"]]
)
def test_broken_sequences_give_no_span(names: list[str]) -> None:
    assert decode([LABELS.index(name) for name in names]) == []


def test_score_counts_exact_matches_of_one_kind() -> None:
    gold = [[(0, 2, "brand"), (2, 4, "product")], [(0, 3, "product")]]
    found = [[(0, 2, "product"), (2, 4, "product")], []]
    score = score_spans(gold, found, "product")
    assert (score.precision, score.recall, score.f1) == (0.5, 0.5, 0.5)
    assert score_spans(gold, found, "brand").f1 == 0.0
    assert score_spans(gold, gold, "product").f1 == 1.0
