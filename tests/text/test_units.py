import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.text.units import quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500ml*2 1.5l", ["500ml", "1500ml"]),
        ("两斤 1kg 1000克 一公斤", ["1000g"] * 4),
        ("14寸 15.6英寸", ["14in", "15.6in"]),
        ("1tb 1024gb 8g+256g", ["1024gb", "1024gb", "8g", "256g"]),
        ("20000mah 5安时", ["20000mah", "5000mah"]),
        ("加厚3cm 2x1.8米床", ["30mm", "1800mm"]),
        ("十二期 四件套", ["12期", "4件"]),
        ("三星手机 一次性 百雀羚 小米10 dn15 a4纸 x1kg", []),
        ("", []),
    ],
)
def test_canonical_spelling(text: str, expected: list[str]) -> None:
    assert [found.text for found in quantities(text)] == expected


def test_positions_and_kinds() -> None:
    text = "洗发水五百毫升两瓶"
    first, second = quantities(text)
    assert text[first.start : first.end] == "五百毫升"
    assert first.comparable
    assert (second.kind, second.comparable) == ("瓶", False)


@given(st.text())
def test_any_text(text: str) -> None:
    ends = [0]
    for found in quantities(text):
        assert found.start >= ends[-1]
        assert found.value > 0
        ends.append(found.end)
