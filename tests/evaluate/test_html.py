from __future__ import annotations

import base64
import io
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib.image import imread

from semrec.errors import CannotWrite, MissingExtra
from semrec.evaluate import Background, Report, charts, html, run
from semrec.results import Hit, Results

ITEMS = [f"p{n}" for n in range(12)]
QUERIES = {"q1": "面霜 <敏感肌>", "q2": "猫粮"}
QRELS = {"q1": {"p1": 1.0, "p2": 1.0}, "q2": {"p7": 1.0, "gone": 2.0}}
PLOTS = [
    "Metrics with 95% intervals",
    "Precision and recall by rank",
    "Calibration of scores",
    "Coverage and long tail",
    "Accuracy and diversity",
    "Latency",
    "Embeddings by category (t-SNE)",
]


@pytest.fixture(scope="module")
def report() -> Report:
    vectors = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
    background = Background(
        items=ITEMS,
        titles=[f"商品 & {n}" for n in range(12)],
        categories=["美妆", "宠物"] * 6,
        users_of_item=np.arange(12),
        n_users=12,
        vectors=vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
    )

    def scored(query: str) -> Results:
        return Results(tuple(Hit(f"p{n}", n + 1, 1 - n / 10, {}, "", "") for n in range(4)))

    return run(
        {"scored": scored, "silent": lambda query: ITEMS[5:9] if "猫" in query else []},
        QUERIES,
        QRELS,
        k=3,
        resamples=50,
        background=background,
        slices={"animals": {"q2": "宠物"}},
        costs={"scored": {"build_seconds": 3.0}},
    )


class Page(HTMLParser):
    """Collects the text, and complains about tags that are not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources += [str(value) for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def page(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Page:
    path = tmp_path_factory.mktemp("report") / "report.html"
    with mpl.rc_context():
        report.to_html(path)
    found = Page()
    found.feed(path.read_text(encoding="utf-8"))
    assert not found.open
    return found


def test_the_page_loads_nothing(page: Page) -> None:
    assert len(page.sources) == len(PLOTS)
    assert all(source.startswith("data:image/png;base64,") for source in page.sources)


def test_chinese_is_shown_without_any_font(page: Page) -> None:
    style = "".join(page.text)
    file = re.search(r"url\(data:font/otf;base64,([^)]+)\)", style)
    assert file is not None
    known = TTFont(io.BytesIO(base64.b64decode(file.group(1)))).getBestCmap()
    assert {ord(character) for character in "面霜敏感肌猫粮商品"} <= known.keys()


def test_every_plot_is_drawn(page: Page) -> None:
    for source in page.sources:
        picture = imread(io.BytesIO(base64.b64decode(source.partition(",")[2])))
        assert picture.shape[1] > 400
        assert np.ptp(picture[..., :3]) > 0.5, "an empty picture has one colour"


def test_it_says_what_was_shown_and_what_was_wanted(page: Page, report: Report) -> None:
    text = " ".join(page.text)
    assert "面霜 <敏感肌>" in text
    assert "商品 & 7" in text
    assert "gone" in text
    assert str(report.about["data_checksum"]) in text
    assert "build_seconds" in text
    assert re.search(r"silent − scored", text)
    for title in PLOTS:
        assert title in text


def test_the_worst_question_stands_first(page: Page) -> None:
    text = " ".join(page.text)
    of_silent = text[text.index("Worst answers of silent") :]
    assert of_silent.index("面霜") < of_silent.index("猫粮")
    assert "nothing" in of_silent


def test_plots_leave_out_what_was_not_measured() -> None:
    bare = run({"a": lambda query: ["p1"]}, QUERIES, QRELS, k=3, resamples=20)
    titles = [title for title, _ in charts.figures(bare)]
    assert titles == [PLOTS[0], PLOTS[1], PLOTS[5]]


def test_the_curves_are_those_of_the_lists(report: Report) -> None:
    hits, wanted = charts.relevant_at(report, "scored")
    assert hits[:, :4].tolist() == [[False, True, True, False], [False] * 4]
    assert wanted.tolist() == [2, 2]
    line = charts.precision_recall(report).axes[0].lines[0]
    np.testing.assert_allclose(line.get_xdata()[:4], [0, 0.25, 0.5, 0.5])
    np.testing.assert_allclose(line.get_ydata()[:4], [0, 0.25, 1 / 3, 0.25])
    tail = charts.long_tail(report).axes[0].lines[0]
    np.testing.assert_allclose(tail.get_ydata()[[0, 1, 3, 12]], [0, 1 / 3, 1, 1])


def test_the_same_seed_draws_the_same_map(report: Report) -> None:
    one, two = (charts.embedding_map(report, 3).axes[0].collections[0] for _ in range(2))
    np.testing.assert_array_equal(one.get_offsets(), two.get_offsets())


def test_what_is_missing_is_named(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "to_html", lambda report: "")
    with pytest.raises(CannotWrite, match="nowhere"):
        report.to_html(Path("nowhere") / "report.html")
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtra, match=r"semrec\[plot\]"):
        charts.latency(report)
