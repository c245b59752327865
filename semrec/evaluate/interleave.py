"""Team-draft interleaving: two rankers in one list, and clicks decide (Radlinski et al. 2008)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from semrec.errors import InvalidArgument
from semrec.evaluate.statistics import randomisation_test


@dataclass(frozen=True, slots=True)
class Interleaved:
    """One list for one person.

    Attributes:
        items: ids, best first, each once.
        teams: who put each item there, ``"a"`` or ``"b"``.
    """

    items: tuple[str, ...]
    teams: tuple[str, ...]

    def credit(self, clicked: Collection[str]) -> int:
        """1 if more of b's items were clicked, -1 if more of a's, else 0; others do not count."""
        wins = [team for item, team in zip(self.items, self.teams, strict=True) if item in clicked]
        return int(np.sign(wins.count("b") - wins.count("a")))


def team_draft(a: Sequence[str], b: Sequence[str], k: int, seed: int) -> Interleaved:
    """In each round a coin says who picks first; each picks its best item not yet in the list.

    Args:
        a, b: two rankings, best first; repeats are skipped.
        k: length of the list; shorter if both rankings end.
        seed: of the coins; take another one for each impression.

    Raises:
        InvalidArgument: ``k`` is negative.
    """
    if k < 0:
        raise InvalidArgument(f"k = {k}; legal: 0 or more")
    rng = np.random.default_rng(seed)
    waiting = {"a": iter(a), "b": iter(b)}
    items: list[str] = []
    teams: list[str] = []
    picks: list[str] = []
    while len(items) < k and waiting:
        if not picks:
            picks = ["a", "b"] if rng.random() < 0.5 else ["b", "a"]
        team = picks.pop(0)
        item = next((item for item in waiting.get(team, ()) if item not in items), None)
        if item is None:
            waiting.pop(team, None)
            continue
        items.append(item)
        teams.append(team)
    return Interleaved(tuple(items), tuple(teams))


@dataclass(frozen=True, slots=True)
class Preference:
    """Who won an interleaving.

    Attributes:
        wins_a, wins_b, ties: impressions.
        p: two-sided, of the randomisation test over impressions.
    """

    wins_a: int
    wins_b: int
    ties: int
    p: float


def preference(credits: Sequence[int], seed: int = 0) -> Preference:
    """Sum up the credits of many impressions, as :meth:`Interleaved.credit` gives them."""
    values = np.asarray(credits, dtype=np.float64)
    p = randomisation_test(values, 10_000, seed)
    counts = (int((values < 0).sum()), int((values > 0).sum()), int((values == 0).sum()))
    return Preference(*counts, p)
