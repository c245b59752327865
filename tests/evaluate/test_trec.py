from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from semrec.errors import CannotWrite, DataError, EmptyFile, FileMissing, InvalidArgument
from semrec.evaluate.trec import read_qrels, read_run, write_qrels, write_run

ids = st.text("商品pq019-_.", min_size=1, max_size=4)


@given(lists=st.dictionaries(ids, st.lists(ids, min_size=1, max_size=12), max_size=4))
@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_runs_come_back_in_their_order(lists: dict[str, list[str]], tmp_path: Path) -> None:
    if not lists:
        return
    write_run(lists, tmp_path / "run")
    assert read_run(tmp_path / "run") == lists


def test_lines_are_those_of_trec(tmp_path: Path) -> None:
    write_run({"q1": ["p2", "p1"], "q2": []}, tmp_path / "run", tag="bm25")
    assert (tmp_path / "run").read_text() == "q1 Q0 p2 1 2 bm25\nq1 Q0 p1 2 1 bm25\n"
    write_qrels({"q1": {"p1": 1.0, "p2": 0.5, "p3": 0.0}}, tmp_path / "qrels")
    assert (tmp_path / "qrels").read_text() == "q1 0 p1 1\nq1 0 p2 0.5\nq1 0 p3 0\n"
    assert read_qrels(tmp_path / "qrels") == {"q1": {"p1": 1.0, "p2": 0.5, "p3": 0.0}}


def test_scores_order_a_run_and_ranks_its_ties(tmp_path: Path) -> None:
    path = tmp_path / "run"
    path.write_text("1\tQ0\ta\t3\t0.5\tx\n1 Q0 b 2 0.5 x\n\n1 Q0 c 9 1e1 x\n", encoding="utf-8")
    assert read_run(path) == {"1": ["c", "b", "a"]}


def test_what_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("q1 Q0 p1 1 high x\n")
    with pytest.raises(DataError, match="line 1: 'high' is no number"):
        read_run(path)
    with pytest.raises(DataError, match=r"line 1: .*; legal: qid 0 docno relevance"):
        read_qrels(path)
    path.write_text("\n")
    with pytest.raises(EmptyFile):
        read_run(path)
    with pytest.raises(FileMissing):
        read_qrels(tmp_path / "nowhere")
    with pytest.raises(InvalidArgument, match="'p 1'; legal in TREC files: no blanks"):
        write_run({"q1": ["p 1"]}, path)
    with pytest.raises(CannotWrite, match="no"):
        write_run({"q1": ["p1"]}, tmp_path / "no" / "run")
