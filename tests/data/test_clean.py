"""Single values and columns made clean."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.data import clean


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("<p>好&nbsp;看</p>", "好 看"),
        ('<div class="x">面膜</div><br/>补水', "面膜 补水"),
        ("&lt;b&gt;正品&lt;/b&gt;", "正品"),
        ("<script>alert(1)</script>口红", "口红"),
        ("B&notebook", "B&notebook"),
        ("a<b 且 c>d", "a<b 且 c>d"),
        ("<Nike>耐克", "<Nike>耐克"),
        ("\u200b好\x00看\ufeff", "好看"),
        ("  全\u3000角\t空 格\n", "全 角 空 格"),
        ("cafe\u0301", "café"),
        ("Ａ４纸①", "Ａ４纸①"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("null", ""),
        ("\\N", ""),
    ],
)
def test_text(dirty: str, expected: str) -> None:
    assert clean.one_text(dirty) == expected
    assert clean.texts(pd.Series([dirty, dirty])).tolist() == [expected] * 2


def test_texts_of_other_types() -> None:
    values = ["a", None, math.nan, 12.0, ["x", "y"], {"k": 1}]
    assert clean.texts(values).tolist() == ["a", "", "", "12", "x, y", '{"k": 1}']


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("¥1,299.00", 1299.0),
        ("1299元", 1299.0),
        ("￥ 99 起", 99.0),
        ("１２９９．５", 1299.5),
        ("RMB 29", 29.0),
        (29, 29.0),
        ("0", 0.0),
    ],
)
def test_numbers_that_are_read(dirty: object, expected: float) -> None:
    values, bad = clean.numbers([dirty])
    assert values.tolist() == [expected]
    assert not bad.any()


@pytest.mark.parametrize(
    "dirty", ["-5", "免费", "inf", "1,29", "99-199", "160 TWD", -1, math.inf, 10**400]
)
def test_numbers_that_are_refused(dirty: object) -> None:
    values, bad = clean.numbers([dirty, "7"])
    assert math.isnan(values[0])
    assert values[1] == 7
    assert bad.tolist() == [True, False]


@pytest.mark.parametrize("missing", ["", None, math.nan, "NULL", "  "])
def test_missing_numbers_are_no_complaint(missing: object) -> None:
    values, bad = clean.numbers([missing])
    assert values.isna().all()
    assert not bad.any()


def test_numbers_may_be_negative_where_that_is_legal() -> None:
    values, bad = clean.numbers(["-5"], minimum=-math.inf)
    assert (values[0], bad[0]) == (-5.0, False)


MORNING = 1_479_112_200.0  # 2016-11-14 08:30:00 UTC


@pytest.mark.parametrize(
    "written",
    [
        "1479112200",
        1479112200,
        "1479112200000",
        1479112200000000,
        1479112200000000000,
        "2016-11-14 08:30:00",
        "2016-11-14T08:30:00Z",
        "2016-11-14T16:30:00+08:00",
        "2016/11/14 8:30",
        "2016年11月14日 8:30",
        "20161114083000",
        pd.Timestamp("2016-11-14 16:30", tz="Asia/Shanghai"),
    ],
)
def test_times(written: object) -> None:
    assert clean.seconds([written]).tolist() == [MORNING]


def test_time_columns() -> None:
    stamps = pd.to_datetime(pd.Series(["2016-11-14 08:30", None]))
    assert clean.seconds(stamps).tolist()[0] == MORNING
    assert clean.seconds(stamps).isna().tolist() == [False, True]
    days = clean.seconds(["20161114", "20161115"])
    assert days.diff().tolist()[1] == 86_400
    # Not all are dates, so these are seconds.
    assert clean.seconds(["20161114", "20161199"]).tolist() == [20161114.0, 20161199.0]


def test_moments_reach_into_the_far_future() -> None:
    seconds = clean.seconds(["9999-12-31 23:59:59", "99999999999", "", "0"])
    moments = clean.moments(seconds)
    assert moments.dtype == "datetime64[s]"
    written = [str(moment) for moment in moments]
    assert written == ["9999-12-31 23:59:59", "5138-11-16 09:46:39", "NaT", "1970-01-01 00:00:00"]


@pytest.mark.parametrize("bad", ["", "x", None, "-1", "2016-13-45", "inf"])
def test_times_that_are_refused(bad: object) -> None:
    assert clean.seconds([bad, "1479112200"]).isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"颜色": "红", "材质": ["棉", "麻"], "空": None}, {"材质": "棉, 麻", "颜色": "红"}),
        ('{"颜色": "红"}', {"颜色": "红"}),
        ("材质:棉;颜色：红；", {"材质": "棉", "颜色": "红"}),
        ("比例=1:2", {"比例": "1:2"}),
        ({"a": {"b": 1}}, {"a": '{"b": 1}'}),
    ],
)
def test_attributes(value: object, expected: dict[str, str]) -> None:
    text = clean.attributes(value)
    assert text == json.dumps(expected, ensure_ascii=False, sort_keys=True)


def test_attributes_missing_and_unreadable() -> None:
    assert [clean.attributes(v) for v in ("", None, math.nan, {}, {"a": ""})] == [""] * 5
    assert [clean.attributes(v) for v in ("乱写", "{bad", "[1]")] == [None] * 3


@settings(deadline=None)
@given(st.text())
def test_text_comes_out_in_one_trimmed_line(value: str) -> None:
    text = clean.one_text(value)
    assert text == " ".join(text.split())
    assert not set(text) & {"\0", "\n", "\u200b", "\ufeff"}


@settings(deadline=None)
@given(st.floats(min_value=0, max_value=1e12))
def test_numbers_read_what_was_written(number: float) -> None:
    values, bad = clean.numbers([f"¥{number:,.2f}"])
    assert values[0] == pytest.approx(round(number, 2))
    assert not bad[0]


@settings(deadline=None)
@given(st.datetimes(min_value=pd.Timestamp(1970, 1, 2), max_value=pd.Timestamp(2090, 1, 1)))
def test_times_read_what_was_written(moment: pd.Timestamp) -> None:
    expected = np.floor((moment - pd.Timestamp(0)) / pd.Timedelta(1, unit="s"))
    assert clean.seconds([moment.strftime("%Y/%m/%d %H:%M:%S")]).tolist() == [expected]
