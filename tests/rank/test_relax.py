import pytest

from semrec.rank.relax import relax
from semrec.rank.relevance import Relevance

TITLES = ["美工刀片 大号 加厚 10片装", "裁纸刀 刀片 18mm 工业级"]


@pytest.fixture(scope="module")
def relevance() -> Relevance:
    return Relevance()


def test_the_piece_that_stands_in_the_way_is_named(relevance: Relevance) -> None:
    found = relax(relevance, relevance.reader, "泰阳 美工刀片", TITLES, min_score=0.45)
    assert found is not None
    assert (found.condition, found.query) == ("泰阳", "美工刀片")
    assert found.then >= 0.45 > found.best
    assert str(found) == "没有很合适的商品；去掉“泰阳”，可以看看“美工刀片”。"


def test_the_product_itself_is_no_condition(relevance: Relevance) -> None:
    assert relax(relevance, relevance.reader, "加厚 羽绒服", TITLES, min_score=0.45) is None


def test_a_price_is_not_looked_for_in_titles(relevance: Relevance) -> None:
    plain, priced = relevance.probabilities("美工刀片", TITLES), "20元以内的美工刀片"
    assert relevance.probabilities(priced, TITLES) == pytest.approx(plain, abs=0.05)
    cheap = relevance.probabilities("便宜的美工刀片", TITLES)
    assert cheap == pytest.approx(plain, abs=0.05)
    assert relax(relevance, relevance.reader, priced, TITLES) is None


def test_nothing_to_give_up(relevance: Relevance) -> None:
    assert relax(relevance, relevance.reader, "挖掘机", TITLES) is None
    assert relax(relevance, relevance.reader, "美工刀片", []) is None
