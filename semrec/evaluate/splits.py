"""Behaviour logs and judged queries, split into what is learnt from and what is predicted.

A log is a frame with ``user_id, item_id`` and, where order matters, ``timestamp`` (seconds since
1970). Equal times keep the order of the rows. Every split keeps each row in exactly one part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.errors import DataError, InvalidArgument
from semrec.evaluate.files import Qrels, Queries


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Two parts of a log; with ``history``, three.

    Attributes:
        train: what models learn from.
        test: what they predict.
        history: what is known of the test users when they are asked, where that is not in
            ``train``; None where it is.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    history: pd.DataFrame | None = None


def by_time(log: pd.DataFrame, test_share: float = 0.2, at: float | None = None) -> Split:
    """The latest events are the test, as they are for a system that runs.

    Args:
        log: the behaviour log.
        test_share: of the events; those of the border's own time go to the test together.
        at: seconds since 1970 from which on everything is test, instead of a share.

    Raises:
        InvalidArgument: the share is not between 0 and 1, or one of the parts would be empty.
        DataError: there is no timestamp.
    """
    _share(test_share)
    times = _times(log)
    if at is None:
        at = float(np.sort(times)[int(np.ceil(len(times) * (1 - test_share)))])
    late = times >= at
    if late.all() or not late.any():
        raise InvalidArgument(f"at = {at:.0f} leaves one part empty; times {_span(times)}")
    return Split(log[~late], log[late])


def leave_last_out(log: pd.DataFrame, n: int = 1) -> Split:
    """The last ``n`` events of each user are the test; a user with no more than that is not asked.

    The usual split of published tables, though it lets a model learn from other users' later
    events, which no running system can (Ji et al. 2023); :func:`leaks` says so.

    Raises:
        InvalidArgument: ``n`` is below 1, or no user has more than ``n`` events.
        DataError: there is no timestamp.
    """
    if n < 1:
        raise InvalidArgument(f"n = {n}; legal: 1 or more")
    order = np.argsort(_times(log), kind="stable")
    users = log["user_id"].iloc[order]
    from_the_end = users.groupby(users, sort=False).cumcount(ascending=False).to_numpy()
    sizes = users.groupby(users, sort=False).transform("size").to_numpy()
    late = np.zeros(len(log), dtype=bool)
    late[order] = (from_the_end < n) & (sizes > n)
    if not late.any():
        raise InvalidArgument(f"n = {n}: no user has more events than that")
    return Split(log[~late], log[late])


def k_fold(log: pd.DataFrame, folds: int = 5, seed: int = 0) -> Iterator[Split]:
    """Each event is test once, in a random fold.

    Raises:
        InvalidArgument: ``folds`` is below 2 or above the number of events.
    """
    if not 2 <= folds <= len(log):
        raise InvalidArgument(f"folds = {folds}; legal: 2 to the {len(log)} events")
    fold = np.random.default_rng(seed).permutation(len(log)) % folds
    for each in range(folds):
        yield Split(log[fold != each], log[fold == each])


def by_user(
    log: pd.DataFrame, test_share: float = 0.2, known_share: float = 0.8, seed: int = 0
) -> Split:
    """Some users are never learnt from: of these, early events are known and late ones the test.

    "Strong generalisation" (Marlin 2004; Liang et al. 2018). A held-out user with one event is
    known by nothing.

    Args:
        log: the behaviour log; without ``timestamp`` the order of the rows is time.
        test_share: of the users.
        known_share: of a test user's events, rounded down.
        seed: of the choice of users.

    Raises:
        InvalidArgument: a share is not between 0 and 1, or there is only one user.
    """
    _share(test_share)
    _share(known_share)
    users = pd.unique(log["user_id"])
    if len(users) < 2:
        raise InvalidArgument(f"{len(users)} user; legal: 2 or more")
    count = min(max(round(len(users) * test_share), 1), len(users) - 1)
    chosen = np.random.default_rng(seed).choice(len(users), count, replace=False)
    held = log["user_id"].isin(users[chosen])
    part = log[held]
    ordered = part.iloc[np.argsort(_times(part), kind="stable")] if "timestamp" in log else part
    groups = ordered.groupby("user_id", sort=False)
    known = groups.cumcount() < (groups["item_id"].transform("size") * known_share).astype(int)
    return Split(log[~held], ordered[~known], ordered[known])


def by_query(
    queries: Queries, qrels: Qrels, test_share: float = 0.5, seed: int = 0
) -> tuple[dict[str, str], dict[str, str]]:
    """Judged queries into a validation and a test part; queries of equal text stay together.

    Returns:
        Two mappings of query id to text; queries without judgement are in neither.

    Raises:
        InvalidArgument: the share is not between 0 and 1, or a part would be empty.
    """
    _share(test_share)
    judged = {qid: text for qid, text in queries.items() if qrels.get(qid)}
    texts = sorted(set(judged.values()))
    count = round(len(texts) * test_share)
    if not 0 < count < len(texts):
        raise InvalidArgument(f"{len(texts)} judged texts, share {test_share}: a part is empty")
    order = np.random.default_rng(seed).permutation(len(texts))
    test = {texts[at] for at in order[:count]}
    return (
        {qid: text for qid, text in judged.items() if text not in test},
        {qid: text for qid, text in judged.items() if text in test},
    )


def _share(value: float) -> None:
    if not 0 < value < 1:
        raise InvalidArgument(f"share = {value}; legal: above 0 and below 1")


def _times(log: pd.DataFrame) -> NDArray[np.float64]:
    if "timestamp" not in log:
        raise DataError(f"log: no column 'timestamp'; present: {', '.join(log.columns)}")
    times: NDArray[np.float64] = log["timestamp"].to_numpy(dtype=np.float64)
    return times


def _span(times: Sequence[float] | NDArray[np.float64]) -> str:
    return f"{min(times):.0f} to {max(times):.0f}"
