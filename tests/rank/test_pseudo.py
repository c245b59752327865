from __future__ import annotations

import numpy as np
import pytest

from semrec.rank import log_odds, pseudo
from semrec.rank.reading import Reader
from semrec.rank.relax import relax
from semrec.rank.relevance import Relevance
from semrec.rank.retrieve import Source
from semrec.types import Hits

_THINGS = ("保温杯", "羽毛球拍", "电风扇", "双肩包", "吹风机", "台灯")
_LOOKS = ("红色", "黑色", "大容量", "便携", "家用", "儿童")
_TITLES = [f"{look}{thing}新款包邮" for look in _LOOKS for thing in _THINGS]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def _sources(text: str, said: str) -> list[Source]:
    """Words count shared characters of what is said, meaning those of the whole query."""

    def shared(query: str) -> np.ndarray:
        return np.array([len(set(query) & set(title)) for title in _TITLES], np.float32)

    def source(name: str, query: str) -> Source:
        scores = shared(query)
        every = np.arange(len(_TITLES))
        return Source(name, lambda rows: scores[rows], lambda k, _: Hits(every, scores).top(k))

    return [source("lexical", said), source("dense", text)]


def test_queries_are_made_of_their_titles(reader: Reader) -> None:
    made = pseudo.pseudo_queries(_TITLES, reader, 20, seed=1)
    assert len(made) == 20
    for query in made:
        assert all(word in _TITLES[query.row] for word in query.text.split())
        assert set(query.said.split()) <= set(query.text.split())
        assert query.said
    assert made == pseudo.pseudo_queries(_TITLES, reader, 20, seed=1)


def test_what_titles_leave_unsaid_moves_weight_from_words_to_meaning(reader: Reader) -> None:
    shares = []
    for unsaid in (0.0, 0.9):
        made = pseudo.pseudo_queries(_TITLES, reader, 36, unsaid=unsaid, seed=2)
        blend = log_odds.fit(pseudo.samples(made, _sources))
        lexical, dense = (blend.voices[name].weight for name in ("lexical", "dense"))
        shares.append(dense / (dense + lexical))
    assert shares[1] > shares[0] + 0.1


def test_the_condition_that_nothing_meets_is_named(reader: Reader) -> None:
    relevance = Relevance(reader=reader)
    titles = ["佳能90D单反相机套机", "佳能90D相机专业高清"]
    found = relax(relevance, reader, "佳能80d相机", titles, min_score=0.6)
    assert found is not None
    assert found.condition == "80d"
    assert found.then > found.best
    assert str(found) == "没有很合适的商品；去掉“80d”，可以看看“佳能 相机”。"


def test_nothing_is_relaxed_where_something_fits(reader: Reader) -> None:
    relevance = Relevance(reader=reader)
    assert relax(relevance, reader, "佳能90d相机", ["佳能90D相机专业高清"]) is None
    assert relax(relevance, reader, "佳能80d相机", []) is None
