"""Kinds of questions, so that a mean does not hide whom a system fails.

Each function gives a label by question id; what it cannot judge is left out. Pass them to
``semrec.evaluate.run(slices={"length": by_length(queries), …})``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from semrec.errors import InvalidArgument
from semrec.evaluate.background import Background
from semrec.evaluate.files import Qrels, Queries

Labels = Mapping[str, str]
"""Label by question id."""
_NEW_BELOW = 5


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
    """``new`` without any training event, ``few events`` below 5, else ``known``."""

    def label(count: int) -> str:
        return "new" if not count else "few events" if count < _NEW_BELOW else "known"

    return {user: label(events_of_user.get(user, 0)) for user in users}


def _relevant(qrels: Qrels, qid: str) -> list[str]:
    """Relevant items, the most relevant first."""
    gains = qrels.get(qid, {})
    return sorted((item for item in gains if gains[item] > 0), key=lambda item: -gains[item])


def _by_item(background: Background, values: Sequence[str] | None, name: str) -> dict[str, str]:
    if values is None:
        raise InvalidArgument(f"the background has no {name}; legal: one with them")
    return dict(zip(background.items, values, strict=True))
