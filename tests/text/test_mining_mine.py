from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from semrec.data.catalog import Catalog, load
from semrec.text.lexicon import Lexicon
from semrec.text.mining.candidates import count
from semrec.text.mining.labelled import read_labelled
from semrec.text.mining.mine import mine, mine_texts
from semrec.text.mining.scoring import score_spans
from semrec.text.spans import Span

TITLES = [
    "CHANDO/自然堂雪域保湿面霜 补水",
    "CHANDO/自然堂凝时修护乳液",
    "CHANDO/自然堂 控油洗面奶男",
    "纯棉短袖T恤男 夏季宽松",
    "加厚羽绒服女 中长款",
    "玻璃水杯 大容量",
]


def _catalog(**values: list[str]) -> Catalog:
    frame = {"item_id": [f"p{i}" for i in range(len(TITLES))], "title": TITLES}
    return load(pd.DataFrame({**frame, **values}))[0]


def _product(text: str, word: str, confidence: float = 1.0) -> Span:
    start = text.index(word)
    return Span(start, start + len(word), word, "product", word, "", confidence)


def test_titles_alone_give_product_words_and_linked_brands() -> None:
    lexicon = mine(_catalog())
    assert {"洗面奶", "羽绒服", "水杯"} <= lexicon.products.keys()
    assert lexicon.brands["chando"] == lexicon.brands["自然堂"] == "自然堂"
    assert lexicon.synonyms["chando"] == ("自然堂",)
    assert lexicon.categories == frozenset() and lexicon.attributes == {}


def test_columns_add_what_they_know_and_win() -> None:
    brand = ["CHANDO/自然堂", "CHANDO/自然堂", "CHANDO/自然堂", "", "", "杯语堂"]
    lexicon = mine(_catalog(brand=brand, category=["护肤"] * 6, attributes=["肤质:干性"] * 6))
    assert lexicon.brands["自然堂"] == "CHANDO/自然堂"
    assert lexicon.brand_confidence("杯语堂") == 1.0
    assert lexicon.categories == {"护肤"}
    assert lexicon.attributes == {"干性": ("肤质",)}
    found = [(s.kind, s.value) for s in lexicon.find("干性皮肤用的自然堂面霜")]
    assert ("attribute", "干性") in found and ("brand", "CHANDO/自然堂") in found


def test_queries_add_product_words() -> None:
    assert "电饭煲" not in mine_texts(TITLES).products
    assert "电饭煲" in mine_texts(TITLES, ["电饭煲", "电饭煲 迷你"]).products


def test_the_beginning_of_a_long_title_is_read() -> None:
    filling = "很好用的 " * 60
    found = mine_texts([f"不锈钢保温杯 {filling}电饭煲", f"新款保温杯 {filling}电饭煲"])
    assert "保温杯" in found.products
    assert "电饭煲" not in found.products


def test_confidence_is_the_share_of_occurrences_that_are_tagged() -> None:
    texts = ["卡通手机", "卡通手机壳", "手机支架"]
    tagged = [[_product(texts[0], "手机")], [_product(texts[1], "手机壳")], []]
    found = count(texts, tagged)
    # Tagged in one text, a mere part of 手机壳 in another, untagged in a third; prior 1/2.
    assert found.products["手机"] == pytest.approx(1.5 / 3)
    assert found.products["手机壳"] == pytest.approx(1.5 / 2)
    assert found.brands == {}


def test_unsure_tags_weigh_less() -> None:
    texts = ["卡通手机"]
    sure = count(texts, [[_product(texts[0], "手机")]]).products["手机"]
    unsure = count(texts, [[_product(texts[0], "手机", 0.4)]]).products["手机"]
    assert unsure < sure


def test_no_texts_give_an_empty_lexicon() -> None:
    assert mine_texts([]) == Lexicon()


@pytest.mark.data
def test_mined_words_reach_the_target_on_labelled_titles(data_dir: Path) -> None:
    folder = data_dir / "taobao-title-ner"
    dev = read_labelled(folder / "dev.jsonl")
    train = read_labelled(folder / "train.jsonl")
    lexicon = mine_texts(each.title for each in (*train, *dev))
    found = [[(s.start, s.end, s.kind) for s in lexicon.find(each.title)] for each in dev]
    gold = [each.spans for each in dev]
    assert score_spans(gold, found, "product").f1 >= 0.70
    assert score_spans(gold, found, "brand").f1 >= 0.60
