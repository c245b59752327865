"""The behaviour log: sessions in which users search, browse, buy, come back and rate."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.data.sample.bundles import Pairs, partners
from semrec.data.sample.demand import DAY, END, Demand, favourite_trait
from semrec.data.sample.people import User
from semrec.data.sample.products import CATEGORIES, pick

N_EVENTS = 52_000
_SHOWN = 10
EXAMINATION = tuple(round(1 / position**0.8, 4) for position in range(1, _SHOWN + 1))
"""Planted position bias: the chance that a user looks at a search result, by position from 1."""
_SESSION_SHARES = (0.55, 0.34, 0.11)
"""Shares of sessions that search, browse, and come for a planted bundle."""
_FOCUS = 0.8
_CLICK_LIKED, _CLICK_FITTING, _CLICK_STRAY = 0.9, 0.5, 0.05
_FAV, _CART, _BUY_FROM_CART, _BUY_AT_ONCE = 0.09, 0.16, 0.5, 0.02
_TAKE_PARTNER, _TAKE_COMPLEMENT, _REBUY, _RATE = 0.6, 0.15, 0.45, 0.3
_COLUMNS = (
    "user_id",
    "item_id",
    "event_type",
    "timestamp",
    "value",
    "query",
    "query_id",
    "position",
    "session_id",
)


@dataclass(slots=True)
class _Session:
    """Where a session stands: its user, its number, its clock."""

    user: User
    number: int
    time: int


@dataclass
class Behaviour:
    """Simulates the log.

    Attributes:
        quality: chance that a buyer of an item is content, shape ``(items,)``.
        query_kinds: which kind of product each query (by id) asked for.
    """

    rng: np.random.Generator
    demand: Demand
    pairs: Pairs
    quality: NDArray[np.float64]
    query_kinds: dict[str, str] = field(default_factory=dict)
    _events: list[tuple[object, ...]] = field(default_factory=list)
    _owned: set[tuple[str, int]] = field(default_factory=set)
    _sessions: int = 0

    def __post_init__(self) -> None:
        self._partners = partners(self.pairs)
        self._category_rows = {
            category.name: np.concatenate([self.demand.rows[kind.name] for kind in category.kinds])
            for category in CATEGORIES
        }
        products = self.demand.products
        self._pair_kinds = [{products[row].kind.name for row in pair} for pair in self.pairs]

    def simulate(self, users: list[User], count: int = N_EVENTS) -> pd.DataFrame:
        """Exactly ``count`` events in order of time; every user has at least one.

        Sessions fall on random days, so cutting the list at ``count`` favours no time.
        """
        shares = np.cumsum([user.activity for user in users])
        kinds = np.cumsum(_SESSION_SHARES)
        acts = (self._search, self._browse, self._buy_bundle)
        visits = 0
        while len(self._events) < count:
            if visits < len(users):
                user = users[visits]
            else:
                user = users[int(np.searchsorted(shares, self.rng.random() * shares[-1]))]
            visits += 1
            session = self._open(user, self.demand.moment())
            act = acts[int(np.searchsorted(kinds, self.rng.random()))]
            # A search may end without a click, a visit of a page may not.
            (act if visits > len(users) else self._browse)(session)
        frame = pd.DataFrame(self._events[:count], columns=list(_COLUMNS))
        frame = frame.sort_values("timestamp", kind="stable", ignore_index=True)
        frame["item_id"] = [f"p{row + 1:04d}" for row in frame["item_id"]]
        return frame.astype({"timestamp": "int64", "value": "float64", "position": "Int64"})

    def _open(self, user: User, time: int) -> _Session:
        self._sessions += 1
        return _Session(user, self._sessions, time)

    def _log(
        self,
        session: _Session,
        row: int,
        event: str,
        query: str | None = None,
        query_id: str | None = None,
        position: int | None = None,
    ) -> None:
        session.time += 4 + int(self.rng.exponential(35))
        if session.time < END:
            name = f"s{session.number:05d}"
            user = session.user.user_id
            self._events.append(
                (user, row, event, session.time, None, query, query_id, position, name)
            )

    def _search(self, session: _Session) -> None:
        """Results are shown by popularity and relevance; clicks depend on position and liking."""
        user = session.user
        kind = self.demand.kind(user, session.time, _FOCUS)
        query, asked = self._query(user, kind)
        query_id = f"q{session.number:05d}"
        self.query_kinds[query_id] = kind
        fitting = self.demand.items(user, kind, _SHOWN - 2)
        category = self.demand.products[fitting[0]].category.name
        stray = self.rng.choice(self._category_rows[category], 2, replace=False)
        shown = list(dict.fromkeys([*fitting, *(int(row) for row in stray)]))
        merit = [
            0.3 * np.log(self.demand.popularity[row])
            + (2.0 if asked in self.demand.products[row].words else 0.0)
            + (1.0 if self.demand.products[row].kind.name == kind else -1.0)
            for row in shown
        ]
        order = np.argsort(-(np.array(merit) + self.rng.normal(0, 1.2, len(shown))))
        draws = self.rng.random(len(shown))
        for place, index in enumerate(order):
            row = shown[int(index)]
            product = self.demand.products[row]
            fits = _CLICK_LIKED if asked in product.words else _CLICK_FITTING
            chance = fits if product.kind.name == kind else _CLICK_STRAY
            if draws[place] < EXAMINATION[place] * chance:
                self._log(session, row, "click", query, query_id, place + 1)
                self._decide(session, row)

    def _query(self, user: User, kind: str) -> tuple[str, str]:
        """A query for a kind, and the word that it asks for beside it ("" if none)."""
        found = self.demand.products[int(self.demand.rows[kind][0])].kind
        noun = (
            kind if self.rng.random() < 0.75 or not found.aliases else pick(self.rng, found.aliases)
        )
        form = self.rng.random()
        if form < 0.25:
            return noun, ""
        if form < 0.7:
            word = favourite_trait(user, kind) or pick(self.rng, found.traits)
        elif form < 0.85:
            word = pick(self.rng, found.crowds)
        else:
            word = pick(self.rng, found.scenes or found.materials)
        if not word:
            return noun, ""
        return pick(self.rng, (f"{word}{noun}", f"{noun} {word}", f"{word} {noun}")), word

    def _browse(self, session: _Session) -> None:
        kind = self.demand.kind(session.user, session.time, _FOCUS)
        for row in self.demand.items(session.user, kind, 2 + int(self.rng.integers(5))):
            self._log(session, row, "view")
            self._decide(session, row)

    def _buy_bundle(self, session: _Session) -> None:
        """A planted pair that is in season, if possible one that touches the user's tastes."""
        tastes, time = set(session.user.tastes), session.time
        wanted = [
            place
            for place, pair in enumerate(self.pairs)
            if not any(self._owns(session.user, row) for row in pair)
            and self.rng.random()
            < min(self.demand.factor(k, time) for k in self._pair_kinds[place])
        ]
        near = [place for place in wanted if self._pair_kinds[place] & tastes] or wanted
        pair = self.pairs[int(self.rng.choice(near))] if near else ()
        for row in pair:
            self._log(session, row, "view")
            self._log(session, row, "cart")
        for row in pair:
            self._buy(session, row)

    def _decide(self, session: _Session, row: int) -> None:
        fav, cart, buy = self.rng.random(3)
        if fav < _FAV:
            self._log(session, row, "fav")
        if cart < _CART:
            self._log(session, row, "cart")
        if buy < (_BUY_FROM_CART if cart < _CART else _BUY_AT_ONCE):
            self._buy(session, row)
            self._add_to_basket(session, row)

    def _add_to_basket(self, session: _Session, row: int) -> None:
        """What goes with a purchase: its planted partner, or an item of a kind that suits it."""
        complements = self.demand.complements[self.demand.products[row].kind.name]
        if row in self._partners:
            if self.rng.random() < _TAKE_PARTNER:
                self._log(session, self._partners[row][0], "view")
                self._buy(session, self._partners[row][0])
        elif complements and self.rng.random() < _TAKE_COMPLEMENT:
            extra = self.demand.items(session.user, pick(self.rng, complements), 1)[0]
            self._log(session, extra, "view")
            self._buy(session, extra)

    def _buy(self, session: _Session, row: int) -> None:
        """A purchase; a rating may follow in days, and for consumables the next one in weeks."""
        if self._owns(session.user, row):
            return
        self._owned.add((session.user.user_id, row))
        self._log(session, row, "buy")
        if self.rng.random() < _RATE:
            self._rate(session, row)
        if self.demand.products[row].kind.consumable and self.rng.random() < _REBUY:
            time = session.time + int(self.rng.uniform(20, 35) * DAY)
            if time < END:
                later = self._open(session.user, time)
                self._log(later, row, "view")
                self._buy(later, row)

    def _owns(self, user: User, row: int) -> bool:
        """Whether a user has no need of another one: nobody buys the same kettle twice."""
        consumable = self.demand.products[row].kind.consumable
        return not consumable and (user.user_id, row) in self._owned

    def _rate(self, session: _Session, row: int) -> None:
        time = session.time + int(self.rng.uniform(2, 9) * DAY)
        content = self.rng.random() < self.quality[row]
        stars = int(self.rng.integers(4, 6) if content else self.rng.integers(1, 4))
        if time < END:
            user = session.user.user_id
            self._events.append((user, row, "rating", time, stars, None, None, None, None))
