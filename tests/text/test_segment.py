import logging
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.text.alphanumeric import run_terms
from semrec.text.segment import Segmenter, term_weight

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


def _send_terms(used: Segmenter, texts: list[str], results: Any) -> None:
    results.put([[used.terms(text) for text in texts], [Segmenter().terms(t) for t in texts]])


def test_works_after_a_fork() -> None:
    texts = ["保湿面霜敏感肌", "儿童雨靴防滑"]
    expected = [segmenter.terms(text) for text in texts]
    fork = multiprocessing.get_context("fork")
    results = fork.SimpleQueue()
    child = fork.Process(target=_send_terms, args=(segmenter, texts, results))
    child.start()
    assert results.get() == [expected, expected]
    child.join(10)
    assert child.exitcode == 0


@pytest.mark.parametrize("text", ["五百毫升", "0.5L", "500ML", "500 毫升"])
def test_equal_quantities_share_a_term(text: str) -> None:
    terms = segmenter.terms(f"洗发水{text}")
    assert "500ml" in terms
    assert "#ml" in terms


def test_gigabytes_written_short() -> None:
    assert "256gb" in segmenter.terms("手机8g+256g")
    assert "256gb" in segmenter.terms("手机 256GB")
    assert "#g" not in segmenter.terms("手机8g+256g")


def test_neighbours_join_but_quantities_do_not() -> None:
    assert {"iphone15", "~iphone", "promax"} <= set(segmenter.terms("iPhone 15 Pro Max"))
    assert "heynaofficial" in segmenter.terms("HEYNA_Official 中古")
    assert "max256gb" not in segmenter.terms("Pro Max 256GB")


def test_seller_noise_is_one_term_and_weighs_little() -> None:
    terms = segmenter.terms("官方旗舰店连衣裙包邮")
    assert {"官方旗舰店", "包邮", "连衣裙"} <= set(terms)
    assert not {"邮", "旗", "店连"} & set(terms)
    assert term_weight("包邮") < term_weight("裙")


def test_kinds_of_terms() -> None:
    assert term_weight("#ml") < 0
    assert term_weight("~iphone") < 0
    assert 0 < term_weight("连衣裙") < term_weight("裙")
    assert term_weight("iphone15") == term_weight("裙")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "裙",
        "连衣裙" * 4000,
        "😀🎉",
        "'; DROP TABLE x; --<script>",
        "שלום عربى",
        "\ud800裙\udfff",
    ],
)
def test_hostile_texts_answer(text: str) -> None:
    terms = segmenter.terms(text)
    assert all(terms)
    assert ("裙" in terms) == ("裙" in text)
