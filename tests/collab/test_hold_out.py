from __future__ import annotations

import numpy as np

from semrec.collab.hold_out import hidden
from semrec.collab.protocol import Interactions, part


def log(n_users: int = 200, n_items: int = 100, each: int = 20) -> Interactions:
    rng = np.random.default_rng(3)
    users = np.repeat(np.arange(n_users), each)
    count = len(users)
    return Interactions(
        users=users,
        items=np.concatenate([rng.permutation(n_items)[:each] for _ in range(n_users)]),
        weights=np.ones(count, dtype=np.float32),
        times=np.tile(np.arange(each, dtype=np.float64), n_users),
        baskets=np.full(count, -1),
        n_users=n_users,
        n_items=n_items,
    )


def test_the_end_of_each_history_is_asked_for_and_hidden() -> None:
    events = log()
    unseen, asked = hidden(events)
    assert (unseen | ~asked).all(), "what is asked for is hidden"
    last = events.times >= 16
    assert asked[last].all()
    seen = part(events, ~unseen)
    assert len(seen.users) == np.count_nonzero(~unseen)
    assert seen.matrix().shape == events.matrix().shape


def test_some_items_are_new_to_everybody_and_some_users_have_only_begun() -> None:
    events = log()
    unseen, asked = hidden(events)
    seen = part(events, ~unseen)
    new = np.flatnonzero(np.bincount(seen.items, minlength=100) == 0)
    assert 3 <= len(new) <= 20
    early = np.isin(events.items, new) & (events.times < 10)
    assert 0.2 < asked[early].mean() < 0.6, "newcomers are asked for beyond the last fifth"
    known = np.bincount(seen.users, minlength=200)
    assert 5 <= np.count_nonzero(known <= 5) <= 40


def test_equal_seeds_hide_the_same() -> None:
    first, again, other = hidden(log(), 1)[0], hidden(log(), 1)[0], hidden(log(), 2)[0]
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
