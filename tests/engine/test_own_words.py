from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from semrec import Engine
from semrec.errors import FileMissing
from semrec.text.user_words import WordsWarning

TITLES = [
    "CHANDO 雪域精粹保湿面霜",
    "自然堂 男士洁面乳",
    "懒人沙发 单人",
    "豆袋椅 小户型",
    "磁吸快充 移动电源",
    "羽绒服 女 短款",
]


def _catalog() -> pd.DataFrame:
    return pd.DataFrame({"item_id": [f"i{n}" for n in range(len(TITLES))], "title": TITLES})


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "words.txt").write_text("磁吸快充\n= 错\n", encoding="utf-8")
    (tmp_path / "synonyms.txt").write_text("懒人沙发 = 豆袋椅", encoding="utf-8")
    return {name: str(tmp_path / f"{name}.txt") for name in ("words", "synonyms")}


def _built(files: dict[str, str]) -> Engine:
    text = {"dictionary": files["words"], "synonyms": files["synonyms"]}
    return Engine.build(_catalog(), config={"text": text})


def test_a_search_finds_synonyms_as_well(files: dict[str, str]) -> None:
    found = _built(files).search("懒人沙发")
    by_id = {hit.item_id: hit for hit in found}
    assert found[0].item_id == "i2"
    assert found[1].item_id == "i3"
    assert by_id["i3"].raw["lexical"] == pytest.approx(0.95 * by_id["i2"].raw["lexical"])
    assert "匹配“豆袋" in by_id["i3"].reason
    assert "也按同义词找了：豆袋椅" in found.notes
    alone = {hit.item_id: hit for hit in Engine.build(_catalog()).search("懒人沙发")}
    assert by_id["i3"].score > alone["i3"].score


def test_own_words_are_kept_whole_and_bad_lines_are_set_aside(files: dict[str, str]) -> None:
    engine = _built(files)
    assert "磁吸快充" in engine.shop.lexical.vocabulary
    assert "磁吸快充" not in Engine.build(_catalog()).shop.lexical.vocabulary
    assert [(Path(e.file).name, e.row) for e in engine.rejects.entries] == [("words.txt", 2)]


def test_an_index_follows_its_files(files: dict[str, str], tmp_path: Path) -> None:
    Path(files["words"]).write_text("磁吸快充", encoding="utf-8")
    _built(files).save(tmp_path / "index")
    Path(files["synonyms"]).write_text("懒人沙发 = 磁吸快充 = 豆袋椅", encoding="utf-8")
    found = Engine.load(tmp_path / "index").search("懒人沙发")
    assert "也按同义词找了：磁吸快充、豆袋椅" in found.notes


def test_new_words_are_named_and_a_lost_file_leaves_what_was_saved(
    files: dict[str, str], tmp_path: Path
) -> None:
    Path(files["words"]).write_text("磁吸快充", encoding="utf-8")
    _built(files).save(tmp_path / "index")
    Path(files["words"]).write_text("磁吸快充\n移动电源", encoding="utf-8")
    with pytest.warns(WordsWarning, match="移动电源"):
        engine = Engine.load(tmp_path / "index")
    engine.compact()
    assert "移动电源" in engine.shop.lexical.vocabulary
    engine.save(tmp_path / "again")
    Path(files["synonyms"]).unlink()
    with pytest.warns(WordsWarning, match="saved with the index"):
        again = Engine.load(tmp_path / "again")
    assert "也按同义词找了：豆袋椅" in again.search("懒人沙发").notes


def test_a_missing_file_stops_a_build(tmp_path: Path) -> None:
    with pytest.raises(FileMissing, match=r"none\.txt"):
        Engine.build(_catalog(), config={"text": {"dictionary": str(tmp_path / "none.txt")}})
