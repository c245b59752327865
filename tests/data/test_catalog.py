"""Catalogs: cleaned, with a reason for every row that does not get through."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.data import catalog
from semrec.data.catalog import COLUMNS, Catalog
from semrec.errors import EmptyFile, MissingColumn, NoValidRows, UnknownColumn


def frame(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns)


def test_full_catalog_keeps_what_is_right() -> None:
    shop, rejects = catalog.load(
        frame(
            item_id=["p1", "p2"],
            title=["<b>口红</b> 正红", "面膜"],
            brand=["完美日记", None],
            price=["¥1,299.00", ""],
            stock=[3, 0],
            attributes=[{"色号": ["正红", "豆沙"]}, "功效:补水;规格:5片"],
            created_at=["2024-05-01", None],
            颜色=["红", "白"],
            sales=["12", ""],
        )
    )
    assert len(rejects) == 0
    assert list(shop.frame.columns) == [*COLUMNS, "颜色", "sales"]
    assert shop.items.ids.tolist() == shop.frame["item_id"].tolist() == ["p1", "p2"]
    assert shop.texts("title") == ["口红 正红", "面膜"]
    assert shop.texts("brand") == ["完美日记", ""]
    assert shop.texts("description") == ["", ""]
    np.testing.assert_array_equal(shop.frame["price"], [1299.0, np.nan])
    np.testing.assert_array_equal(shop.frame["sales"], [12.0, np.nan])
    assert shop.attributes_of(0) == {"色号": "正红, 豆沙"}
    assert shop.attributes_of(1) == {"功效": "补水", "规格": "5片"}
    assert shop.frame["created_at"].tolist()[0] == pd.Timestamp("2024-05-01")
    assert shop.frame["created_at"].isna().tolist() == [False, True]


def test_attribute_columns() -> None:
    shop, _ = catalog.load(
        frame(item_id=[1, 2, 3], title=list("abc"), attributes=["a:1;b:2", "b:3", ""])
    )
    assert shop.attribute_names() == ["b", "a"]
    values = shop.attribute("b")
    assert values is not None
    assert values.tolist() == ["2", "3", ""]
    assert shop.attribute("c") is None
    assert shop.attributes_of(2) == {}


def test_rows_set_aside_and_values_cleared() -> None:
    shop, rejects = catalog.load(
        frame(
            item_id=["p1", "", "p3", "p1", "p5"],
            title=["口红", "面膜", " ", "重复", "精华"],
            price=["-1", "1", "1", "1", "免费"],
            attributes=["乱写", "", "", "", ""],
        )
    )
    assert shop.items.ids.tolist() == ["p1", "p5"]
    assert shop.texts("title") == ["口红", "精华"]
    assert shop.frame["price"].isna().all()
    found = {(e.row, e.column, e.value, e.kept) for e in rejects.entries}
    assert found == {
        (1, "item_id", "", False),
        (2, "title", "", False),
        (3, "item_id", "p1", False),
        (0, "price", "-1", True),
        (4, "price", "免费", True),
        (0, "attributes", "乱写", True),
    }
    assert rejects.set_aside == 3


def test_latest_row_of_an_item_wins_with_updated_at() -> None:
    shop, rejects = catalog.load(
        frame(
            item_id=["a", "b", "a", "a", "b"],
            title=["旧", "乙", "新", "中", "乙"],
            update=["2016/11/5", "2016/11/14", "2016/11/14", "2016/11/9", "2016/11/14"],
        ),
        columns={"updated_at": "update"},
    )
    assert shop.items.ids.tolist() == ["b", "a"]
    assert shop.texts("title") == ["乙", "新"]
    assert (len(rejects), rejects.merged) == (0, 3)
    assert "3 older rows" in rejects.summary()[0]


def test_chinese_headers_are_understood_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes("商品编号,商品名称,价格,品牌\n1,口红,99元,花西子\n".encode("gb18030"))
    shop, rejects = catalog.load(path)
    assert shop.frame.loc[0, ["item_id", "title", "price", "brand"]].tolist() == [
        "1",
        "口红",
        99.0,
        "花西子",
    ]
    assert f"{path}: column 'title' is read from '商品名称'" in rejects.notes
    assert len(rejects.notes) == 4


def test_mapped_column_wins_over_the_equal_and_the_alias() -> None:
    shop, rejects = catalog.load(
        frame(sku=["s1"], item_id=["i1"], title=["甲"], 标题=["乙"]),
        columns={"item_id": "sku", "title": "标题"},
    )
    assert shop.items.ids.tolist() == ["s1"]
    assert shop.texts("title") == ["乙"]
    assert rejects.notes == []


def test_one_of_their_columns_may_serve_twice() -> None:
    shop, _ = catalog.load(
        frame(id=["x"], name=["口红"]), columns={"title": "name", "description": "name"}
    )
    assert shop.texts("title") == shop.texts("description") == ["口红"]


def test_exact_name_wins_over_alias_and_alias_stays_as_own_column() -> None:
    shop, _ = catalog.load(frame(id=["x"], item_id=["i1"], title=["甲"], name=["乙"]))
    assert shop.items.ids.tolist() == ["i1"]
    assert shop.texts("name") == ["乙"]


def test_own_columns_become_numbers_only_if_they_are() -> None:
    shop, _ = catalog.load(
        frame(
            item_id=[1, 2],
            title=["甲", "乙"],
            n=["1", "2.5"],
            code=["007", "8"],
            long=["6123456789012345678", "1"],
            mixed=["1", "x"],
            tags=[["新", "热"], []],
            flag=[True, False],
        )
    )
    assert shop.frame["n"].tolist() == [1.0, 2.5]
    assert shop.frame["code"].tolist() == ["007", "8"]
    assert shop.frame["long"].tolist() == ["6123456789012345678", "1"]
    assert shop.frame["mixed"].tolist() == ["1", "x"]
    assert shop.frame["tags"].tolist() == ["新, 热", ""]
    assert shop.frame["flag"].tolist() == [True, False]


def test_columns_of_other_types(tmp_path: Path) -> None:
    source = pd.DataFrame(
        {
            "item_id": pd.Categorical([1, 2]),
            "title": pd.array(["甲", "乙"], dtype="string"),
            "price": [Decimal("9.90"), None],
            "stock": pd.array([3, None], dtype="Int64"),
            "kind": pd.Categorical(["a", None]),
            "grade": pd.array([1, None], dtype="Int64"),
            "born": pd.to_datetime(["2024-05-01", None]),
            "box": [{"b": 1, "a": 2}, None],
        }
    )
    shop, rejects = catalog.load(source)
    assert len(rejects) == 0
    assert shop.items.ids.tolist() == ["1", "2"]
    np.testing.assert_array_equal(shop.frame["price"], [9.9, np.nan])
    np.testing.assert_array_equal(shop.frame["stock"], [3.0, np.nan])
    assert shop.texts("kind") == ["a", ""]
    assert shop.texts("grade") == ["1", ""]
    assert shop.texts("box") == ['{"a": 2, "b": 1}', ""]
    assert shop.frame["born"].iloc[0] == pd.Timestamp("2024-05-01")
    source.drop(columns="box").to_parquet(tmp_path / "c.parquet")
    again, rejects = catalog.load(tmp_path / "c.parquet")
    assert len(rejects) == 0
    pd.testing.assert_frame_equal(again.frame[list(COLUMNS)], shop.frame[list(COLUMNS)])


def test_emoji_cut_in_half(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    record = r'{"item_id": "\ud83dp1", "title": "口红\ud83d", "price": "\ud83d", "x": ["\ud83d"]}'
    path.write_text(record, encoding="utf-8")
    shop, rejects = catalog.load(path)
    rejects.write(tmp_path / "rejects.csv")
    shop.to_parquet(tmp_path / "c.parquet")
    assert shop.frame.loc[0, ["item_id", "title", "x"]].tolist() == ["p1", "口红", ""]


def test_parquet_round_trip(tmp_path: Path) -> None:
    shop, _ = catalog.load(
        frame(
            item_id=["p1", "p2"],
            title=["口红", "面膜"],
            price=[1.5, None],
            created_at=["2024-05-01", None],
            attributes=["a:1", ""],
            sales=["1", "2"],
        )
    )
    shop.to_parquet(tmp_path / "catalog.parquet")
    back = Catalog.from_parquet(tmp_path / "catalog.parquet")
    pd.testing.assert_frame_equal(back.frame, shop.frame)
    assert back.items.row("p2") == 1


def test_missing_column_shows_near_names() -> None:
    with pytest.raises(MissingColumn, match=r"'title' is missing; present: titel"):
        catalog.load(frame(item_id=["a"], titel=["x"]))
    with pytest.raises(MissingColumn, match=r"column '价钱' \(for 'price'\) is missing"):
        catalog.load(frame(item_id=["a"], title=["x"]), columns={"price": "价钱"})


def test_nothing_valid_and_nothing_at_all(tmp_path: Path) -> None:
    with pytest.raises(NoValidRows, match="none of 2 rows is valid; the first: row 0: item_id"):
        catalog.load(frame(item_id=["", ""], title=["a", "b"]))
    ragged = tmp_path / "c.csv"
    ragged.write_text("item_id,title\na\nb\n", encoding="utf-8")
    with pytest.raises(NoValidRows, match="none of 2 rows is valid; the first: row 2"):
        catalog.load(ragged)
    with pytest.raises(EmptyFile):
        catalog.load(frame(item_id=[], title=[]))


def test_unknown_text_column() -> None:
    shop, _ = catalog.load(frame(item_id=["a"], title=["x"]))
    with pytest.raises(UnknownColumn, match="titel"):
        shop.texts("titel")


cell = st.sampled_from(["", "a", "b", "c", " a ", "<p>", "nan", "口红"])


@settings(deadline=None)
@given(st.lists(st.tuples(cell, cell, st.sampled_from(["", "1", "-1", "x"])), min_size=1))
def test_no_row_vanishes(rows: list[tuple[str, str, str]]) -> None:
    source = pd.DataFrame(rows, columns=["item_id", "title", "price"])
    try:
        shop, rejects = catalog.load(source)
    except NoValidRows as error:
        assert f"none of {len(rows)} rows" in str(error)
        return
    assert len(shop) + rejects.set_aside == len(rows)
    assert all(shop.texts("title"))
    assert len(set(shop.items.ids)) == len(shop)
    cleared = [e.row for e in rejects.entries if e.kept]
    assert all(rows[row][2] in ("-1", "x") for row in cleared)


@pytest.mark.data
@pytest.mark.parametrize(
    ("path", "items"),
    [
        ("product-search/catalog.csv", 14_507),
        ("openbg-products/products.jsonl", 2_449),
        ("taobao-beauty/taobao_beauty_1111.csv", 3_497),
        ("litemall-yanxuan/goods.jsonl", 239),
        ("amazon-cn-ratings/products.tsv", 96),
    ],
)
def test_real_catalogs_come_through_whole(data_dir: Path, path: str, items: int) -> None:
    shop, rejects = catalog.load(data_dir / path)
    assert len(shop) == items
    assert len(rejects) == 0
    assert all(shop.texts("title"))


@pytest.mark.data
def test_beauty_keeps_the_latest_price(data_dir: Path) -> None:
    path = data_dir / "taobao-beauty/taobao_beauty_1111.csv"
    raw = pd.read_csv(path)
    raw["day"] = pd.to_datetime(raw["update_time"], format="%Y/%m/%d")
    newest = raw.sort_values("day", kind="stable").groupby("id")["day"].max()
    shop, rejects = catalog.load(path, {"updated_at": "update_time", "brand": "店名"})
    assert rejects.merged == len(raw) - len(shop)
    by_id = shop.frame.set_index("item_id")
    assert (by_id["updated_at"].loc[newest.index] == newest).all()
    prices = raw.set_index(["id", "day"])["price"].sort_index()
    for item in by_id.index[::200]:
        legal = np.atleast_1d(prices.loc[(item, newest[item])])
        assert by_id.loc[item, "price"] in legal


@pytest.mark.data
def test_openbg_attributes(data_dir: Path) -> None:
    path = data_dir / "openbg-products/products.jsonl"
    shop, _ = catalog.load(path)
    first = json.loads(path.read_text(encoding="utf-8").split("\n", 1)[0])
    assert shop.attributes_of(0)["净含量"] == ", ".join(first["attributes"]["净含量"])
    assert (shop.frame["brand"] != "").sum() == 2_261
