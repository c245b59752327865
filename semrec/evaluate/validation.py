"""Validation queries for a shop that has no judgements: from its log, or made from its titles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from semrec.errors import DataError, InvalidArgument
from semrec.evaluate.satisfaction import BOUGHT, CARTED, LOOKED

_GAINS = {**dict.fromkeys(LOOKED, 1.0), **dict.fromkeys(CARTED, 2.0), **dict.fromkeys(BOUGHT, 3.0)}


def logged_queries(
    log: pd.DataFrame, min_people: int = 1
) -> tuple[dict[str, str], dict[str, dict[str, float]]]:
    """Queries of a behaviour log with what people took from the answers.

    An item that was looked at has gain 1, put in the cart 2, bought 3. People click what is shown
    first, so that the system that was in place looks better than it is (Joachims et al. 2005):
    compare settings with it, not other systems. Split the log by time first, and take the queries
    of the later part.

    Args:
        log: with ``query, user_id, item_id, event_type``; "" or NaN where there is no query.
        min_people: users who must have taken an item for the same query.

    Returns:
        Queries and judgements; the query's text is its own id.

    Raises:
        DataError: a column is missing.
        InvalidArgument: ``min_people`` is below 1.
    """
    if min_people < 1:
        raise InvalidArgument(f"min_people = {min_people}; legal: 1 or more")
    for column in ("query", "user_id", "item_id", "event_type"):
        if column not in log:
            raise DataError(f"log: column {column!r} is missing; present: {', '.join(log.columns)}")
    asked = log[log["query"].notna() & (log["query"] != "")]
    gains = asked["event_type"].map(_GAINS)
    taken = asked.assign(gain=gains).dropna(subset="gain").groupby(["query", "item_id"])
    found = taken.agg(gain=("gain", "max"), people=("user_id", "nunique")).reset_index()
    found = found[found["people"] >= min_people]
    qrels: dict[str, dict[str, float]] = {}
    for query, item, gain in zip(found["query"], found["item_id"], found["gain"], strict=True):
        qrels.setdefault(str(query), {})[str(item)] = float(gain)
    return {query: query for query in qrels}, qrels


@dataclass(frozen=True, slots=True, eq=False)
class Cloze:
    """Known-item queries, and titles that lost some of the words that are asked for.

    Attributes:
        titles: of all items, in their order; build the engine that is tuned from these.
        queries, qrels: each query should find the one item whose title it was taken from.
    """

    titles: list[str]
    queries: dict[str, str]
    qrels: dict[str, dict[str, float]]


def cloze_queries(
    titles: Sequence[str],
    items: Sequence[str],
    words: Callable[[str], Sequence[str]],
    count: int = 300,
    *,
    lost: float = 0.5,
    seed: int = 0,
) -> Cloze:
    """Two to four words of a title, the rarer the likelier (Azzopardi, de Rijke & Balog 2007).

    A shopper's words are not always the seller's: each word asked for is cut out of the title with
    probability ``lost``. With 0, exact matching looks better than it is with shoppers. Half of the
    queries are written without blanks. Words that several titles hold together make no query.

    Args:
        titles, items: of the catalog.
        words: cuts a title; ``semrec.text.segment.Segmenter().words`` does.
        count: how many; fewer if the titles do not give as many.
        lost: share of the words that the title loses. In a log of real queries, half of the words
            were not in the best matching title.
        seed: of titles and words.

    Raises:
        InvalidArgument: ``count`` is below 1, or ``lost`` is not from 0 to below 1.
    """
    if count < 1 or not 0 <= lost < 1:
        raise InvalidArgument(f"count = {count}, lost = {lost}; legal: 1 or more, 0 to below 1")
    cut = [[word for word in dict.fromkeys(words(title)) if len(word) > 1] for title in titles]
    holding: dict[str, set[int]] = {}
    for row, found in enumerate(cut):
        for word in found:
            holding.setdefault(word, set()).add(row)
    rng = np.random.default_rng(seed)
    cloze = Cloze(list(titles), {}, {})
    for row in rng.permutation(len(titles)).tolist():
        if len(cloze.queries) == count:
            break
        found = cut[row]
        if len(found) < 3:
            continue
        rarity = np.array([np.log1p(len(titles) / len(holding[word])) for word in found])
        size = min(int(rng.integers(2, 5)), len(found) - 1)
        chosen = sorted(rng.choice(len(found), size, replace=False, p=rarity / rarity.sum()))
        asked = [found[at] for at in chosen]
        if len(set.intersection(*(holding[word] for word in asked))) > 1:
            continue
        qid = f"cloze-{row}"
        cloze.queries[qid] = ("" if rng.random() < 0.5 else " ").join(asked)
        cloze.qrels[qid] = {items[row]: 1.0}
        for word in asked:
            if rng.random() < lost:
                cloze.titles[row] = cloze.titles[row].replace(word, "")
    return cloze
