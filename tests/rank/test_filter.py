import numpy as np
import pandas as pd
import pytest

from semrec.data import catalog
from semrec.errors import InvalidArgument, UnknownColumn, UnknownValue
from semrec.rank.filter import allowed_rows

FRAME = pd.DataFrame(
    {
        "item_id": list("abcd"),
        "title": ["甲", "乙", "丙", "丁"],
        "category": ["美妆>面膜", "美妆|口红", "食品", ""],
        "price": [99.0, 500.0, np.nan, 10.0],
        "attributes": [{"颜色": ["红", "蓝"]}, {"颜色": "红"}, {"产地": "杭州"}, None],
        "created_at": ["2026-01-01", "2026-06-01", "2026-09-01", None],
        "shop": ["一店", "二店", "一店", "一店"],
    }
)
CATALOG, _ = catalog.load(FRAME)


def ids(filters: dict[str, object]) -> str:
    mask = allowed_rows(CATALOG, filters)
    assert mask is not None
    return "".join(CATALOG.items.ids[mask])


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"category": "食品"}, "c"),
        ({"category": "美妆"}, "ab"),
        ({"category": "美妆>面膜"}, "a"),
        ({"category": ["口红", "食品"]}, "bc"),
        ({"price": (None, 500)}, "abd"),
        ({"price": (50, None)}, "ab"),
        ({"price": ("50", "100.5")}, "a"),
        ({"price": 10}, "d"),
        ({"price": (None, None)}, "abd"),
        ({"颜色": "红"}, "ab"),
        ({"attributes.颜色": "蓝"}, "a"),
        ({"shop": "一店", "price": (None, 50)}, "d"),
        ({"created_at": ("2026-02-01", None)}, "bc"),
    ],
)
def test_filters(filters: dict[str, object], expected: str) -> None:
    assert ids(filters) == expected


def test_no_filter() -> None:
    assert allowed_rows(CATALOG, None) is None
    assert allowed_rows(CATALOG, {}) is None


def test_unknown_column_shows_legal_ones() -> None:
    with pytest.raises(UnknownColumn, match=r"'pric'.*legal: price"):
        allowed_rows(CATALOG, {"pric": 1})
    with pytest.raises(UnknownColumn, match=r"column 1; legal: item_id"):
        allowed_rows(CATALOG, {1: 2})


def test_unknown_value_shows_near_ones() -> None:
    with pytest.raises(UnknownValue, match=r"category = '食物'.*食品"):
        allowed_rows(CATALOG, {"category": "食物"})


@pytest.mark.parametrize(
    "filters",
    [
        {"price": ("贵", None)},
        {"price": (1, 2, 3)},
        {"price": (5, 1)},
        {"title": (1, 2)},
        {"created_at": ("昨天", None)},
        {"price": (float("nan"), 100)},
        {"price": (None, 10**400)},
        {"created_at": (float("nan"), None)},
    ],
)
def test_illegal_bounds(filters: dict[str, object]) -> None:
    with pytest.raises(InvalidArgument):
        allowed_rows(CATALOG, filters)
