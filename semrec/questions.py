"""The questions that an engine answers: for a query, a person, a product, and about a query."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from semrec.answer import check_k, in_stock, too_few, without
from semrec.behaviour.profile import Profile, profile
from semrec.data.events import COLUMNS, Events
from semrec.errors import InvalidArgument, shorten
from semrec.legs import Using, legs
from semrec.rank import sources
from semrec.rank.context import Context, context_of
from semrec.rank.filter import Filters, allowed_rows
from semrec.rank.intent_boost import Plan
from semrec.rank.substitutes import without_substitutes
from semrec.results import Results
from semrec.state import State
from semrec.text.intent import QueryIntent
from semrec.text.normalise import normalise
from semrec.text.reviews.wishes import aspect_wishes
from semrec.text.suggest import Suggestion

_MAX_QUERY = 512
"""Characters of a query that are read; nobody types more, but anybody can paste a page."""


class Questions(ABC):
    """Answers from a state, which may be replaced between two questions and never within one."""

    @property
    @abstractmethod
    def _state(self) -> State:
        """The shop as it is now."""

    # ---- the four questions ------------------------------------------------------------------

    def search(
        self,
        query: str,
        user: str | None = None,
        k: int = 10,
        filters: Filters | None = None,
        using: Using = "blend",
        understand: bool = True,
        context: Context | Mapping[str, Any] | None = None,
    ) -> Results:
        """The items that fit a query, and among equals those that fit the person.

        Args:
            query: what a shopper types.
            user: who asks; None or a stranger gets plain relevance.
            k: how many items at most.
            filters: ``{"category": "美妆", "price": (None, 500)}``; see ``rank.filter``.
            using: the legs that answer; one alone, for comparison.
            understand: search for what was understood (price, exclusions, brand, order, needs)
                and not for the letters alone; only a ``blend`` does.
            context: the situation, ``{"festival": "双11", "hour": 22, "weather": "下雨"}``, and
                what the person wrote lately, ``{"texts": […]}``; see ``rank.context``.

        Raises:
            InvalidArgument: ``k`` is negative, ``using`` or a name in ``context`` is unknown, or
                the query is no text.
            UnknownColumn, UnknownValue: a filter fits nothing.
        """
        check_k(k)
        if not isinstance(query, str):
            raise InvalidArgument(f"query {shorten(query)} is no text")
        state = self._state
        allowed = allowed_rows(state.shop.catalog, filters)
        question = f"搜索：{shorten(query, 40)[1:-1]}"
        text = normalise(query)
        if not text:
            return Results((), question, ("空的搜索词：请输入要找的商品。",))
        notes = [] if len(text) <= _MAX_QUERY else [f"搜索词过长，只用了前 {_MAX_QUERY} 个字。"]
        text = text[:_MAX_QUERY]

        history = state.shop.history_of(user)
        heard = legs(using, state.shop.choice.sides)
        plan = Plan(text, allowed)
        if understand and heard.everything:
            plan = state.tools.plan(text, allowed)
        wishes = aspect_wishes(text) if understand and heard.everything else []
        voices = [
            *state.search_voices(plan.text, history, heard),
            *plan.voices,
            *state.extra_voices(wishes, context_of(context), finds=False),
        ]
        weights = state.shop.config.blend.search if len(voices) > 1 else {voices[0].name: 1.0}
        return state.answerer.answer(
            voices,
            weights,
            k,
            plan.allowed,
            question,
            [*notes, *plan.notes],
            phrases=state.answerer.phrases.for_search(
                state.segmenter.words(plan.text), history, wishes
            ),
            fallback="与搜索词语义相近",
        )

    def recommend(
        self,
        user: str | None = None,
        k: int = 10,
        filters: Filters | None = None,
        exclude_seen: bool = True,
        context: Context | Mapping[str, Any] | None = None,
    ) -> Results:
        """What a person may like; for a stranger or nobody, what is popular now.

        Items whose stock is 0 are left out.

        Args:
            user: a user of the behaviour log, a stranger, or None.
            k: how many items at most.
            filters: as in :meth:`search`.
            exclude_seen: leave out what the person already dealt with.
            context: the situation, as in :meth:`search`.

        Raises:
            InvalidArgument: ``k`` is negative, or a name in ``context`` is unknown.
            UnknownColumn, UnknownValue: a filter fits nothing.
        """
        check_k(k)
        state, shop = self._state, self._state.shop
        allowed = in_stock(allowed_rows(shop.catalog, filters), shop)
        history = shop.history_of(user)
        question = f"推荐给 {user}" if user is not None else "热门推荐"
        notes = []
        voices = [sources.popularity(shop, finds=True)]
        if history is None:
            if user is not None:
                notes.append("没有该用户的行为记录，按近期热度推荐。")
        else:
            voices += [sources.user(shop, history, finds=True), sources.taste(shop, history)]
            if exclude_seen:
                allowed = without(allowed, history.indices, len(shop.catalog))
        voices += state.extra_voices((), context_of(context), finds=True)
        return state.answerer.answer(
            voices,
            shop.config.blend.recommend,
            k,
            allowed,
            question,
            notes,
            phrases=state.answerer.phrases.for_person(history),
            fallback="近期热门",
        )

    def similar(self, item_id: str, k: int = 10, filters: Filters | None = None) -> Results:
        """Items alike: in text, and in who looks at them.

        Raises:
            UnknownItem: there is no such item.
            InvalidArgument: ``k`` is negative.
            UnknownColumn, UnknownValue: a filter fits nothing.
        """
        check_k(k)
        state, shop = self._state, self._state.shop
        row = shop.catalog.items.row(item_id)
        title = state.answerer.phrases.title(row)
        allowed = without(allowed_rows(shop.catalog, filters), [row], len(shop.catalog))
        voices = [
            sources.dense(shop.dense, shop.dense.reconstruct(np.array([row]))[0]),
            sources.lexical(shop, state.segmenter.terms(title)),
            sources.together(shop, row, finds=True),
        ]
        return state.answerer.answer(
            voices,
            shop.config.blend.similar,
            k,
            allowed,
            f"与 {item_id} 相似：{title}",
            [],
            phrases=state.answerer.phrases.for_similar(row, state.segmenter.words(title)),
            fallback="与该商品相近",
        )

    def bundle(self, item_id: str, k: int = 5, filters: Filters | None = None) -> Results:
        """Items that are bought together with one, leaving out what would replace it or is gone.

        Raises:
            UnknownItem: there is no such item.
            InvalidArgument: ``k`` is negative.
            UnknownColumn, UnknownValue: a filter fits nothing.
        """
        check_k(k)
        state, shop = self._state, self._state.shop
        row = shop.catalog.items.row(item_id)
        allowed = in_stock(allowed_rows(shop.catalog, filters), shop)
        bought = shop.bundles.similar_items(row, len(shop.catalog), allowed)
        hits = without_substitutes(shop, row, bought).top(k)
        why = state.answerer.phrases.for_bundle(row, hits)
        notes = too_few(len(hits), k, filtered=bool(filters))
        if not len(hits):
            notes = ["没有该商品的共同购买记录。"]
        question = f"与 {item_id} 搭配：{state.answerer.phrases.title(row)}"
        return Results(state.answerer.hits(hits, why), question, tuple(notes))

    def profile(self, user: str) -> Profile:
        """What the log says of a person: categories, brands, prices, hours, rhythm, repeats.

        A stranger's profile is empty.
        """
        shop = self._state.shop
        log = shop.events.read()
        events = Events(pd.DataFrame(columns=list(COLUMNS)) if log is None else log)
        return profile(user, events, shop.catalog, shop.config.events)

    # ---- the query itself --------------------------------------------------------------------

    def understand(self, query: str) -> QueryIntent:
        """What a query asks for: product, brand, attributes, price, order, exclusions, needs."""
        return self._state.tools.understand(query)

    def classify(self, query: str, labels: Sequence[str]) -> list[tuple[str, float]]:
        """The given category names with their probabilities for a query, the likeliest first.

        Raises:
            InvalidArgument: there is no label.
        """
        return self._state.tools.classify(query, labels, self._state.semantic.encoder)

    def suggest(self, prefix: str, k: int = 10) -> list[Suggestion]:
        """Completions of what was typed, in characters, pinyin or initials, the best first.

        Raises:
            InvalidArgument: ``k`` is less than 1.
        """
        return self._state.tools.suggest(prefix, k)
