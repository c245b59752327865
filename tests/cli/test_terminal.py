"""What the options of the command line become, and how it prints."""

from pathlib import Path

import pytest

from semrec import terminal
from semrec.errors import InvalidArgument


def test_variety_is_told_by_options() -> None:
    told = terminal.variety(["novelty=.5", "per_brand=2", "keep=0"])
    assert told == {"novelty": 0.5, "per_brand": 2, "keep": 0}
    assert isinstance(told["per_brand"], int)
    assert terminal.variety([]) is None
    for wrong in ("novelty", "per_brand=many", "=1", "novelty="):
        with pytest.raises(InvalidArgument, match="legal: novelty"):
            terminal.variety([wrong])


def test_search_and_recommend_take_variety_and_a_least_score(run, index: Path) -> None:
    plain = run("search", index, "猫粮", "-k", "6", "--json").json
    least = run("search", index, "猫粮", "-k", "6", "--min-score", "0.5", "--json").json
    assert len(plain["hits"]) == 6
    assert {hit["item_id"] for hit in least["hits"]} == {"p0", "p1"}
    assert all(hit["raw"]["relevance"] >= 0.5 for hit in least["hits"])
    assert "--min-score" in run("search", index, "猫粮", "--min-score", "1.5").err
    for command in (("search", index, "红猫"), ("recommend", index)):
        two = run(*command, "-d", "per_category=1", "-k", "2", "--json").json["hits"]
        kinds = ["宠物" if hit["item_id"] < "p4" else "服饰" for hit in two]
        assert sorted(kinds) == ["宠物", "服饰"]
        wrong = run(*command, "--diversity", "novel=1")
        assert (wrong.code, wrong.out) == (2, "")
        assert "legal: novelty" in wrong.err
