from __future__ import annotations

import numpy as np

from semrec.embed.pairs import PseudoQueries, product_words

TITLES = ["不锈钢 保温杯 男士", "不锈钢 炒锅", "口红", "！！"]


def words(title: str) -> list[str]:
    return [word for word in title.split() if word != "！！"]


def drawn(row: int, times: int = 400, seed: int = 0) -> list[tuple[str, str]]:
    pseudo = PseudoQueries(TITLES, words)
    pairs = pseudo.draw(np.full(times, row), np.random.default_rng(seed))
    return [(pair.query, pair.title) for pair in pairs]


def test_a_query_is_made_of_words_of_its_title_in_their_order() -> None:
    legal = {
        "不锈钢", "保温杯", "男士", "不锈钢保温杯", "保温杯男士", "不锈钢男士", "不锈钢保温杯男士",
    }  # fmt: skip
    assert {query for query, _ in drawn(0)} == legal


def test_the_words_leave_half_of_the_titles() -> None:
    whole = sum(title == TITLES[0] for _, title in drawn(0))
    assert 150 < whole < 250
    for query, title in drawn(0):
        if title != TITLES[0]:
            assert not any(word in title for word in words(TITLES[0]) if word in query)


def test_rare_words_are_drawn_more_often() -> None:
    queries = [query for query, _ in drawn(1, 2000)]
    assert queries.count("炒锅") > 1.1 * queries.count("不锈钢")


def test_a_title_without_words_is_its_own_query() -> None:
    assert set(drawn(3)) == {("！！", "！！")}


def test_the_seed_decides() -> None:
    assert drawn(0, seed=1) == drawn(0, seed=1)
    assert drawn(0, seed=1) != drawn(0, seed=2)


def test_a_likely_query_ends_with_a_product_word() -> None:
    pseudo, rng = PseudoQueries(TITLES, words), np.random.default_rng(0)
    rows, products = np.zeros(200, np.int64), [["保温杯"]] * 200
    queries = pseudo.asked(rows, products, rng)
    assert set(queries) == {"保温杯", "不锈钢保温杯", "男士保温杯", "不锈钢男士保温杯"}
    assert queries.count("保温杯") < queries.count("不锈钢保温杯") + queries.count("男士保温杯")


def test_a_title_without_product_words_gives_a_usual_query() -> None:
    (query,) = PseudoQueries(TITLES, words).asked(np.array([2]), [[]], np.random.default_rng(0))
    assert query == "口红"


def test_the_tagger_says_what_a_title_sells() -> None:
    bottle, case, nothing = product_words(["男士 保温杯 水杯", "苹果15手机壳透明防摔", "！！"])
    assert bottle == ["保温杯", "水杯"]
    assert case == ["手机壳"]
    assert nothing == []
