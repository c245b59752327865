import pytest

from semrec.text.reviews.aspect_vocab import ASPECTS, NAMES
from semrec.text.reviews.aspects import find_opinions


def _said(text: str) -> dict[str, bool]:
    return {each.name: each.positive > 0.5 for each in find_opinions([text])[0]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("屏幕很清晰，但是电池很差", {"屏幕": True, "续航": False}),
        ("洗了就掉色", {"不掉色": False}),
        ("洗了几次不掉色", {"不掉色": True}),
        ("物流很快！包装破损", {"物流": True, "包装": False}),
        ("价格便宜", {"性价比": True}),
        ("一点也不便宜", {"性价比": False}),
        ("今天收到了", {}),
        ("希望质量好一点", {}),
        ("", {}),
    ],
)
def test_opinions(text: str, said: dict[str, bool]) -> None:
    assert _said(text) == said


def test_opinions_of_several_texts_stay_with_their_texts() -> None:
    texts = ["质量很好", "", "物流太慢，质量很差"]
    together = find_opinions(texts)
    assert together == [find_opinions([text])[0] for text in texts]
    assert [each.name for each in together[2]] == ["物流", "质量"]
    first = together[2][0]
    assert "物流太慢,质量很差"[first.start : first.end] == "物流太慢"


def test_names_are_unique_and_no_word_stands_twice_in_an_aspect() -> None:
    assert len(set(NAMES)) == len(NAMES)
    for aspect in ASPECTS:
        words = (*aspect.terms, *aspect.praise, *aspect.complaint)
        assert len(set(words)) == len(words), aspect.name
