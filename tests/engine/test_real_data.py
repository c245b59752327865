"""The four real shops: what must hold on them, on slices that take seconds to a minute."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import semrec
from semrec.evaluate.files import read_qrels, read_queries
from semrec.evaluate.runs import evaluate_search

pytestmark = pytest.mark.data


def measure(engine: semrec.Engine, folder: Path, using: str) -> dict[str, float]:
    queries, qrels = read_queries(folder / "queries.csv"), read_qrels(folder / "qrels.csv")
    return evaluate_search(
        lambda query: engine.search(query, k=100, using=using).item_ids,  # type: ignore[arg-type]
        queries,
        qrels,
    )


def test_lexical_search_on_all_titles(data_dir: Path, encoder: object) -> None:
    folder = data_dir / "product-search"
    engine = semrec.Engine.build(folder / "catalog.csv")
    assert len(engine.shop.catalog) == 14_507
    report = measure(engine, folder, "lexical")
    assert report["queries"] == 114
    assert report["ndcg@10"] > 0.74
    assert report["recall@100"] > 0.94


def test_the_blend_beats_both_legs(data_dir: Path, tmp_path: Path) -> None:
    """Every positive title and a thousand others, with the true model."""
    folder = data_dir / "product-search"
    catalog = pd.read_csv(folder / "catalog.csv", dtype=str)
    positives = catalog["item_id"].isin(pd.read_csv(folder / "qrels.csv", dtype=str)["item_id"])
    others = catalog[~positives].sample(1_000, random_state=0)
    engine = semrec.Engine.build(pd.concat([catalog[positives], others]))
    ndcg = {
        name: measure(engine, folder, name)["ndcg@10"] for name in ("lexical", "dense", "blend")
    }
    assert ndcg["blend"] > max(ndcg["lexical"], ndcg["dense"])
    assert ndcg["blend"] > 0.9


def test_ratings_become_recommendations(data_dir: Path) -> None:
    folder = data_dir / "amazon-cn-ratings"
    engine = semrec.Engine.build(folder / "products.tsv", folder / "ratings.csv")
    assert len(engine.shop.catalog) == 96
    mouse = engine.similar("3982", k=2)
    assert all("鼠标" in hit.title for hit in mouse)
    assert "一起购买" in engine.bundle("160597", k=1)[0].reason
    known = str(engine.shop.users.ids[0])
    assert engine.recommend(known, k=5).item_ids != engine.recommend(k=5).item_ids
    assert "因为你关注过" in " ".join(hit.reason for hit in engine.recommend(known, k=5))


def test_attributes_filter(data_dir: Path, encoder: object) -> None:
    engine = semrec.Engine.build(data_dir / "openbg-products" / "products.jsonl")
    assert len(engine.shop.catalog) == 2_449
    results = engine.search("护肤", k=50, filters={"category": "美妆洗护", "功效": "补水"})
    assert len(results) >= 5
    for hit in results:
        row = engine.shop.catalog.items.row(hit.item_id)
        assert "补水" in engine.shop.catalog.attributes_of(row)["功效"]
        assert engine.shop.catalog.frame["category"].iat[row] == "美妆洗护"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_daily_rows_become_items_with_their_latest_price(
    data_dir: Path, encoder: object, tmp_path: Path, encoding: str
) -> None:
    path = data_dir / "taobao-beauty" / "taobao_beauty_1111.csv"
    text = path.read_text(encoding="utf-8-sig")
    (tmp_path / "beauty.csv").write_text(text, encoding=encoding)
    engine = semrec.Engine.build(tmp_path / "beauty.csv")
    frame = engine.shop.catalog.frame.set_index("item_id")
    assert len(frame) == 3_497
    days = pd.read_csv(path, dtype=str)
    days = days[days["id"] == "A18164178225"]
    newest = days.loc[pd.to_datetime(days["update_time"]).idxmax()]
    assert frame.at["A18164178225", "price"] == float(newest["price"])
    assert engine.rejects.set_aside == 0
    assert any("24,101 older rows" in line for line in engine.rejects.summary())
