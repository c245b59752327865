import pytest

from semrec.text.alphanumeric import joined, run_terms


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("iphone15promax", {"iphone15promax", "iphone15", "iphone", "15", "promax", "~iphone"}),
        ("lx125/tk120", {"lx125/tk120", "lx125", "tk120", "lx", "125", "tk", "120", "~lx", "~tk"}),
        ("2.5kg", {"2.5kg", "2.5", "kg"}),
        ("nike", {"nike"}),
        ("98k", {"98k", "98", "k"}),
    ],
)
def test_runs(run: str, expected: set[str]) -> None:
    assert set(run_terms(run)) == expected


def test_joined() -> None:
    assert joined("iphone", "15") == ["iphone15", "~iphone"]
    assert joined("15", "pro") == []
