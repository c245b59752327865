"""A search whose first candidates are read again: by features, and by a real cross-encoder."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import semrec
from semrec.config import RerankConfig
from semrec.errors import ConfigError, ModelNotFound


@pytest.fixture(scope="module")
def engine() -> semrec.Engine:
    shop = semrec.datasets.load_sample()
    return semrec.Engine.build(shop.catalog, shop.events, shop.reviews)


def by_settings(engine: semrec.Engine, **settings: object) -> semrec.Engine:
    config = engine.shop.config
    return engine.with_config(config.model_copy(update={"rerank": RerankConfig(**settings)}))


def test_the_first_are_put_in_another_order_and_the_rest_stay(engine: semrec.Engine) -> None:
    plain = engine.search("保温杯 大容量", k=40).item_ids
    read = by_settings(engine, model="features", depth=10).search("保温杯 大容量", k=40).item_ids
    assert set(read[:10]) == set(plain[:10])
    assert read[:10] != plain[:10]
    assert read[10:] == plain[10:]
    assert engine.search("保温杯 大容量", k=40, rerank="none").item_ids == plain


def test_scores_fall_and_are_probabilities(engine: semrec.Engine) -> None:
    found = engine.search("蓝牙耳机", k=80, rerank="features")
    scores = np.array([hit.score for hit in found])
    assert (np.diff(scores) <= 0).all()
    assert scores[0] > 0.5 > scores[-1] >= 0
    assert found[0].raw["reranker"] == pytest.approx(scores[0])
    assert "耳机" in found[0].title
    assert found[0].reason


def test_an_explanation_tells_what_the_second_look_changed(engine: semrec.Engine) -> None:
    reading = by_settings(engine, model="features")
    first = reading.search("蓝牙耳机", k=1)[0]
    told = reading.explain(first.item_id, "蓝牙耳机")
    assert told.rank == 1
    assert told.score == pytest.approx(first.score, abs=1e-4)
    assert sum(told.parts.values()) == pytest.approx(told.score, abs=1e-4)
    assert told.parts["reranker"] != 0
    assert "精排" in str(told)


def test_settings_name_the_reranker_and_a_question_may_overrule_them(
    engine: semrec.Engine,
) -> None:
    reading = by_settings(engine, model="features")
    query = "儿童雨衣"
    assert reading.search(query).item_ids == engine.search(query, rerank="features").item_ids
    assert reading.search(query, rerank="none").item_ids == engine.search(query).item_ids


def test_a_cross_encoder_from_a_folder_reads_pairs(
    engine: semrec.Engine, tmp_path: Path, save_cross_encoder: Callable[[Path, int], Path]
) -> None:
    folder = save_cross_encoder(tmp_path / "tiny", 1)
    reading = by_settings(engine, model=str(folder), depth=5)
    plain, read = engine.search("蓝牙耳机", k=8), reading.search("蓝牙耳机", k=8)
    assert set(read.item_ids[:5]) == set(plain.item_ids[:5])
    assert all("reranker" in hit.signals for hit in read[:5])
    assert not any("reranker" in hit.signals for hit in read[5:])


def test_what_cannot_rerank_is_refused(engine: semrec.Engine) -> None:
    with pytest.raises(ModelNotFound, match="no-such-model"):
        engine.search("耳机", rerank="./no-such-model")
    with pytest.raises(ConfigError, match=r"rerank\.depth"):
        semrec.Config.of({"rerank": {"depth": 0}})
    assert engine.info()["config"]["rerank"] == {"model": "none", "depth": 50}
