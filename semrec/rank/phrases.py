"""What each signal says of an item, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property

import numpy as np
from scipy import sparse

from semrec.rank.explain import Phrase, matched_words, quoted
from semrec.rank.session import Session
from semrec.shop import Shop
from semrec.text.reviews.wishes import AspectWish, review_reason
from semrec.types import Hits, Vectors

_POPULAR = 0.6
"""From this share of the top item's (logarithmic) popularity on, an item is called popular."""
_GOOD_RATING = 4.5


class Phrases:
    """The phrases of one shop, by question."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        # Kept: a column taken out of the frame for each hit was a quarter of a search.
        self._titles = shop.catalog.frame["title"].array

    def for_search(
        self,
        words: Sequence[str],
        history: sparse.csr_matrix | None,
        wishes: Sequence[AspectWish] = (),
        session: Session | None = None,
    ) -> Mapping[str, Phrase]:
        """Why an item fits a query."""
        return {
            **self._just_seen(session),
            "reviews": lambda row, praise: self._praised(row, wishes),
            "context": lambda row, share: "适合此时此景" if share > 0 else None,
            "lexical": self._matched(words, "匹配"),
            "dense": lambda row, cosine: "与搜索词语义相近",
            **self._about(history, session),
            "popularity": self._popular,
        }

    def for_person(self, history: sparse.csr_matrix | None) -> Mapping[str, Phrase]:
        """Why an item fits a person."""
        return {
            **self._about(history),
            "popularity": self._popular,
            "context": lambda row, share: "适合此时此景" if share > 0 else None,
        }

    def _praised(self, row: int, wishes: Sequence[AspectWish]) -> str | None:
        opinions = self._shop.opinions
        return None if opinions is None else review_reason(opinions, wishes, row)

    def for_similar(self, row: int, words: Sequence[str]) -> Mapping[str, Phrase]:
        """Why an item is like another."""
        return {
            "lexical": self._matched(words, "同样含"),
            "dense": self._same_kind(row),
            "together": lambda other, share: "看过该商品的人也看" if share > 0 else None,
        }

    def for_bundle(self, hits: Hits, causes: Sequence[int]) -> list[str]:
        """Why each item goes with the one that speaks most for it."""
        said = []
        for row, cause in zip(hits.rows, causes, strict=True):
            evidence = self._shop.bundles.evidence(int(cause), np.array([row]))
            support, bought = int(evidence.support[0]), bool(evidence.from_baskets[0])
            said.append(
                f"{support} 次一起购买" if bought else f"{support} 位顾客都关注过，尚无一起购买"
            )
        return said

    def title(self, row: int) -> str:
        """The title of an item."""
        return str(self._titles[row])

    def _matched(self, words: Sequence[str], verb: str) -> Phrase:
        matcher = cache(lambda: self._shop.lexical.matcher(words))  # a leg alone asks for none

        def phrase(row: int, score: float) -> str | None:
            shared = matched_words(matcher()(row))
            return f"{verb}“{'、'.join(shared)}”" if shared else None

        return phrase

    def _just_seen(self, session: Session | None) -> dict[str, Phrase]:
        """What in a visit speaks for an item."""
        if session is None:
            return {}

        def because(row: int, affinity: float) -> str | None:
            cause = session.cause(row)
            return None if cause is None else f"因为你刚看过{quoted(self.title(cause))}"

        return {"session": because}

    def _about(
        self, history: sparse.csr_matrix | None, session: Session | None = None
    ) -> dict[str, Phrase]:
        """What in a history speaks for an item; nothing for a stranger."""
        if history is None or not history.nnz:
            return {}
        seen = _Seen(self._shop, history)

        def told(row: int) -> int | None:
            """What the phrase of the visit names already."""
            return None if session is None else session.cause(row)

        def because(row: int, share: float) -> str | None:
            cause = seen.cause(row) if share > 0 else None
            if cause is None or cause == told(row):
                return None
            return f"因为你关注过{quoted(self.title(cause))}"

        def alike(row: int, cosine: float) -> str | None:
            nearest = seen.nearest(row)
            if nearest in (seen.cause(row), told(row)):  # another phrase names it already
                return None
            return f"与你看过的{quoted(self.title(nearest))}相近"

        return {"user": because, "content": alike}

    def _popular(self, row: int, share: float) -> str | None:
        if share < _POPULAR:
            return None
        rating = float(self._shop.ratings[row])
        return f"近期热门，评分 {rating:.1f}" if rating >= _GOOD_RATING else "近期热门"

    def _same_kind(self, row: int) -> Phrase:
        frame = self._shop.catalog.frame

        def phrase(other: int, cosine: float) -> str | None:
            for column, name in (("brand", "同品牌"), ("category", "同类目")):
                value = frame[column].iat[row]
                if value and value == frame[column].iat[other]:
                    return f"{name}：{value}"
            return "描述相近"

        return phrase


class _Seen:
    """What one person dealt with, ready to be asked about many items.

    Args:
        shop: the fitted shop.
        history: of the person, shape ``(1, items)``, not empty.
    """

    def __init__(self, shop: Shop, history: sparse.csr_matrix) -> None:
        self._shop = shop
        order = np.argsort(history.indices)
        self._rows = history.indices[order].astype(np.int64)
        self._weights = np.log1p(history.data[order])
        self._causes: dict[int, int | None] = {}

    def cause(self, row: int) -> int | None:
        """The item that adds most to ``FittedItemNeighbours.score_users``; None if none does."""
        if row not in self._causes:
            self._causes[row] = self._strongest(row)
        return self._causes[row]

    def nearest(self, row: int) -> int:
        """The item of the nearest text."""
        here = self._shop.dense.reconstruct(np.array([row]))[0]
        return int(self._rows[np.argmax(self._vectors @ here)])

    def _strongest(self, row: int) -> int | None:
        # As ``neighbours.explain``, which takes half a millisecond for its sparse products.
        alike = self._shop.neighbours.alike
        part = slice(*alike.indptr[row : row + 2])
        others, likeness = alike.indices[part], alike.data[part]
        at = np.minimum(np.searchsorted(self._rows, others), len(self._rows) - 1)
        shares = np.where(self._rows[at] == others, self._weights[at] * likeness, 0.0)
        if not len(shares) or shares.max() <= 0:
            return None
        return int(others[shares == shares.max()].min())

    @cached_property
    def _vectors(self) -> Vectors:
        return self._shop.dense.reconstruct(self._rows)
