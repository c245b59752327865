"""A hit's signals sum to its score, whatever was asked and by whatever rule."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

import semrec
from semrec.rank.rules import BASE
from semrec.results import Hit


def sums(hits: Iterable[Hit]) -> list[float]:
    return [sum(hit.signals.values()) for hit in hits]


def test_of_recommendations_similar_items_and_bundles(sample_engine: semrec.Engine) -> None:
    bundles = [*sample_engine.bundle("p0034", k=5), *sample_engine.bundle("p0798", k=5)]
    person, nobody = sample_engine.recommend("u0002", k=20), sample_engine.recommend(k=20)
    for hits in (person, nobody, sample_engine.similar("p0034", k=20), bundles):
        assert len(hits) >= 3
        assert sums(hits) == pytest.approx([hit.score for hit in hits], abs=1e-5)


@pytest.mark.parametrize("rule", ["log-odds", "fitted", "weighted", "ranks"])
def test_of_searches_by_every_rule(sample_engine: semrec.Engine, rule: str) -> None:
    settings = sample_engine.shop.config.model_dump()
    settings["blend"]["rule"] = rule
    asked = sample_engine.with_config(semrec.Config.from_dict(settings))
    nobody = asked.search("降噪耳机", k=30)
    person = asked.search("续航好的手机壳 100元以内", user="u0002", k=30)
    for hits in (nobody, person, asked.search("保湿面霜", k=20, rerank="features")):
        assert len(hits) >= 3
        assert sums(hits) == pytest.approx([hit.score for hit in hits], abs=1e-5)


def test_what_the_sources_said_is_there_too(sample_engine: semrec.Engine) -> None:
    hit = sample_engine.search("降噪耳机", "u0002", k=1)[0]
    assert hit.raw["lexical"] > 1 > hit.signals["lexical"] > 0
    assert set(hit.signals) - {BASE} <= set(hit.raw)
    assert hit.to_dict()["raw"].keys() == hit.raw.keys()
