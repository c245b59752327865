from __future__ import annotations

import pandas as pd

from semrec.data.catalog import Catalog, load
from semrec.text.mining import columns


def _catalog(**values: list[str]) -> Catalog:
    count = len(next(iter(values.values())))
    frame = {"item_id": [f"p{i}" for i in range(count)], "title": ["商品"] * count}
    return load(pd.DataFrame({**frame, **values}))[0]


def test_brand_column_gives_every_name_of_a_brand() -> None:
    found = columns.brands(["CHANDO/自然堂", "骆驼（Camkids）", "", "其他"])
    assert found == {
        "chando/自然堂": "CHANDO/自然堂",
        "chando": "CHANDO/自然堂",
        "自然堂": "CHANDO/自然堂",
        "骆驼(camkids)": "骆驼（Camkids）",
        "骆驼": "骆驼（Camkids）",
        "camkids": "骆驼（Camkids）",
    }


def test_a_name_of_two_brands_belongs_to_the_more_frequent() -> None:
    assert columns.brands(["云台", "Yun/云台", "Yun/云台"])["云台"] == "Yun/云台"


def test_names_written_together_are_aliases() -> None:
    assert columns.aliases(["chando/自然堂", "禾器", "123/禾器"]) == [("chando", "自然堂")]
    assert columns.aliases(["禾器/禾器", "禾器/杯语堂/云台客/自然堂/苹果/小米"]) == []


def test_categories_of_all_levels_whole_and_in_parts() -> None:
    catalog = _catalog(category=["消费电子", "消费电子"], subcategory=["麦克风/话筒", ""])
    assert columns.categories(catalog) == {"消费电子", "麦克风/话筒", "麦克风", "话筒"}


def test_attribute_values_know_their_names_and_numbers_are_left_out() -> None:
    catalog = _catalog(
        attributes=["颜色:红色;材质:棉麻;型号:U3", "颜色分类:红色;声道:2", "颜色:红色;防水:是"]
    )
    assert columns.attributes(catalog) == {"红色": ("颜色", "颜色分类"), "棉麻": ("材质",)}
