import pytest
from hypothesis import given
from hypothesis import strategies as st

from semrec.index.vocabulary import Vocabulary


@given(st.sets(st.text(st.characters(), min_size=1, max_size=5), max_size=40), st.text(max_size=5))
def test_finds_exactly_its_terms(terms: set[str], other: str) -> None:
    vocabulary = Vocabulary.of(terms)
    assert len(vocabulary) == len(terms)
    numbers = {vocabulary.find(term) for term in terms}
    assert numbers == set(range(len(terms)))
    assert all(vocabulary[vocabulary.find(term)] == term for term in terms)
    assert (vocabulary.find(other) >= 0) == (other in terms)


def test_out_of_range() -> None:
    with pytest.raises(IndexError, match="term 1 of 1"):
        Vocabulary.of(["甲"])[1]


def test_finds_each_of_many_and_nothing_between() -> None:
    # Lengths on both sides of a whole number of landmarks.
    for count in (1, 15, 16, 17, 100):
        vocabulary = Vocabulary.of(f"词{i:04}" for i in range(0, 2 * count, 2))
        assert [vocabulary.find(f"词{i:04}") for i in range(0, 2 * count, 2)] == [*range(count)]
        assert {vocabulary.find(f"词{i:04}") for i in range(1, 2 * count, 2)} == {-1}
        assert vocabulary.find("") == vocabulary.find("龟") == -1
