"""The gates of a recommendation, measured: a part of the log is hidden, the rest proposes.

Asked for is the last fifth of what each user dealt with. Hidden are that, all events of a tenth of
the items, and all but the first few of a tenth of the users, since tomorrow there are new ones of
both (after Volkovs et al. 2017, "DropoutNet").
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from semrec.answer import without
from semrec.collab.gates import SIGNALS, Candidates, Gates, measured
from semrec.collab.neighbours import ItemNeighbours
from semrec.collab.popularity import Popularity
from semrec.collab.protocol import Interactions
from semrec.progress import track
from semrec.rank import sources
from semrec.rank.blend import complete
from semrec.rank.retrieve import gather
from semrec.shop import Shop

_LAST, _NEW, _FEW = 0.2, 0.1, 5
_USERS = 400
"""So many users are asked; more change the weights by less than chance does."""


def measured_gates(shop: Shop, interactions: Interactions, seed: int = 0) -> Gates:
    """What each signal is worth in this shop.

    Args:
        shop: fitted; its settings and item vectors are used.
        interactions: the behaviour that it was fitted to.
        seed: of the items that are taken for new, and of the users that are asked.
    """
    hidden, asked_for = _hidden(interactions, seed)
    trial = _trial(shop, _part(interactions, ~hidden))
    wanted = _part(interactions, asked_for).matrix()
    asked = np.flatnonzero((np.diff(wanted.indptr) > 0) & (np.diff(trial.history.indptr) > 0))
    if len(asked) > _USERS:
        asked = np.sort(np.random.default_rng(seed).choice(asked, _USERS, replace=False))
    popular = sources.popularity(trial, finds=True)
    steps = track(asked.tolist(), total=len(asked), label="weights of recommendations")
    proposals = []
    for user in steps:
        history = trial.history[user]
        voices = [
            sources.user(trial, history, finds=True), sources.taste(trial, history), popular,
        ]  # fmt: skip
        allowed = without(None, history.indices, len(shop.catalog))
        hits = gather(voices, shop.config.blend.candidates, allowed)
        signals = np.zeros((len(SIGNALS), len(hits)), dtype=np.float32)
        for signal, name in zip(signals, SIGNALS, strict=True):
            if not np.isnan(hits.signals[name]).all():
                signal[:] = complete(name, hits.signals[name])
        taken = np.isin(hits.rows, wanted[user].indices)
        proposals.append(Candidates(signals, trial.item_users[hits.rows], history.nnz, taken))
    return measured(proposals)


def _hidden(log: Interactions, seed: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Two masks of events, shape ``(events,)``: what is hidden, and what of it is asked for."""
    rng = np.random.default_rng(seed)
    n_items = max(1, log.n_items)
    new = rng.random(n_items) < _NEW
    pairs, pair_of = np.unique(log.users * n_items + log.items, return_inverse=True)
    start = np.full(len(pairs), np.inf)
    np.minimum.at(start, pair_of, log.times)
    users, items = np.divmod(pairs, n_items)
    order = np.lexsort((rng.random(len(pairs)), start, users))  # equal times: in any order
    counts = np.bincount(users, minlength=log.n_users)
    place = np.empty(len(pairs), dtype=np.int64)
    place[order] = np.arange(len(pairs)) - (np.cumsum(counts) - counts)[users[order]]
    known = np.minimum(np.ceil(counts * (1 - _LAST)), counts - 1)
    few = rng.random(log.n_users) < _NEW
    known[few] = np.minimum(known[few], rng.integers(1, _FEW + 1, np.count_nonzero(few)))
    late = place >= known[users]
    return (late | new[items])[pair_of], late[pair_of]


def _trial(shop: Shop, rest: Interactions) -> Shop:
    """The shop as it would be without the hidden events."""
    half_life = shop.config.events.half_life_days
    neighbours = ItemNeighbours(shop.config.collab.neighbours, shop.config.collab.shrinkage)
    return replace(
        shop,
        history=rest.faded(half_life).matrix(),
        popularity=Popularity(half_life).fit(rest),
        neighbours=neighbours.fit(rest),
    )


def _part(log: Interactions, keep: NDArray[np.bool_]) -> Interactions:
    return replace(
        log,
        users=log.users[keep],
        items=log.items[keep],
        weights=log.weights[keep],
        times=log.times[keep],
        baskets=log.baskets[keep],
    )
