"""How much each signal counts for a person and an item, by how much is known of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.collab.logistic import logistic
from semrec.types import Scores

SIGNALS = ("user", "content", "popularity")
_SILENT_ON_NEW = ("user", "popularity")
_LEAST = 1e-3
"""A signal is never quite silenced: it decides where the others are equal."""
_WHOLE = 1.5
"""What the weights of an average candidate sum to, beside which ``config.blend`` weighs context."""


@dataclass(frozen=True)
class Gates:
    """The weights of a hybrid: ``w_s(u, i) = a_s + b_s log(1 + n_i) + c_s log(1 + n_u)``.

    ``n_i`` is how many users the item has and ``n_u`` how many items the user has: behaviour is
    trusted where there is much of it, content where there is little ("Feature-weighted linear
    stacking", Sill et al. 2009). Nobody has a new item because it is new, which is no sign against
    it: behaviour and popularity, which are silent on it, count for it what they count for the
    average candidate.

    Attributes:
        table: ``a, b, c`` of each of ``SIGNALS``, shape ``(3, 3)``, float64.
    """

    table: NDArray[np.float64]

    def of(self, item_users: NDArray[np.int64], user_items: int) -> dict[str, Scores]:
        """The weight of each signal for some items, shape ``(n,)``, float32, positive.

        Args:
            item_users: ``n_i`` of each, shape ``(n,)``.
            user_items: ``n_u``.
        """
        known = _known(item_users, user_items)
        return {
            name: np.maximum(known[i] @ self.table[i], _LEAST).astype(np.float32)
            for i, name in enumerate(SIGNALS)
        }

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """``table``."""
        return {"table": self.table}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Gates:
        """The inverse of ``arrays``."""
        return cls(np.asarray(arrays["table"], dtype=np.float64))


# Between what was measured on the sample shop and on ratings of a general store.
DEFAULT = Gates(np.array([[0.5, 0.07, -0.05], [0.5, -0.06, 0.08], [0.05, 0.05, 0.12]]))
"""The gates of a shop without behaviour, from which the measured ones of any shop start."""
_RARE = -4.0
"""Log-odds of a candidate that no signal speaks for."""
_PRIOR_SCALE = 4.0
"""Log-odds that a weight of 1 stands for."""
_RIDGE = 20.0
"""How many users it takes to doubt ``DEFAULT``; from 5 to 60 recall moves by less than .006."""


@dataclass(frozen=True)
class Candidates:
    """What was proposed to one user, and what of it the user took.

    Attributes:
        signals: each of ``SIGNALS`` on the scale of the blend, shape ``(3, n)``.
        item_users, user_items: as in :meth:`Gates.of`.
        taken: True for what was held out and is found, shape ``(n,)``.
    """

    signals: NDArray[np.float32]
    item_users: NDArray[np.int64]
    user_items: int
    taken: NDArray[np.bool_]

    def features(self) -> NDArray[np.float64]:
        """Each signal times what is known, shape ``(n, 9)``."""
        known = _known(self.item_users, self.user_items)
        return np.hstack([signal[:, None] * known[i] for i, signal in enumerate(self.signals)])


def measured(proposals: list[Candidates]) -> Gates:
    """The gates by which what users took stands out among what was proposed.

    A logistic regression that leaves ``DEFAULT`` as far as there is evidence; each user counts the
    same, however much there was to find.

    Args:
        proposals: one a user; those who took nothing say nothing.
    """
    told = [each for each in proposals if each.taken.any()]
    if not told:
        return DEFAULT
    features = np.concatenate([each.features() for each in told])
    labels = np.concatenate([each.taken for each in told]).astype(np.float64)
    counts = np.concatenate(
        [np.full(len(each.taken), 1 / np.count_nonzero(each.taken)) for each in told]
    )
    prior = np.append(DEFAULT.table.ravel() * _PRIOR_SCALE, _RARE)
    ones = np.ones((len(features), 1))
    found = logistic(np.hstack([features, ones]), labels, counts, ridge=_RIDGE, prior=prior)
    table = found[:-1].reshape(len(SIGNALS), -1)
    known = np.mean(
        [_known(each.item_users, each.user_items).mean(axis=1) for each in told], axis=0
    )
    whole = float(np.maximum((table * known).sum(axis=1), 0).sum())
    return Gates(table * (_WHOLE / whole)) if whole > 0 else DEFAULT


def _known(item_users: NDArray[np.int64], user_items: int) -> NDArray[np.float64]:
    """``1, log(1 + n_i), log(1 + n_u)`` by signal and item, shape ``(3, n, 3)``."""
    items = np.log1p(item_users.astype(np.float64))
    new = item_users == 0
    usual = np.where(new, items[~new].mean() if not new.all() else 0.0, items)
    said = [usual if name in _SILENT_ON_NEW else items for name in SIGNALS]
    users = np.full(len(items), np.log1p(user_items))
    return np.stack([np.stack([np.ones(len(items)), each, users], axis=1) for each in said])
