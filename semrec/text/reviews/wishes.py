"""Aspects that a query wishes for, and how far the reviews grant the wish."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from semrec.text.normalise import normalise
from semrec.text.reviews.aspect_vocab import (
    ASPECTS,
    GOOD,
    LESS_IS_MORE,
    NAMES,
    NEGATIONS,
    NO_WISH,
    SOFT,
    WISHES,
)
from semrec.text.reviews.profile import COLUMNS, AspectProfile
from semrec.types import Rows, Scores

_BETWEEN = r"(?:要|最|比较|特别|很|超级|超|非常|一点|更|时间|能力|效果)?"
_DENIALS = tuple(word for word in NEGATIONS if word not in ("防", "别"))
"""防脏 is what a cover does."""
_NO_WORD = r"(?![全小码])"
"""大全, 大小 and 大码 are no praise."""
_TERM_LENGTH = 2
_LEAST_SHARE = 0.6
"""Reasons praise only what most praise."""


@dataclass(frozen=True, slots=True)
class AspectWish:
    """An aspect that shall be good.

    Attributes:
        aspect: its name, one of ``aspect_vocab.NAMES``.
        start, end: the words of the normalised query that say so.
    """

    aspect: str
    start: int
    end: int

    @property
    def column(self) -> int:
        """Its column in an ``AspectProfile``."""
        return COLUMNS.index(self.aspect)


def aspect_wishes(query: str) -> list[AspectWish]:
    """What a query wants buyers to have praised, in text order, each aspect once.

    An aspect alone is no wish (手机屏幕贴膜); with a good word beside it (续航好), a judging word
    (显瘦) or a complaint denied (不掉色) it is.

    >>> [wish.aspect for wish in aspect_wishes("续航好的手机")]
    ['续航']
    >>> [wish.aspect for wish in aspect_wishes("不掉色的牛仔裤 性价比高")]
    ['不掉色', '性价比']
    """
    text = normalise(query)
    found = []
    for number, pattern in enumerate(_patterns()):
        match = pattern.search(text)
        if match is not None:
            found.append(AspectWish(NAMES[number], match.start(), match.end()))
    # 电池耐用 says nothing of 耐用 alone: words inside longer ones do not count.
    whole = [wish for wish in found if not any(_inside(wish, other) for other in found)]
    return sorted(whole, key=lambda wish: (wish.start, wish.end, wish.column))


def review_signal(profile: AspectProfile, wishes: Sequence[AspectWish], rows: Rows) -> Scores:
    """How well the reviews speak of each item, shape ``(rows,)``, float32, in [0, 1].

    Mean over the wished aspects of the lower bound of the share of praise; without a wish, the
    lower bound for the reviews as a whole. NaN where no review mentions any of them.
    """
    columns = [wish.column for wish in wishes] or [0]
    bounds = np.stack([profile.lower(rows, column) for column in columns])
    known = np.isfinite(bounds)
    count = known.sum(axis=0)
    total = np.where(known, bounds, 0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)


def review_reason(profile: AspectProfile, wishes: Sequence[AspectWish], row: int) -> str | None:
    """The wish that is granted best: ``续航好评 92%（132 条）``; None if none is praised."""
    names = [wish.aspect for wish in wishes] or [COLUMNS[0]]
    praised = [(share, count, name) for name, share, count in profile.describe(row, names)]
    if not praised:
        return None
    share, count, name = max(praised)
    if share < _LEAST_SHARE:
        return None
    said = "好评" if name == COLUMNS[0] else f"{name}好评"
    return f"{said} {share:.0%}（{count} 条）"


def _inside(wish: AspectWish, other: AspectWish) -> bool:
    longer = other.end - other.start > wish.end - wish.start
    return longer and other.start <= wish.start and wish.end <= other.end


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    patterns = []
    for aspect in ASPECTS:
        good = [*GOOD, *(SOFT if aspect.name in LESS_IS_MORE else ())]
        terms = _any([term for term in aspect.terms if len(term) >= _TERM_LENGTH] or ["\0"])
        ways = [f"{terms}{_BETWEEN}{_any(good)}{_NO_WORD}"]
        if aspect.complaint:
            ways.append(f"{_any(_DENIALS)}(?:会|容易|易)?{_any(aspect.complaint)}")
        praise = [word for word in aspect.praise if word not in NO_WISH]
        words = [*praise, *WISHES.get(aspect.name, ())]
        if words:
            # 不好看 wishes for nothing.
            ways.append(f"(?<!不){_any(words)}")
        patterns.append(re.compile("|".join(ways)))
    return tuple(patterns)


def _any(words: Sequence[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"
