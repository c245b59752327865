"""Reading files: formats, encodings, damaged records, and the row numbers users see."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.data import delimited
from semrec.data.tables import read_table
from semrec.errors import DataError, EmptyFile, FileMissing, NotText, UnknownFormat

TEXT = "item_id,title\np1,口红 正红色\np2,面膜\n"
EXPECTED = {"item_id": ["p1", "p2"], "title": ["口红 正红色", "面膜"]}


def write(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_read_alike(tmp_path: Path, encoding: str) -> None:
    table = read_table(write(tmp_path, "c.csv", TEXT.encode(encoding)), "catalog")
    assert table.frame.to_dict("list") == EXPECTED
    assert table.rows.tolist() == [2, 3]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_newlines(tmp_path: Path, delimiter: str, newline: str) -> None:
    text = TEXT.replace(",", delimiter).replace("\n", newline)
    table = read_table(write(tmp_path, "c.txt", text), "catalog")
    assert table.frame.to_dict("list") == EXPECTED


def test_formats_read_alike(tmp_path: Path) -> None:
    records = pd.DataFrame(EXPECTED).to_dict("records")
    lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    pd.DataFrame(EXPECTED).to_parquet(tmp_path / "c.parquet")
    paths = [
        write(tmp_path, "c.jsonl", lines),
        write(tmp_path, "c.ndjson.gz", gzip.compress(lines.encode())),
        write(tmp_path, "c.json", json.dumps(records)),
        write(tmp_path, "c.csv.gz", gzip.compress(TEXT.encode())),
        tmp_path / "c.parquet",
    ]
    firsts = []
    for path in paths:
        table = read_table(path, "catalog")
        assert table.frame.to_dict("list") == EXPECTED, path.name
        assert table.rows[0] == table.first_row
        firsts.append(table.first_row)
    assert firsts == [1, 1, 1, 2, 1]


def test_frame_keeps_positions_and_the_callers_frame() -> None:
    frame = pd.DataFrame({"item_id": [1, 2]}, index=[7, 7])
    table = read_table(frame, "catalog")
    assert table.rows.tolist() == [0, 1]
    assert table.where == "catalog frame"
    assert frame.index.tolist() == [7, 7]


def test_no_value_is_interpreted(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "c.csv", "a,b,c\n007,NA,1e5\n"), "catalog")
    assert table.frame.iloc[0].tolist() == ["007", "NA", "1e5"]


def test_long_integer_ids_survive_missing_neighbours(tmp_path: Path) -> None:
    path = write(tmp_path, "c.jsonl", '{"id": 612345678901234567, "n": 1}\n{"n": 2}\n')
    assert read_table(path, "catalog").frame["id"].iloc[0] == 612345678901234567


def test_ragged_lines_are_set_aside_with_their_numbers(tmp_path: Path) -> None:
    text = "a,b,c\n1,2,3\n\n4,5\n6,7,8,9\nx,y,z\n"
    table = read_table(write(tmp_path, "c.csv", text), "catalog")
    assert table.frame.to_numpy().tolist() == [["1", "2", "3"], ["x", "y", "z"]]
    assert table.rows.tolist() == [2, 6]
    assert [(e.row, e.value) for e in table.rejects.entries] == [(4, "4,5"), (5, "6,7,8,9")]


def test_an_unclosed_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    text = 'a,b\np1,"开了\np2,好\np3,"又开\np4,好\n'
    table = read_table(write(tmp_path, "c.csv", text), "catalog")
    assert table.frame["a"].tolist() == ["p2", "p4"]
    assert table.rows.tolist() == [3, 5]
    assert [e.row for e in table.rejects.entries] == [2, 4]


def test_stray_quotes_that_come_in_pairs_swallow_no_line(tmp_path: Path) -> None:
    text = 'a,b\n屏幕9.7","新\np2,好\np3,好\n'
    table = read_table(write(tmp_path, "c.csv", text), "catalog")
    assert table.frame["a"].tolist() == ['屏幕9.7"', "p2", "p3"]
    assert table.rows.tolist() == [2, 3, 4]


def test_quoted_line_breaks_and_inch_marks(tmp_path: Path) -> None:
    text = 'a,b,c\np1,"一行\n二行",3\np2,屏幕9.7" 平板,4\np3,"说""好""",5\n'
    table = read_table(write(tmp_path, "c.csv", text), "catalog")
    assert table.frame["b"].tolist() == ["一行\n二行", '屏幕9.7" 平板', '说"好"']
    assert table.rows.tolist() == [2, 3, 4]
    assert len(table.rejects) == 0


def test_bad_json_lines_are_set_aside(tmp_path: Path) -> None:
    text = '{"a": 1}\n\n{"a": \n[1]\n{"a": 2}\n'
    table = read_table(write(tmp_path, "c.jsonl", text), "catalog")
    assert table.frame["a"].tolist() == [1, 2]
    assert table.rows.tolist() == [1, 5]
    assert sorted(e.row for e in table.rejects.entries) == [3, 4]


def test_lines_and_values_of_any_length(tmp_path: Path) -> None:
    long = "长" * 800_000
    table = read_table(write(tmp_path, "c.csv", f"a,b\n1,{long}\n2,x\n"), "catalog")
    assert table.frame["b"].tolist() == [long, "x"]
    path = write(tmp_path, "n.jsonl", '{"n": ' + "9" * 5000 + '}\n{"n": 1}\n')
    table = read_table(path, "catalog")
    assert table.rows.tolist() == [2]
    assert [e.row for e in table.rejects.entries] == [1]


def test_a_file_of_bad_lines_gives_a_short_list(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "c.csv", "a,b\n" + "x\n" * 20_000), "catalog")
    assert len(table.frame) == 0
    assert len(table.rejects) == 20_000
    assert len(table.rejects.frame()) == 1_001


def test_repeated_and_unnamed_headers_get_names(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "c.csv", "a, a ,\n1,2,3\n"), "catalog")
    assert list(table.frame.columns) == ["a", "a.1", "column_3"]


@pytest.mark.parametrize(
    ("name", "data", "error", "said"),
    [
        ("c.csv", b"", EmptyFile, "no row"),
        ("c.csv", b"item_id,title\n\n", EmptyFile, "no row"),
        ("c.csv", b"\xef\xbb\xbf", EmptyFile, "no row"),
        ("c.jsonl", b"\n\n", EmptyFile, "no row"),
        ("c.json", b"[]", EmptyFile, "no row"),
        ("c.json", b"[1,", DataError, "no valid JSON"),
        ("c.csv", b"\x89PNG\r\n\0\0", NotText, "binary"),
        ("c.csv", b"a,b\n1,\xff\xff\xff\n", NotText, "no known encoding"),
        ("c.csv", "a,b\n一二三四五,六七八九十\n".encode() + b"\xe4,1\n", NotText, "line 3"),
        ("c.csv.gz", b"no gzip", NotText, "gzip"),
        ("c.parquet", b"no parquet", DataError, "no parquet"),
        ("c.xlsx", b"PK", UnknownFormat, ".csv"),
        ("c", b"a,b", UnknownFormat, "legal endings"),
    ],
)
def test_unreadable_files(
    tmp_path: Path, name: str, data: bytes, error: type[DataError], said: str
) -> None:
    path = write(tmp_path, name, data)
    with pytest.raises(error) as caught:
        read_table(path, "catalog")
    message = str(caught.value)
    assert said in message
    assert str(path) in message
    assert "\n" not in message


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(FileMissing, match="no such file"):
        read_table(tmp_path / "none.csv", "catalog")
    with pytest.raises(FileMissing, match="no such file"):
        read_table(tmp_path / "none", "catalog")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(FileMissing, match="directory"):
        read_table(tmp_path / "folder.csv", "catalog")
    with pytest.raises(EmptyFile, match="catalog frame"):
        read_table(pd.DataFrame({"item_id": []}), "catalog")


# What csv itself cannot carry through unchanged: NUL, lone surrogates, bare carriage returns.
values = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=8)


@settings(deadline=None)
@given(st.lists(st.tuples(st.from_regex(r"[a-z]{1,5}", fullmatch=True), values), min_size=1))
def test_csv_round_trip(rows: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame(rows, columns=["a", "b"])
    data = frame.to_csv(index=False, quoting=1, lineterminator="\n").encode()
    parsed = delimited.parse(data, "test")
    assert parsed.bad == []
    assert list(parsed.frame.itertuples(index=False, name=None)) == rows
    assert parsed.frame.index.tolist() == list(range(2, 2 + len(rows)))


@settings(deadline=None)
@given(st.lists(st.text('a", ', max_size=8).map(lambda text: "a" + text), min_size=1))
def test_every_line_is_read_or_set_aside(lines: list[str]) -> None:
    """No line vanishes, whatever its quotes; a record of many lines has breaks inside it."""
    parsed = delimited.parse(("x,y\n" + "\n".join(lines) + "\n").encode(), "test")
    breaks = sum(value.count("\n") for value in parsed.frame.to_numpy().ravel())
    assert len(parsed.frame) + len(parsed.bad) + breaks == len(lines)
    numbers = [*parsed.frame.index, *(number for number, _ in parsed.bad)]
    assert sorted(numbers) == list(range(2, 2 + len(numbers)))


def test_blank_records_are_skipped_and_counted_in_row_numbers(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "c.csv", "a,b\n,\n\n1,2\n,\n"), "catalog")
    assert table.frame.to_numpy().tolist() == [["1", "2"]]
    assert table.rows.tolist() == [4]
    assert len(table.rejects) == 0
