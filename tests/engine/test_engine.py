import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import semrec
from semrec.errors import (
    IndexCorrupt,
    IndexMismatch,
    InvalidArgument,
    NotAnIndex,
    UnknownColumn,
    UnknownItem,
    UnknownValue,
)


def kinds(results: semrec.Results) -> set[str]:
    return {item_id[:-1] for item_id in results.item_ids}


def test_search_finds_the_kind(engine: semrec.Engine) -> None:
    results = engine.search("猫粮", k=5)
    assert kinds(results) == {"猫粮"}
    assert [hit.rank for hit in results] == [1, 2, 3, 4, 5]
    assert all(a.score >= b.score for a, b in pairwise(results))
    assert {"lexical", "dense"} <= set(results[0].signals)
    assert "猫粮" in results[0].reason
    assert results[0].title in engine.shop.catalog.texts("title")


def test_search_knows_the_person(engine: semrec.Engine) -> None:
    def mean_rank(results: semrec.Results) -> float:
        return float(np.mean([hit.rank for hit in results if hit.item_id.startswith("洗面奶")]))

    lover = engine.search("家用", user="u3", k=40)
    assert mean_rank(lover) < mean_rank(engine.search("家用", k=40))
    assert engine.search("家用", user="stranger", k=5) == engine.search("家用", k=5)
    assert "user" in lover[0].signals


def test_one_leg_alone(engine: semrec.Engine) -> None:
    assert set(engine.search("帐篷", using="lexical")[0].signals) == {"lexical"}
    assert set(engine.search("帐篷", using="dense")[0].signals) == {"dense"}
    with pytest.raises(InvalidArgument, match="legal: blend, lexical, dense"):
        engine.search("帐篷", using="magic")  # type: ignore[arg-type]


def test_reviews_are_searched(engine: semrec.Engine) -> None:
    assert engine.search("生日礼物", using="lexical").item_ids[0] == "帐篷2"


def test_filters_hold(engine: semrec.Engine) -> None:
    filters = {"category": "宠物", "price": (None, 30), "颜色": "红"}
    results = engine.search("家用", k=10, filters=filters)
    assert set(results.item_ids) == {"猫粮0", "猫粮2", "猫砂0", "猫砂2"}
    assert "只有 4 个" in results.notes[0]
    for answer in (
        engine.recommend("u3", filters=filters),
        engine.similar("面霜0", filters=filters),
        engine.recommend(filters=filters),
    ):
        assert set(answer.item_ids) <= set(results.item_ids)


def test_recommend_follows_the_taste(engine: semrec.Engine) -> None:
    seen = set(engine.shop.catalog.items.ids[engine.shop.history_of("u2").indices])  # type: ignore[union-attr]
    results = engine.recommend("u2", k=3)
    assert results.item_ids[0].startswith("面霜")
    assert not seen & set(engine.recommend("u2", k=40).item_ids)
    assert seen <= set(engine.recommend("u2", k=40, exclude_seen=False).item_ids)
    assert "「" in results[0].reason


def test_strangers_get_what_is_popular_now(engine: semrec.Engine) -> None:
    nobody = engine.recommend(k=3)
    assert nobody.item_ids[0] == "雨伞4", "recent clicks count more than old ones"
    stranger = engine.recommend("谁", k=3)
    assert stranger.item_ids == nobody.item_ids
    assert "没有该用户的行为记录" in stranger.notes[0]


def test_similar_is_of_the_kind_and_not_itself(engine: semrec.Engine) -> None:
    results = engine.similar("帐篷1", k=4)
    assert kinds(results) == {"帐篷"}
    assert "帐篷1" not in results.item_ids


def test_bundle_is_bought_together_and_not_alike(engine: semrec.Engine) -> None:
    results = engine.bundle("猫粮0")
    assert results.item_ids[0] == "猫砂0"
    assert "12 次一起购买" in results[0].reason
    cold = engine.bundle("耳机4")
    assert len(cold) == 0 or "一起购买" not in cold[0].reason


def test_a_shop_without_behaviour_still_answers(encoder: object, catalog: pd.DataFrame) -> None:
    engine = semrec.Engine.build(catalog)
    assert engine.search("猫粮", user="u1", k=3).item_ids
    assert len(engine.recommend("u1")) == 0 or engine.recommend("u1").item_ids
    assert len(engine.bundle("猫粮0")) == 0
    assert kinds(engine.similar("猫粮0", k=3)) == {"猫粮"}


@pytest.mark.parametrize(
    "query", ["", "   ", "\u3000", "\x00", "<b></b>", "😀", "%_*?[", "！！！。。"]
)
def test_empty_queries_get_an_empty_answer(engine: semrec.Engine, query: str) -> None:
    results = engine.search(query)
    assert len(results) == 0
    assert "空的搜索词" in results.notes[0]


@pytest.mark.parametrize(
    "query",
    [
        *("猫", "貓糧 猫粮", "a" * 10_000, "猫粮" * 5_000, "' OR 1=1 --"),
        *("<script>猫粮</script>", "\ud800猫粮", "שלום", "\u202e粮猫"),
    ],
)
def test_odd_queries_are_answered(engine: semrec.Engine, query: str) -> None:
    results = engine.search(query, k=3)
    assert len(results) == 3
    json.dumps(results.to_dict())
    if len(query) == 10_000:
        assert "过长" in results.notes[0]


def test_wrong_arguments_are_named(engine: semrec.Engine) -> None:
    for k in (-1, 2.5, "3", True, None):
        with pytest.raises(InvalidArgument, match="k = "):
            engine.search("猫粮", k=k)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="query = None"):
        engine.search(None)  # type: ignore[arg-type]
    for ask in (engine.similar, engine.bundle):
        with pytest.raises(UnknownItem, match=r"'猫粮9'.*猫粮"):
            ask("猫粮9")
    with pytest.raises(UnknownValue, match=r"category = '宠务'.*宠物"):
        engine.search("猫粮", filters={"category": "宠务"})
    with pytest.raises(UnknownColumn, match="colour"):
        engine.recommend(filters={"colour": "红"})


def test_k_of_zero_and_more_than_the_shop(engine: semrec.Engine) -> None:
    assert len(engine.search("猫粮", k=0)) == 0
    results = engine.search("猫粮", k=1_000)
    assert len(results) == 40
    assert "要 1000 个" in results.notes[0]


def test_saved_and_loaded_answers_are_equal(engine: semrec.Engine, tmp_path: Path) -> None:
    engine.save(tmp_path / "shop")
    loaded = semrec.Engine.load(tmp_path / "shop")
    assert loaded.search("猫粮 大号", user="u3") == engine.search("猫粮 大号", user="u3")
    assert loaded.recommend("u3") == engine.recommend("u3")
    assert loaded.recommend() == engine.recommend()
    assert loaded.similar("帐篷1") == engine.similar("帐篷1")
    assert loaded.bundle("猫粮0") == engine.bundle("猫粮0")
    assert loaded.info() == engine.info()


def test_rejects_are_written(encoder: object, catalog: pd.DataFrame, tmp_path: Path) -> None:
    frame = pd.concat([catalog, catalog.head(1)])
    engine = semrec.Engine.build(frame)
    engine.save(tmp_path / "shop")
    rejects = pd.read_csv(tmp_path / "shop" / "rejects.csv")
    assert rejects["value"].tolist() == ["猫粮0"]
    assert "repeated item id" in rejects["reason"][0]


def test_another_model_is_refused(engine: semrec.Engine, tmp_path: Path) -> None:
    engine.save(tmp_path / "shop")
    with pytest.raises(IndexMismatch, match=r"fingerprint of grams.*fingerprint of other"):
        semrec.Engine.load(tmp_path / "shop", model="other")


def test_a_truncated_file_is_named(engine: semrec.Engine, tmp_path: Path) -> None:
    engine.save(tmp_path / "shop")
    file = next((tmp_path / "shop").glob("g-*/dense.faiss"))
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(IndexCorrupt, match=r"dense\.faiss: 100 bytes"):
        semrec.Engine.load(tmp_path / "shop")
    with pytest.raises(NotAnIndex):
        semrec.Engine.load(tmp_path)


def test_settings_come_from_anywhere(
    encoder: object, catalog: pd.DataFrame, events: pd.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "shop.toml"
    path.write_text("[blend.recommend]\nuser = 0.0\ncontent = 0.0\n", encoding="utf-8")
    engine = semrec.Engine.build(catalog, events, config=path)
    assert engine.recommend("u2").item_ids[0] == "雨伞4"
    named = semrec.Engine.build(catalog, config={"collab": {"neighbours": 7}})
    assert named.shop.config.collab.neighbours == 7
    with pytest.raises(semrec.SemrecError, match=r"collab\.neighbors"):
        semrec.Engine.build(catalog, config={"collab": {"neighbors": 7}})


def test_history_fades(engine: semrec.Engine) -> None:
    row = engine.shop.users.row("old0")
    assert engine.shop.history[row].sum() < 1e-6 * np.float32(1e3)
