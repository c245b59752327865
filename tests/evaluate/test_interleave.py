from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.errors import InvalidArgument
from semrec.evaluate.interleave import Interleaved, preference, team_draft

rankings = st.lists(st.sampled_from("abcdefgh"), max_size=8)


@given(a=rankings, b=rankings, k=st.integers(0, 10), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=80)
def test_a_fair_draft_of_distinct_items(a: list[str], b: list[str], k: int, seed: int) -> None:
    found = team_draft(a, b, k, seed)
    assert len(found.items) == min(k, len({*a, *b}))
    assert len(set(found.items)) == len(found.items)
    for team, ranking in (("a", a), ("b", b)):
        own = [i for i, t in zip(found.items, found.teams, strict=True) if t == team]
        assert own == sorted(own, key=ranking.index)
    if len(set(a)) >= k and len(set(b)) >= k and not {*a} & {*b}:
        assert abs(found.teams.count("a") - found.teams.count("b")) <= 1


def test_the_coin_decides_who_begins() -> None:
    first = [team_draft(["x"], ["y"], 1, seed).teams[0] for seed in range(200)]
    assert 70 < first.count("a") < 130
    assert team_draft("abc", "cba", 3, 5) == team_draft("abc", "cba", 3, 5)


def test_clicks_credit_the_team() -> None:
    shown = Interleaved(("p1", "p2", "p3"), ("a", "b", "b"))
    assert shown.credit({"p2"}) == 1
    assert shown.credit({"p1"}) == -1
    assert shown.credit({"p1", "p2"}) == shown.credit(set()) == shown.credit({"other"}) == 0


def test_the_better_ranker_wins_and_equals_do_not() -> None:
    better, worse = ["good", "x1", "x2", "x3"], ["x1", "x2", "x3", "good"]

    def credits(a: list[str], b: list[str], depth: int) -> list[int]:
        drafts = [team_draft(a, b, 4, seed) for seed in range(100)]
        return [draft.credit({"good"} & set(draft.items[:depth])) for draft in drafts]

    found = preference(credits(worse, better, 2))
    assert found.wins_b > 3 * found.wins_a
    assert found.p < 0.001
    same = preference(credits(better, better, 4))
    assert same.p > 0.05
    assert same.wins_a + same.wins_b + same.ties == 100


def test_a_negative_length_is_named() -> None:
    with pytest.raises(InvalidArgument, match="k = -1"):
        team_draft([], [], -1, 0)
