from __future__ import annotations

import pytest

from semrec.text.mining.aliases import find_aliases


def test_a_chinese_name_ends_where_titles_go_on_differently() -> None:
    titles = ["chando/自然堂雪域滋润霜", "chando/自然堂凝时乳液", "chando/自然堂 面膜"]
    assert find_aliases(titles) == {"chando": "自然堂"}


def test_the_chinese_name_may_come_first() -> None:
    titles = ["新款苹果/apple 手机", "正品苹果/apple平板", "苹果(apple)耳机"]
    assert find_aliases(titles) == {"apple": "苹果"}


def test_one_title_is_no_proof_unless_the_name_is_known() -> None:
    assert find_aliases(["yuntaike/云台客骨传导耳机"]) == {}
    assert find_aliases(["yuntaike/云台客骨传导耳机"], {"云台客"}) == {"yuntaike": "云台客"}


def test_no_agreement_no_alias() -> None:
    assert find_aliases(["usb/充电线", "usb/数据线", "usb/小风扇"]) == {}


@pytest.mark.parametrize(
    ("latin", "han"), [("rf", "尼康"), ("do", "傲丝度"), ("a7r3", "索尼"), ("h2o", "水芝澳")]
)
def test_one_title_is_no_proof_of_a_short_name_or_one_with_digits(latin: str, han: str) -> None:
    assert find_aliases([f"{han}/{latin} 正品"], {han}) == {}
    assert find_aliases([f"{han}/{latin} 正品", f"新款{han}/{latin}"], {han}) == {latin: han}


def test_letters_with_accents_are_letters() -> None:
    assert find_aliases(["lancôme/兰蔻粉底液"], {"兰蔻"}) == {"lancôme": "兰蔻"}


def test_a_long_run_of_chinese_is_read_where_a_name_can_stand() -> None:
    """A search from each of its places to its end would take minutes."""
    run = "耳机" * 50_000
    titles = [f"{run}苹果/apple 手机", f"{run}正品苹果/apple平板"]
    assert find_aliases(titles) == {"apple": "苹果"}
    assert find_aliases([f"apple/苹果{run}", f"apple/苹果 {run}", run]) == {"apple": "苹果"}
    assert find_aliases(["a" * 100_000, "苹果/" + "a" * 40]) == {}
