import logging
from concurrent.futures import ThreadPoolExecutor

import jieba
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.text.alphanumeric import run_terms
from semrec.text.segment import Segmenter

segmenter = Segmenter()


def test_words_pairs_and_characters() -> None:
    terms = segmenter.terms("连衣裙夏季")
    assert {"连衣裙", "夏季", "连衣", "衣裙", "裙夏", "连", "裙"} <= set(terms)


def test_model_numbers_whole_and_in_parts() -> None:
    assert run_terms("iphone15") == ["iphone15", "iphone", "15", "~iphone"]
    assert run_terms("z62") == ["z62", "z", "62", "~z"]
    assert run_terms("500") == ["500"]
    assert "lx125/tk120" in segmenter.terms("踏板车 LX125/TK120 配件")
    assert "2.5kg" in segmenter.terms("猫粮2.5kg")


def test_width_and_case_do_not_matter() -> None:
    assert sorted(segmenter.terms("ＮＩＫＥ运动鞋")) == sorted(segmenter.terms("nike运动鞋"))


def test_shop_words_stay_whole() -> None:
    assert "雪见草" not in segmenter.terms("雪见草面霜")
    assert "雪见草" in Segmenter(["雪见草"]).terms("雪见草面霜")
    assert "雪见草" not in segmenter.terms("雪见草面霜"), "one segmenter's words leak into another"


def test_no_global_state_and_no_noise(capfd) -> None:
    level = jieba.default_logger.level
    Segmenter().terms("安静的分词")
    assert jieba.default_logger.level == level
    assert jieba.default_logger.level != logging.WARNING
    assert capfd.readouterr().err == ""
    assert not jieba.dt.initialized


def test_threads_agree() -> None:
    fresh = Segmenter()
    texts = ["保湿面霜敏感肌", "儿童雨靴防滑", "露营帐篷防潮垫"] * 20
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(fresh.terms, texts)) == [segmenter.terms(text) for text in texts]


@given(st.text(st.characters(), max_size=80))
@settings(deadline=None, max_examples=200)
def test_any_text_gives_clean_terms(text: str) -> None:
    for term in segmenter.terms(text):
        assert term
        assert term.strip() == term
