"""A query is searched with other names of its brand, and with nothing else that looks like one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from semrec.config import LexicalConfig
from semrec.data.catalog import load as load_catalog
from semrec.index.dense import DenseIndex
from semrec.index.lexical import LexicalIndex
from semrec.query_tools import QueryTools
from semrec.rank.retrieve import Source
from semrec.text.lexicon import Lexicon
from semrec.text.shop_words import ShopWords

TITLES = ["CHANDO 雪域面霜", "自然堂 洁面乳", "豆袋椅 小户型", "懒人沙发 单人", "粟麦 黄小米 五谷"]
MINED = Lexicon(
    products={"面霜": 1.0, "懒人沙发": 1.0, "黄小米": 1.0},
    brands={"chando": "自然堂", "自然堂": "自然堂", "小米": "小米"},
    synonyms={"自然堂": ("chando",), "chando": ("自然堂",), "小米": ("xiaomi",)},
)
OWN = Lexicon(synonyms={"懒人沙发": ("豆袋椅",), "豆袋椅": ("懒人沙发",)})


@pytest.fixture(scope="module")
def tools() -> QueryTools:
    frame = pd.DataFrame({"item_id": [f"i{n}" for n in range(len(TITLES))], "title": TITLES})
    catalog = load_catalog(frame)[0]
    words = replace(ShopWords.build(catalog), mined=MINED, own=OWN)
    index = LexicalIndex.build({"title": TITLES}, words.segmenter.terms, LexicalConfig())
    dense = DenseIndex.build(np.eye(len(TITLES), dtype=np.float32))
    return QueryTools(catalog, index, dense, words.segmenter, words)


def _voice(tools: QueryTools, query: str) -> Source | None:
    return next((v for v in tools.plan(query).voices if v.name == "synonym"), None)


@pytest.mark.parametrize(
    ("query", "found", "note"),
    [
        ("CHANDO面霜", 1, "也按同义词找了：自然堂"),
        ("自然堂面霜", 0, "也按同义词找了：chando"),
    ],
)
def test_what_is_called_otherwise_is_found(
    tools: QueryTools, query: str, found: int, note: str
) -> None:
    voice = _voice(tools, query)
    assert voice is not None and voice.find is not None
    assert voice.find(5, None).rows.tolist() == [found]
    assert voice.score(np.arange(len(TITLES)))[found] == pytest.approx(1.0)
    assert note in tools.plan(query).notes
    mask = np.arange(len(TITLES)) != found
    assert len(voice.find(5, mask)) == 0


def test_own_synonyms_are_other_wordings_of_the_query(tools: QueryTools) -> None:
    plan = tools.plan("懒人沙发 单人")
    assert plan.wordings == ("懒人沙发 单人", "豆袋椅 单人")
    assert "也按同义词找了：豆袋椅" in plan.notes
    assert _voice(tools, "懒人沙发 单人") is None
    assert tools.plan("单人沙发").wordings == ("单人沙发",)


@pytest.mark.parametrize("query", ["黄小米", "chando 自然堂", "洁面乳", ""])
def test_without_another_name_there_is_no_voice(tools: QueryTools, query: str) -> None:
    assert _voice(tools, query) is None
    assert not any("同义词" in note for note in tools.plan(query).notes)
