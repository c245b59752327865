from fractions import Fraction

import pytest

from semrec.text.numerals import parse_numeral


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("半", Fraction(1, 2)),
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("一百二", 120),
        ("三百五十", 350),
        ("两千零五十", 2050),
        ("一万二", 12_000),
        ("三万五千", 35_000),
        ("一两", None),
        ("十三两五半", None),
        ("", None),
    ],
)
def test_values(text: str, value: Fraction | None) -> None:
    assert parse_numeral(text) == value
