"""Reviews composed of phrases, with the sentiment and the aspects that were put in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.data.sample.demand import DAY, END, START
from semrec.data.sample.products import Product, pick
from semrec.data.sample.vocab_reviews import (
    BAD,
    COMMON_ASPECTS,
    ENDINGS,
    GOOD,
    OPENINGS,
    TURNS,
    TURNS_BACK,
)

N_REVIEWS = 5_000
_BY_BUYERS = 0.8
_MIXED = 0.18
_OF_CONSUMABLES = ("效果", "气味", "口感", "新鲜", "宠物喜好")
_CLAUSES = (0.2, 0.5, 0.3)
_STARS = {1: (4, 5, 5), 0: (3, 3, 2, 4), -1: (1, 1, 2)}
_JOINTS = ("，", "，", "，", "。", "；", "，而且", "，", "！")


@dataclass(frozen=True, slots=True)
class Reviews:
    """Reviews and, aligned with their rows, what was planted in each.

    Attributes:
        frame: columns item_id, user_id, text, rating, timestamp.
        sentiment: +1 praise, -1 complaint, 0 both, shape ``(reviews,)``.
        aspects: per review, +1 or -1 for each aspect that it speaks of.
    """

    frame: pd.DataFrame
    sentiment: NDArray[np.int64]
    aspects: tuple[dict[str, int], ...]


def make_reviews(
    rng: np.random.Generator,
    products: list[Product],
    events: pd.DataFrame,
    quality: NDArray[np.float64],
    count: int = N_REVIEWS,
) -> Reviews:
    """Reviews mostly by buyers, the others anonymous; good items are praised more often."""
    buys = events[events["event_type"] == "buy"].drop_duplicates(["user_id", "item_id"])
    by_buyers = int(count * _BY_BUYERS)
    chosen = rng.permutation(len(buys))[:by_buyers]
    others = rng.integers(0, len(buys), count - len(chosen))
    source = buys.iloc[np.concatenate([chosen, others])].reset_index(drop=True)
    anonymous = np.arange(count) >= len(chosen)
    delay = (rng.uniform(3, 15, count) * DAY).astype(np.int64)
    times = np.clip(source["timestamp"].to_numpy() + delay, START, END - 1)
    rows = source["item_id"].str[1:].astype(int).to_numpy() - 1
    content = rng.random(count) < quality[rows]
    mixed = rng.random(count) < _MIXED
    sentiment = np.where(mixed, 0, np.where(content, 1, -1)).astype(np.int64)
    texts, aspects = [], []
    for row, mood in zip(rows, sentiment, strict=True):
        text, found = _write(rng, products[int(row)], int(mood))
        texts.append(text)
        aspects.append(found)
    frame = pd.DataFrame(
        {
            "item_id": source["item_id"],
            "user_id": source["user_id"].where(~anonymous, None),
            "text": texts,
            "rating": [_STARS[int(m)][int(rng.integers(len(_STARS[int(m)])))] for m in sentiment],
            "timestamp": times,
        }
    )
    order = np.argsort(times, kind="stable")
    return Reviews(
        frame.iloc[order].reset_index(drop=True),
        sentiment[order],
        tuple(aspects[int(place)] for place in order),
    )


def _write(rng: np.random.Generator, product: Product, mood: int) -> tuple[str, dict[str, int]]:
    """The text of one review and its aspects."""
    common = [name for name in COMMON_ASPECTS if name != "外观" or not product.kind.consumable]
    own = [
        name
        for name in product.category.aspects
        if product.kind.consumable or name not in _OF_CONSUMABLES
    ] or ["实用"]
    pool = (*common, *own, *own)
    wanted = 1 + int(np.searchsorted(np.cumsum(_CLAUSES), rng.random()))
    wanted = max(wanted, 2) if mood == 0 else wanted
    names = list(dict.fromkeys(pool[int(place)] for place in rng.permutation(len(pool))))[:wanted]
    if mood == 0:
        first = 1 if rng.random() < 0.7 else -1
        signs = [first] * (wanted - 1) + [-first]
        turn = pick(rng, (TURNS if first > 0 else TURNS_BACK).split("|"))
    else:
        signs, turn = [mood] * wanted, ""
    text = ""
    for place, (name, sign) in enumerate(zip(names, signs, strict=True)):
        if place:
            text += turn if turn and place == wanted - 1 else pick(rng, _JOINTS)
        text += pick(rng, (GOOD if sign > 0 else BAD)[name].split("|"))
    opening = pick(rng, OPENINGS[mood].split("|"))
    ending = pick(rng, ENDINGS[mood].split("|")) + pick(rng, ("", "", "。", "！", "～"))
    text = (
        (opening + text + ending).replace("！。", "！").replace("！！", "！").replace("！～", "！")
    )
    return text.format(noun=product.kind.name), dict(zip(names, signs, strict=True))
