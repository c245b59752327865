from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from semrec.data.catalog import load as load_catalog
from semrec.errors import FileMissing, NotText
from semrec.text.lexicon import Lexicon
from semrec.text.shop_words import ShopWords
from semrec.text.user_words import (
    WordsWarning,
    load_all,
    load_user_words,
    parse_user_words,
    renewed,
)

FILE = """# 自己的词
磁吸快充            # kept whole
折叠椅 product
空气软垫 商品
Air Max brand
酒红 属性:颜色
户外家具 类目

CHANDO = 自然堂 = 自然堂旗舰
"""


def test_every_kind_of_line_is_read() -> None:
    words, rejects = parse_user_words(FILE)
    assert words.terms == {"磁吸快充"}
    assert dict(words.products) == {"折叠椅": 1.0, "空气软垫": 1.0}
    assert dict(words.brands) == {"air max": "air max"}
    assert dict(words.attributes) == {"酒红": ("颜色",)}
    assert words.categories == {"户外家具"}
    assert words.synonyms["自然堂"] == ("chando", "自然堂旗舰")
    assert words.synonyms["chando"] == ("自然堂", "自然堂旗舰")
    assert len(rejects) == 0


def test_bad_lines_are_set_aside_with_their_number_and_the_rest_is_read() -> None:
    text = "甲 = \n手机 = ＝手机\n长" + "长" * 60 + "\n折叠椅 kind:x\n台灯 product\n茶 = 茶"
    words, rejects = parse_user_words(text, "own.txt")
    assert [(entry.file, entry.row) for entry in rejects.entries] == [
        ("own.txt", 1),
        ("own.txt", 2),
        ("own.txt", 3),
        ("own.txt", 4),
        ("own.txt", 6),
    ]
    assert "legal: a = b = c" in rejects.entries[0].reason
    assert "unknown kind 'kind:x'" in rejects.entries[3].reason
    assert rejects.entries[4].reason == "all words of the line are one word"
    assert dict(words.products) == {"台灯": 1.0}


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("\ufeff台灯 product\n", encoding="utf-8")
    assert load_user_words(path)[0].products == {"台灯": 1.0}
    path.write_text("吊灯 product\n", encoding="utf-8")
    assert load_user_words(path)[0].products == {"吊灯": 1.0}


def test_a_missing_or_binary_file_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(FileMissing, match=r"none\.txt"):
        load_user_words(tmp_path / "none.txt")
    path = tmp_path / "binary.txt"
    path.write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(NotText, match=r"binary\.txt: no UTF-8"):
        load_user_words(path)


def test_many_lines_are_read_in_one_pass() -> None:
    words, _ = parse_user_words("\n".join(f"词{i}号 product" for i in range(5000)))
    assert len(words.products) == 5000


@pytest.fixture(scope="module")
def shop_words() -> ShopWords:
    frame = pd.DataFrame({"item_id": ["i1", "i2"], "title": ["折叠椅 户外", "台灯 护眼"]})
    own, _ = parse_user_words("磁吸快充\n躺椅 = 折叠椅")
    return ShopWords.build(load_catalog(frame)[0], own=own)


def test_of_two_files_the_later_wins_and_unset_ones_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("台灯 product\n苹果 product", encoding="utf-8")
    (tmp_path / "b.txt").write_text("苹果 brand\n= 空\n苹果 = apple", encoding="utf-8")
    words, rejects = load_all(["", tmp_path / "a.txt", tmp_path / "b.txt"])
    assert set(words.products) == {"台灯", "苹果"}
    assert words.synonyms == {"苹果": ("apple",), "apple": ("苹果",)}
    assert [(Path(e.file).name, e.row) for e in rejects.entries] == [("b.txt", 2)]
    assert load_all([""])[0] == Lexicon()


def test_synonyms_follow_the_file_and_new_words_ask_for_a_rebuild(
    shop_words: ShopWords, tmp_path: Path
) -> None:
    path = tmp_path / "own.txt"
    path.write_text("磁吸快充\n折叠椅 = 躺椅", encoding="utf-8")
    same = renewed(shop_words, [path])
    assert (same.own.synonyms["躺椅"], same.unindexed()) == (("折叠椅",), [])
    path.write_text("磁吸快充\n懒人椅 product\n折叠椅 = 懒人椅", encoding="utf-8")
    with pytest.warns(WordsWarning, match="1 are new since the index was built .懒人椅."):
        changed = renewed(shop_words, [path])
    assert changed.lexicon.synonyms["折叠椅"] == ("懒人椅",)
    assert "躺椅" not in changed.lexicon.synonyms
    assert changed.segmenter.words("磁吸快充") == ["磁吸快充"]


def test_a_file_that_is_gone_leaves_what_was_saved(shop_words: ShopWords, tmp_path: Path) -> None:
    with pytest.warns(WordsWarning, match=r"gone\.txt.*saved with the index"):
        assert renewed(shop_words, [tmp_path / "gone.txt"]) is shop_words


def test_a_wrong_line_is_named_when_the_file_is_followed(
    shop_words: ShopWords, tmp_path: Path
) -> None:
    path = tmp_path / "own.txt"
    path.write_text("磁吸快充\n茶 = 茶", encoding="utf-8")
    with pytest.warns(WordsWarning, match=r"own\.txt, line 2: '茶 = 茶': all words"):
        followed = renewed(shop_words, [path])
    assert "茶" not in followed.lexicon.synonyms
