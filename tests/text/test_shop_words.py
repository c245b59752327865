from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from semrec.data.catalog import Catalog
from semrec.data.catalog import load as load_catalog
from semrec.errors import DataError
from semrec.text.lexicon import Lexicon
from semrec.text.mining.mine import sample
from semrec.text.shop_words import ShopWords


def _catalog() -> Catalog:
    titles = [
        "自然堂雪域面霜",
        "自然堂雪域精华",
        "复古风衣女",
        "复古风衣男",
        "复古风衣加厚",
        "羽绒服",
    ]
    frame = pd.DataFrame(
        {
            "item_id": [f"i{i}" for i in range(6)],
            "title": titles,
            "brand": ["自然堂", "自然堂", "", "", "", ""],
            "category": ["护肤", "护肤", "服装", "服装", "服装", "服装"],
        }
    )
    return load_catalog(frame)[0]


@pytest.fixture(scope="module")
def words() -> ShopWords:
    return ShopWords.build(_catalog(), ["防晒喷雾"] * 5 + ["防晒 喷雾", "", "  ", "羽绒服"])


def test_queries_feed_suggester_and_lexicon(words: ShopWords) -> None:
    assert words.suggester.suggest("防晒")[0].text == "防晒喷雾"
    assert words.suggester.suggest("ziran")[0].text == "自然堂"
    assert words.lexicon.brands["自然堂"] == "自然堂"


def test_a_typed_query_is_never_corrected(words: ShopWords) -> None:
    assert words.speller.correct("防晒喷雾").changes == ()


def test_what_is_saved_answers_as_what_was_built(words: ShopWords, tmp_path: Path) -> None:
    for part, arrays in words.arrays().items():
        (tmp_path / part).mkdir()
        for name, values in arrays.items():
            np.save(tmp_path / part / f"{name}.npy", values, allow_pickle=False)
    texts = [json.dumps(each.to_dict(), ensure_ascii=False) for each in words.lexicons()]
    read = {
        part: {f.stem: np.load(f, mmap_mode="r") for f in (tmp_path / part).iterdir()}
        for part in words.arrays()
    }
    again = ShopWords.from_parts([Lexicon.from_dict(json.loads(t)) for t in texts], read)
    assert again.lexicon == words.lexicon
    for typed in ("防", "fsp", "自ran", "风"):
        assert again.suggester.suggest(typed) == words.suggester.suggest(typed)
    for query in ("羽容服", "自然糖面霜", "iphnoe", "复古风衣"):
        assert again.speller.correct(query) == words.speller.correct(query)


def test_a_missing_part_is_named(words: ShopWords) -> None:
    parts = {"speller": words.arrays()["speller"]}
    with pytest.raises(DataError, match=r"indexes/shop: no 'suggester'"):
        ShopWords.from_parts(words.lexicons(), parts, "indexes/shop")


def test_without_queries() -> None:
    assert ShopWords.build(_catalog()).suggester.suggest("自然")[0].text == "自然堂"


def test_sample_is_spread() -> None:
    texts = [str(i) for i in range(10)]
    assert sample(texts, 4) == ["0", "3", "6", "9"]
    assert sample(texts, 20) == texts
    assert sample([], 3) == []
