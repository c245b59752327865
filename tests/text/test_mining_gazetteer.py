from __future__ import annotations

from pathlib import Path

import numpy as np

from semrec.text.mining.features import features
from semrec.text.mining.gazetteer import Gazetteer, default_gazetteer, save

NAMES = Gazetteer.of(["骆驼（CAMEL）", "自然堂", "自然", "7", "太长的一个品牌名字了", "Nike"])


def _names(text: str) -> list[str]:
    """The stretches of a text that are names."""
    places = NAMES.places([text])[:-1]
    marked = "".join(char if place else " " for char, place in zip(text, places, strict=True))
    return marked.split()


def test_the_longest_name_is_found_in_either_script() -> None:
    assert _names("新款自然堂面霜") == ["自然堂"]
    assert _names("camel外套 骆驼") == ["camel", "骆驼"]


def test_no_latin_word_is_cut() -> None:
    assert _names("nikelab 鞋") == []
    assert _names("nike鞋") == ["nike"]


def test_short_and_long_names_are_left_out() -> None:
    assert len(NAMES.hashes) == 5
    assert _names("7太长的一个品牌名字了") == []


def test_the_figure_tells_place_length_and_how_usual_the_word_is() -> None:
    rare, usual = NAMES.places(["自然堂", "自然"])[[0, 4]].tolist()
    assert NAMES.places(["自然堂"]).tolist() == [rare, rare + 1, rare + 2, 0]
    assert usual // 100 > rare // 100


def test_texts_do_not_run_into_each_other() -> None:
    assert NAMES.places(["自", "然堂"]).tolist() == [0, 0, 0, 0, 0]


def test_features_stand_at_the_right_text() -> None:
    alone, _ = features(["骆驼外套"])
    among, lengths = features(["水杯", "骆驼外套", ""])
    assert lengths.tolist() == [2, 4, 0]
    assert np.array_equal(alone, among[2:])


def test_what_is_saved_is_what_ships(tmp_path: Path) -> None:
    save(NAMES, tmp_path / "names.npz")
    with np.load(tmp_path / "names.npz") as saved:
        assert np.array_equal(np.cumsum(saved["steps"], dtype=np.uint32), NAMES.hashes)
    assert len(default_gazetteer().hashes) > 100_000
