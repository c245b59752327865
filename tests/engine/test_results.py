import io

import pandas as pd
from rich.console import Console

from semrec.results import Hit, Results

HITS = (
    Hit("p1", 1, 0.9, {"lexical": 12.5, "dense": 0.91}, "[特价]<b>面膜</b>补水", "匹配“面膜”"),
    Hit("p2", 2, 0.5, {"dense": 0.88}, "面霜", "与搜索词语义相近"),
)
RESULTS = Results(HITS, "搜索：面膜", ("只有 2 个。",))


def render(width: int) -> str:
    console = Console(file=io.StringIO(), width=width, markup=True)
    console.print(RESULTS)
    output = console.file
    assert isinstance(output, io.StringIO)
    return output.getvalue()


def test_a_sequence() -> None:
    assert len(RESULTS) == 2
    assert RESULTS[0].item_id == "p1"
    assert [hit.item_id for hit in RESULTS] == RESULTS.item_ids == ["p1", "p2"]
    assert RESULTS[:1].item_ids == ["p1"]
    assert RESULTS[:1].notes == RESULTS.notes
    assert not Results()


def test_frame_has_a_column_for_each_signal() -> None:
    frame = RESULTS.to_frame()
    assert frame["item_id"].tolist() == ["p1", "p2"]
    assert frame["signal_lexical"].isna().tolist() == [False, True]
    assert list(Results().to_frame().columns) == ["item_id", "rank", "score", "title", "reason"]
    assert isinstance(frame, pd.DataFrame)


def test_html_is_escaped() -> None:
    html = RESULTS._repr_html_()
    assert "&lt;b&gt;面膜" in html
    assert "<b>" not in html
    assert html.count("<tr>") == 3


def test_a_terminal_of_any_width_shows_everything() -> None:
    for width in (30, 60, 200):
        text = render(width)
        lines = text.splitlines()
        assert max(len(line) for line in lines) <= width
        joined = "".join(lines)
        assert "p1" in joined
        assert "只有 2 个" in joined
    assert "[特价]" in render(200), "brackets of a title are no markup"


def test_text_form() -> None:
    assert str(RESULTS).splitlines()[1].startswith("  1. p1  0.900  [特价]")
