"""Ids at the door and rows behind it."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.data.ids import IdMap
from semrec.errors import InvalidArgument, UnknownItem


def test_ids_of_any_type_become_the_same_text() -> None:
    ids = IdMap(["123", "p1", "123456789012345678"])
    assert [ids.row(x) for x in (123, 123.0, np.int64(123), " 123 ", "123")] == [0] * 5
    assert ids.row(123456789012345678) == 2
    assert IdMap(pd.Series([1.0, 2.0])).ids.tolist() == ["1", "2"]


def test_rows_marks_unknown_ones() -> None:
    ids = IdMap(["a", "b"])
    rows = ids.rows(pd.Series(["b", "x", None, "a", "b"]))
    assert rows.tolist() == [1, -1, -1, 0, 1]
    assert rows.dtype == np.int64
    assert ids.rows([]).tolist() == []
    assert IdMap([]).rows(["a"]).tolist() == [-1]


def test_unknown_id_names_the_nearest() -> None:
    ids = IdMap(["p00001", "p00002", "q7"])
    with pytest.raises(UnknownItem, match=r"'p0001'; nearest ids: p00001"):
        ids.row("p0001")
    assert ids.get("p0001") is None
    assert "p00001" in ids
    assert "p0001" not in ids


def test_nearest_of_a_million_is_found_quickly() -> None:
    ids = IdMap(np.array([f"item{i:07d}" for i in range(1_000_000)], dtype=object))
    start = time.perf_counter()
    with pytest.raises(UnknownItem, match="item001234"):
        ids.row("item001234x")
    assert time.perf_counter() - start < 3


def test_id_is_the_inverse_of_row() -> None:
    ids = IdMap(["a", "b"])
    assert [ids.id(ids.row(x)) for x in "ab"] == ["a", "b"]
    for row in (-1, 2):
        with pytest.raises(InvalidArgument, match="legal: 0 to 1"):
            ids.id(row)


def test_repeated_id_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="'1' occurs twice"):
        IdMap(pd.Series([1, 1.0]))


@settings(deadline=None)
@given(st.lists(st.from_regex(r"[0-9a-z甲-癸]{1,6}", fullmatch=True), unique=True))
def test_batch_equals_single(names: list[str]) -> None:
    known = [name for name in names if name not in ("nan", "null")]
    ids = IdMap(known)
    assert ids.rows(known).tolist() == [ids.get(name) for name in known]
    assert ids.rows(known).tolist() == list(range(len(known)))
