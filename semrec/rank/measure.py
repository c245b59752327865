"""The gates of a recommendation, measured: a part of the log is hidden, the rest proposes.

What is hidden, newcomers among it, is the same for every shop and model: ``collab.hold_out``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from semrec.answer import without
from semrec.collab.gates import SIGNALS, Candidates, Gates, measured
from semrec.collab.hold_out import hidden
from semrec.collab.neighbours import ItemNeighbours
from semrec.collab.popularity import Popularity
from semrec.collab.protocol import Interactions, part
from semrec.progress import track
from semrec.rank import sources
from semrec.rank.blend import complete
from semrec.rank.retrieve import gather
from semrec.shop import Shop

_USERS = 400
"""So many users are asked; more change the weights by less than chance does."""


def measured_gates(shop: Shop, interactions: Interactions, seed: int = 0) -> Gates:
    """What each signal is worth in this shop.

    Args:
        shop: fitted; its settings and item vectors are used.
        interactions: the behaviour that it was fitted to.
        seed: of the items that are taken for new, and of the users that are asked.
    """
    unseen, asked_for = hidden(interactions, seed)
    trial = _trial(shop, part(interactions, ~unseen))
    wanted = part(interactions, asked_for).matrix()
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
