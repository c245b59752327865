import pytest

from semrec.text.reviews.aspect_vocab import ASPECTS, WISHES
from semrec.text.reviews.wishes import aspect_wishes


@pytest.mark.parametrize(
    ("query", "aspects"),
    [
        ("续航好的手机", ["续航"]),
        ("电池耐用的老人机", ["续航"]),
        ("不掉色的牛仔裤", ["不掉色"]),
        ("性价比高的蓝牙耳机", ["性价比"]),
        ("高性价比", ["性价比"]),
        ("拍照最好的手机", ["拍照"]),
        ("静音键盘", ["噪音"]),
        ("不起球的毛衣 不掉色", ["不起球", "不掉色"]),
        ("显瘦连衣裙", ["外观"]),
        ("大容量水杯", ["容量"]),
        ("手机屏幕贴膜", []),
        ("手机电池", []),
        ("连衣裙", []),
        ("", []),
    ],
)
def test_wishes(query: str, aspects: list[str]) -> None:
    assert [wish.aspect for wish in aspect_wishes(query)] == aspects


def test_the_words_are_shown() -> None:
    query = "苹果 续航超长"
    wish = aspect_wishes(query)[0]
    assert query[wish.start : wish.end] == "续航超长"


def test_every_further_wording_belongs_to_an_aspect() -> None:
    assert set(WISHES) <= {aspect.name for aspect in ASPECTS}
    for aspect, words in WISHES.items():
        for word in words:
            assert aspect in [wish.aspect for wish in aspect_wishes(word)], word
