"""The simulated users and what is planted in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from semrec.data.sample.products import CATEGORIES
from semrec.data.sample.vocab import TIERS
from semrec.data.sample.vocab_people import PERSONAS

N_USERS = 1200
N_COLD_USERS = 40
_FROM_PERSONA = 0.85
_TIER_SHARES = (0.4, 0.4, 0.2)


@dataclass(frozen=True, slots=True)
class User:
    """One user.

    Attributes:
        tastes: one to three kinds of product that the user favours, by name.
        traits: for each taste one trait that the user prefers there.
        tier: preferred price tier, index into ``vocab.TIERS``.
        activity: how often the user comes, relative to others.
    """

    user_id: str
    tastes: tuple[str, ...]
    traits: tuple[str, ...]
    tier: int
    activity: float


def make_users(rng: np.random.Generator, count: int = N_USERS) -> list[User]:
    """Users whose tastes mostly come from one persona, so that they share tastes with others."""
    kinds = {kind.name: kind for category in CATEGORIES for kind in category.kinds}
    names = list(kinds)
    users = []
    for number in range(1, count + 1):
        wanted = int(rng.choice(3, p=(0.2, 0.4, 0.4))) + 1
        persona = PERSONAS[int(rng.integers(len(PERSONAS)))]
        pool = persona if rng.random() < _FROM_PERSONA else names
        tastes = tuple(pool[int(i)] for i in rng.choice(len(pool), wanted, replace=False))
        traits = tuple(
            kinds[taste].traits[int(rng.integers(len(kinds[taste].traits)))] for taste in tastes
        )
        tier = int(rng.choice(len(TIERS), p=_TIER_SHARES))
        users.append(User(f"u{number:04d}", tastes, traits, tier, float(rng.lognormal(0, 0.8))))
    return users
