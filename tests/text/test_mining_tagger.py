from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.text.mining.features import features
from semrec.text.mining.labelled import read_labelled
from semrec.text.mining.tagger import Tagger, default_tagger
from semrec.text.mining.train import main
from semrec.text.mining.training import fit
from semrec.text.normalise import normalise

COLOURS = ["红", "蓝", "白", "黑", "绿"]
THINGS = ["水杯", "雨伞", "书包", "台灯", "拖鞋", "手套"]
TITLES = [f"{colour}色{thing}" for colour in COLOURS for thing in THINGS]


def test_a_taught_pattern_is_found_in_new_titles(tmp_path: Path) -> None:
    tagger = fit(TITLES, [[(2, 4, "product")] for _ in TITLES], min_count=1)
    [span] = tagger.tag("紫色水杯")
    assert (span.start, span.end, span.kind, span.value) == (2, 4, "product", "水杯")
    assert span.confidence > 0.8
    tagger.save(tmp_path / "tagger.npz")
    again = Tagger.load(tmp_path / "tagger.npz").tag("紫色水杯")
    assert [each.text for each in again] == ["水杯"]


def test_many_at_once_equal_one_by_one() -> None:
    tagger = default_tagger()
    titles = [*TITLES[:5], "", "纯棉短袖T恤男 夏季", "🎁"]
    assert [[s.text for s in spans] for spans in tagger.tag_many(titles)] == [
        [s.text for s in tagger.tag(title)] for title in titles
    ]


def test_the_shipped_tagger_knows_head_nouns_and_brands() -> None:
    found = default_tagger().tag("飞利浦电动剃须刀 男士刮胡刀")
    read = {(span.text, span.kind) for span in found}
    assert {("飞利浦", "brand"), ("剃须刀", "product"), ("刮胡刀", "product")} <= read


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=20), max_size=4))
def test_any_texts_are_tagged_within_their_bounds(texts: list[str]) -> None:
    tagged = list(default_tagger().tag_many(texts))
    assert len(tagged) == len(texts)
    for text, spans in zip(texts, tagged, strict=True):
        plain = normalise(text)
        assert all(plain[s.start : s.end] == s.text and 0 < s.confidence <= 1 for s in spans)


def test_features_see_two_characters_to_each_side_and_no_further() -> None:
    one, lengths = features(["甲乙丙丁戊己"])
    other, _ = features(["甲乙丙丁戊庚"])
    assert lengths.tolist() == [6]
    characters = slice(0, 12)
    np.testing.assert_array_equal(one[:3, characters], other[:3, characters])
    assert (one[3, characters] != other[3, characters]).any()


def test_features_of_a_text_do_not_depend_on_its_neighbours() -> None:
    alone, _ = features(["红色水杯"])
    among, _ = features(["雨伞", "红色水杯", "台灯"])
    np.testing.assert_array_equal(alone, among[2:6])


def test_training_command_writes_weights_and_their_provenance(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entity = {"type": "HCCX", "start": 2, "end": 4}
    lines = [json.dumps({"title": title, "entities": [entity]}) for title in TITLES]
    path = tmp_path / "own.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    main([str(path), "--folds", "2", "-o", str(tmp_path)])
    assert "product  precision 1.000" in capsys.readouterr().out
    said = json.loads((tmp_path / "title_tagger.provenance.json").read_text(encoding="utf-8"))
    assert said["data"].endswith("own.jsonl, 30 distinct titles")
    assert Tagger.load(tmp_path / "title_tagger.npz").tag("红色水杯")[0].text == "水杯"


def test_labelled_offsets_move_to_the_normalised_title(tmp_path: Path) -> None:
    path = tmp_path / "titles.jsonl"
    row = {
        "title": "　　ＮＩＫＥ　跑鞋",
        "entities": [
            {"type": "HPPX", "start": 2, "end": 6},
            {"type": "HCCX", "start": 7, "end": 9},
            {"type": "MISC", "start": 0, "end": 1},
        ],
    }
    path.write_text("\n".join([json.dumps(row)] * 2), encoding="utf-8")
    [read] = read_labelled(path)
    assert read.title == "nike 跑鞋"
    assert read.spans == ((0, 4, "brand"), (5, 7, "product"))
