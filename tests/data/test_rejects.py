"""Complaints: counted in full, listed within bounds, mergeable."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from semrec.data.rejects import LISTED_OF_MANY, MAX_LISTED, Rejects


def test_summary_counts_by_file_and_reason() -> None:
    rejects = Rejects()
    rejects.add("a.csv", 3, "item_id", "", "missing")
    rejects.add("a.csv", 5, "item_id", "", "missing")
    rejects.add("a.csv", 9, "price", "免费", "no number", kept=True)
    rejects.note("a.csv: column 'title' is read from '标题'")
    assert rejects.summary() == [
        "a.csv: column 'title' is read from '标题'",
        "a.csv: 2 rows set aside: missing; first: row 3, item_id = ''",
        "a.csv: 1 row value cleared: no number; first: row 9, price = '免费'",
    ]
    assert len(rejects) == 3
    assert rejects.set_aside == 2


def test_written_file_reads_back(tmp_path: Path) -> None:
    rejects = Rejects()
    rejects.add("a.csv", 3, "title", '带,逗号"引号\n换行', "坏")
    rejects.write(tmp_path / "rejects.csv")
    back = pd.read_csv(tmp_path / "rejects.csv", encoding="utf-8-sig")
    assert list(back.columns) == ["file", "row", "column", "value", "reason"]
    assert back.iloc[0].tolist() == ["a.csv", 3, "title", '带,逗号"引号\n换行', "坏"]


def test_no_complaint_still_writes_a_header(tmp_path: Path) -> None:
    Rejects().write(tmp_path / "rejects.csv")
    text = (tmp_path / "rejects.csv").read_text(encoding="utf-8-sig")
    assert text == "file,row,column,value,reason\n"


def test_many_rows_of_one_reason_are_listed_in_part() -> None:
    rejects = Rejects()
    count = MAX_LISTED + 1
    rejects.add_rows("e.csv", range(2, 2 + count), "item_id", ["x"] * count, "unknown item")
    frame = rejects.frame()
    assert len(rejects) == count
    assert len(frame) == LISTED_OF_MANY + 1
    assert f"{count - LISTED_OF_MANY:,} further rows" in frame["reason"].iloc[-1]
    assert frame["row"].iloc[-1] == 2 + LISTED_OF_MANY
    assert rejects.summary()[0].startswith(f"e.csv: {count:,} rows set aside: unknown item;")


def test_rows_up_to_the_bound_are_all_listed() -> None:
    rejects = Rejects()
    rejects.add_rows("e.csv", range(MAX_LISTED), "item_id", ["x"] * MAX_LISTED, "unknown item")
    assert len(rejects.frame()) == MAX_LISTED


def test_sum_keeps_everything_and_changes_neither_side() -> None:
    left, right = Rejects(), Rejects()
    left.add("a.csv", 2, "a", 1, "bad")
    right.add("b.csv", 2, "b", 2, "bad")
    right.note("note", merged=4)
    both = left + right
    assert [e.file for e in both.entries] == ["a.csv", "b.csv"]
    assert (len(both), both.merged, both.notes) == (2, 4, ["note"])
    assert (len(left), left.merged) == (1, 0)


def test_values_are_shortened() -> None:
    rejects = Rejects()
    rejects.add("a.csv", 2, "a", "长" * 500, "bad")
    assert len(rejects.entries[0].value) == 80
    assert rejects.entries[0].value.endswith("…")
