"""What callers hand over by mistake is named, whatever its type."""

import math

import numpy as np
import pandas as pd
import pytest

from semrec import checks
from semrec.errors import InvalidArgument


def test_texts() -> None:
    assert checks.check_text("query", "耳机") == "耳机"
    assert checks.check_texts("titles", pd.Series(["耳机", "鞋"], index=[7, 9])) == ["耳机", "鞋"]
    assert checks.check_texts("titles", np.array(["耳机"])) == ["耳机"]
    assert checks.check_texts("titles", (title for title in ("鞋",))) == ["鞋"]
    assert checks.check_texts("titles", ()) == []


@pytest.mark.parametrize("value", [None, 5, b"x", ["x"], math.nan])
def test_what_is_no_text(value: object) -> None:
    with pytest.raises(InvalidArgument, match=r"query = .*; legal: a string"):
        checks.check_text("query", value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("降噪耳机", r"titles = '降噪耳机'; legal: a list"),
        (None, r"titles = None; legal: a list"),
        ({"a": 1}, r"titles = \{'a': 1\}; legal: a list"),
        (["a", None], r"titles\[1\] = None; legal: a list"),
    ],
)
def test_what_is_no_list_of_texts(value: object, said: str) -> None:
    with pytest.raises(InvalidArgument, match=said):
        checks.check_texts("titles", value)


def test_numbers() -> None:
    assert checks.check_number("x", np.float32(0.5), 0, 1) == 0.5
    assert checks.check_number("x", 0, 0, 1) == 0
    assert checks.check_count("k", np.int64(3)) == 3
    assert checks.check_count("hour", 23, 0, 23) == 23


@pytest.mark.parametrize("value", ["0.5", None, True, math.nan, 1.5, -0.1, [1]])
def test_what_is_no_number_of_a_range(value: object) -> None:
    with pytest.raises(InvalidArgument, match=r"x = .*; legal: 0 to 1"):
        checks.check_number("x", value, 0, 1)


@pytest.mark.parametrize("value", ["2", None, True, 1.5, -1, np.float64(2)])
def test_what_is_no_count(value: object) -> None:
    with pytest.raises(InvalidArgument, match=r"k = .*; legal: a whole number, 0 or more"):
        checks.check_count("k", value)
    with pytest.raises(InvalidArgument, match=r"hour = .*; legal: 0 to 23"):
        checks.check_count("hour", value, 0, 23)


def test_a_user_is_one_id() -> None:
    checks.check_user(7)
    with pytest.raises(InvalidArgument, match=r"legal: one id"):
        checks.check_user(["u1"])
