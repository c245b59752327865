"""Kinds of questions, so that a mean does not hide whom a system fails.

Each function gives a label by question id; what it cannot judge is left out. Pass them to
``semrec.evaluate.run(slices={"length": by_length(queries), …})``. :func:`by_users` gives a label by
item id, for ``run(item_slices={"item": …})``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from semrec.collab.slices import ITEM_SLICES, USER_SLICES
from semrec.errors import InvalidArgument
from semrec.evaluate.background import Background
from semrec.evaluate.files import Qrels, Queries
from semrec.text.normalise import normalise

Labels = Mapping[str, str]
"""Label by question id, or by item id."""
ALWAYS: Mapping[str, tuple[str, ...]] = {
    "user": tuple(USER_SLICES),
    "item": tuple(ITEM_SLICES),
    "query": ("new query", "known query"),
}
"""Slices about newcomers: all their labels are reported, those without a question too."""


def by_length(queries: Queries) -> dict[str, str]:
    """Short (up to 4 characters without blanks), middle (5 to 8) and long queries."""

    def label(text: str) -> str:
        size = len("".join(text.split()))
        return "1-4 characters" if size <= 4 else "5-8 characters" if size <= 8 else "9+ characters"

    return {qid: label(text) for qid, text in queries.items()}


def by_wording(
    queries: Queries, qrels: Qrels, background: Background, words: Callable[[str], Sequence[str]]
) -> dict[str, str]:
    """``exact`` if a wanted title holds every word of the query, else ``vague``.

    Args:
        queries, qrels: the judged queries.
        background: with titles.
        words: cuts a text; ``semrec.text.segment.Segmenter().words`` does.
    """
    titles = _by_item(background, background.titles, "titles")
    labels = {}
    for qid, text in queries.items():
        wanted = [titles[item].lower() for item in _relevant(qrels, qid) if item in titles]
        asked = [word.lower() for word in words(text)]
        if wanted:
            exact = any(all(word in title for word in asked) for title in wanted)
            labels[qid] = "exact" if exact else "vague"
    return labels


def by_category(qrels: Qrels, background: Background) -> dict[str, str]:
    """The category of the most relevant item."""
    categories = _by_item(background, background.categories, "categories")
    labels = {}
    for qid in qrels:
        known = [categories[item] for item in _relevant(qrels, qid) if categories.get(item)]
        if known:
            labels[qid] = known[0]
    return labels


def by_popularity(qrels: Qrels, background: Background) -> dict[str, str]:
    """Head, torso, tail or new: where the least popular wanted item stands.

    The most popular items that together have a third of the interactions are the head, those with
    the next third the torso, the rest the tail; new items have none.
    """
    if background.users_of_item is None:
        raise InvalidArgument("the background has no users_of_item; legal: one with them")
    counts = background.users_of_item
    order = np.argsort(-counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    part = np.minimum(3 * before // max(int(counts.sum()), 1), 2)
    names = np.array(["head", "torso", "tail", "new"])
    label = np.empty(len(counts), dtype=np.int64)
    label[order] = np.where(counts[order] > 0, part, 3)
    place = dict(zip(background.items, label.tolist(), strict=True))
    labels = {}
    for qid in qrels:
        known = [place.get(item, 3) for item in _relevant(qrels, qid)]
        if known:
            labels[qid] = str(names[max(known)])
    return labels


def by_history(users: Sequence[str], events_of_user: Mapping[str, int]) -> dict[str, str]:
    """``new user`` without any training event, ``1-5 events``, else ``known user``."""
    return {user: _slice(USER_SLICES, events_of_user.get(user, 0)) for user in users}


def by_users(qrels: Qrels, users_of_item: Mapping[str, int]) -> dict[str, str]:
    """By item: ``new item`` that nobody has in training, ``1-2 users``, else ``known item``.

    Args:
        qrels: whose items are labelled.
        users_of_item: users in training by item id.
    """
    items = dict.fromkeys(item for gains in qrels.values() for item in gains)
    return {item: _slice(ITEM_SLICES, users_of_item.get(item, 0)) for item in items}


def by_log(queries: Queries, logged: Collection[str]) -> dict[str, str]:
    """``new query`` if the log does not hold it, however it is written, else ``known query``.

    Args:
        queries: the judged queries.
        logged: the queries of the shop's log; all are new to a shop without one.
    """
    seen = {normalise(text) for text in logged}
    return {
        qid: "known query" if normalise(text) in seen else "new query"
        for qid, text in queries.items()
    }


def _slice(slices: Mapping[str, tuple[int, int | None]], count: int) -> str:
    return next(name for name, (_, most) in slices.items() if most is None or count <= most)


def _relevant(qrels: Qrels, qid: str) -> list[str]:
    """Relevant items, the most relevant first."""
    gains = qrels.get(qid, {})
    return sorted((item for item in gains if gains[item] > 0), key=lambda item: -gains[item])


def _by_item(background: Background, values: Sequence[str] | None, name: str) -> dict[str, str]:
    if values is None:
        raise InvalidArgument(f"the background has no {name}; legal: one with them")
    return dict(zip(background.items, values, strict=True))
