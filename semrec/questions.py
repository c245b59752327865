"""The questions that an engine answers: for a query, a person, a product, and about a query."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from semrec.answer import Request, in_stock, without
from semrec.behaviour.profile import Profile, profile
from semrec.checks import check_count, check_number, check_text, check_texts, check_user
from semrec.data.events import COLUMNS, Events
from semrec.errors import InvalidArgument, shorten
from semrec.explanation import Explanation, explained
from semrec.fitting import doubted, fitting
from semrec.legs import Using
from semrec.rank import sources
from semrec.rank.bundle import bundle
from semrec.rank.context import Context, context_of
from semrec.rank.diversify import Diversity, diversity_of
from semrec.rank.filter import Filters, allowed_rows
from semrec.rank.rules import WeightedMean
from semrec.requests import (
    basket_rows,
    bundle_notes,
    person_request,
    search_request,
)
from semrec.results import Results
from semrec.state import State
from semrec.text.intent import QueryIntent
from semrec.text.suggest import Suggestion
from semrec.types import Scores


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
        diversity: Diversity | Mapping[str, Any] | None = None,
        min_score: float | None = None,
        rerank: str | None = None,
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
            context: the situation, ``{"festival": "双11", "hour": 22, "weather": "下雨"}``,
                what the person wrote lately, ``{"texts": […]}``, and looked at in this visit,
                ``{"session": ["p1"]}``, which else the log says; see ``rank.context``.
            diversity: what may be paid for variety, ``{"novelty": 0.3, "tail": 0.3}``; see
                ``rank.diversify``. None is what the settings say, ``{}`` none.
            min_score: leave out what is less likely right than this (:meth:`relevance`). If
                nothing is left, or without it if not even the first fit, a note says which
                condition to give up, and the nearest items are shown.
            rerank: who reads the first candidates again (``rerank.model`` of the settings, which
                decide if None): ``none``, ``features``, or a cross-encoder.

        Raises:
            InvalidArgument: ``k`` is no whole number or negative, ``using``, a name or value in
                ``context`` or ``diversity`` is not legal, ``min_score`` is not in [0, 1], the query
                is no text, or the user no single id.
            UnknownColumn, UnknownValue: a filter fits nothing.
            ModelNotFound: the cross-encoder is neither on disk nor on the hub.
        """
        check_count("k", k)
        check_text("query", query)
        check_user(user)
        if min_score is not None:
            check_number("min_score", min_score, 0, 1)
        if rerank is not None:
            check_text("rerank", rerank)
        state = self._state
        allowed = allowed_rows(state.shop.catalog, filters)
        request = search_request(
            state, query, user, allowed, using, understand, context_of(context), rerank
        )
        if request is None:
            return Results((), "搜索：", ("空的搜索词：请输入要找的商品。",))
        usual = Diversity(novelty=state.shop.config.diversity.search)
        found = state.answerer.answer(request, k, diversity_of(diversity, usual))
        if min_score is not None:
            return fitting(state, request, found, min_score)
        return doubted(state, request, found) if using == "blend" else found

    def recommend(
        self,
        user: str | None = None,
        k: int = 10,
        filters: Filters | None = None,
        exclude_seen: bool = True,
        context: Context | Mapping[str, Any] | None = None,
        diversity: Diversity | Mapping[str, Any] | None = None,
        basket: Sequence[str] = (),
    ) -> Results:
        """What a person may like; for a stranger or nobody, what is popular now.

        Items whose stock is 0 are left out.

        Args:
            user: a user of the behaviour log, a stranger, or None.
            k: how many items at most.
            filters: as in :meth:`search`.
            exclude_seen: leave out what the person already dealt with.
            context: as in :meth:`search`. For a newcomer hour and season also tell what is popular,
                and ``{"category": "手机", "query": "蓝牙耳机"}`` through what they came in.
            diversity: as in :meth:`search`; also ``{"coverage": 0.3}`` for items that nobody else
                is shown, if the index was built with as much in ``[diversity]`` of the settings.
            basket: items that the person deals with right now, as if just put in the cart; so a
                newcomer is no stranger after one click.

        Raises:
            InvalidArgument: ``k`` is no whole number or negative, a name or value in ``context``
                or ``diversity`` is not legal, more ``coverage`` is wished than the index knows of,
                or the user is no single id.
            UnknownItem: there is no such item in the basket.
            UnknownColumn, UnknownValue: a filter fits nothing.
        """
        check_count("k", k)
        check_user(user)
        state = self._state
        allowed = allowed_rows(state.shop.catalog, filters)
        rows = basket_rows(state.shop, basket)
        request = person_request(state, user, allowed, exclude_seen, context_of(context), rows)
        paid = state.shop.config.diversity
        usual = Diversity(novelty=paid.recommend, coverage=paid.coverage)
        wish = diversity_of(diversity, usual)
        if wish is not None and wish.coverage > paid.coverage:
            raise InvalidArgument(
                f"diversity.coverage = {shorten(wish.coverage)}; legal: 0 to {paid.coverage}, as "
                "[diversity] coverage in the settings said when the index was built"
            )
        return state.answerer.answer(request, k, wish)

    def similar(self, item_id: str, k: int = 10, filters: Filters | None = None) -> Results:
        """Items alike: in text, and in who looks at them.

        Raises:
            UnknownItem: there is no such item.
            InvalidArgument: ``k`` is no whole number or negative.
            UnknownColumn, UnknownValue: a filter fits nothing.
        """
        check_count("k", k)
        state, shop = self._state, self._state.shop
        row = shop.catalog.items.row(item_id)
        title = state.answerer.phrases.title(row)
        allowed = without(allowed_rows(shop.catalog, filters), [row], len(shop.catalog))
        voices = [
            sources.dense(shop.dense, shop.dense.reconstruct(np.array([row]))[0]),
            sources.lexical(shop, state.segmenter.terms(title)),
            sources.together(shop, row, finds=True),
        ]
        request = Request(
            voices=voices,
            rule=WeightedMean(shop.config.blend.similar),
            allowed=allowed,
            question=f"与 {item_id} 相似：{title}",
            notes=(),
            phrases=state.answerer.phrases.for_similar(row, state.segmenter.words(title)),
            fallback="与该商品相近",
        )
        return state.answerer.answer(request, k)

    def bundle(
        self,
        item_id: str | Sequence[str],
        k: int = 5,
        filters: Filters | None = None,
        budget: float | None = None,
    ) -> Results:
        """Items that are bought together with one, or with those of a basket.

        What would replace a given item or is sold out is left out. A note says what all cost
        together.

        Args:
            item_id: an item, or the items of a basket.
            k: how many items at most.
            filters: as in :meth:`search`.
            budget: what all may cost together, the given items included; then the items also do
                not replace each other. See ``rank.bundle``.

        Raises:
            UnknownItem: there is no such item.
            InvalidArgument: ``k`` is no whole number or negative, the basket empty or no list of
                ids, or the budget not positive.
            UnknownColumn, UnknownValue: a filter fits nothing.
        """
        check_count("k", k)
        state, shop = self._state, self._state.shop
        rows = basket_rows(shop, [item_id] if isinstance(item_id, str) else item_id)
        if not rows:
            raise InvalidArgument("an empty basket; legal: at least one item")
        allowed = in_stock(allowed_rows(shop.catalog, filters), shop)
        found = bundle(shop, rows, k, allowed, budget)
        phrases = state.answerer.phrases
        why = phrases.for_bundle(found.hits, found.causes.tolist())
        title = phrases.title(rows[0]) + (f" 等 {len(rows)} 件" if len(rows) > 1 else "")
        ids = "、".join(shop.catalog.items.id(row) for row in rows[:3])
        notes = bundle_notes(found, k, budget, filtered=bool(filters))
        hits = state.answerer.hits(found.hits, why, {"together": found.hits.scores})
        return Results(hits, f"与 {ids} 搭配：{title}", notes)

    def relevance(self, query: str, titles: Sequence[str]) -> Scores:
        """How likely each title is what a query asks for, whoever asks.

        Args:
            query: any text; one that asks for nothing gets 0 everywhere.
            titles: any titles, in the catalog or not.

        Returns:
            Shape ``(len(titles),)``, float32, in [0, 1].

        Raises:
            InvalidArgument: the query is no text, or the titles are no list of texts.
        """
        check_text("query", query)
        return self._state.relevance.probabilities(query, check_texts("titles", titles))

    def explain(
        self,
        item_id: str,
        query: str | None = None,
        user: str | None = None,
        context: Context | Mapping[str, Any] | None = None,
    ) -> Explanation:
        """Why an item stands where it does, for a query or for a person.

        Args:
            item_id: the item.
            query: what was searched; None explains the recommendation.
            user: who asks.
            context: as in :meth:`search`.

        Raises:
            UnknownItem: there is no such item.
            InvalidArgument: there is neither a query nor a user, the query is empty or no text, the
                user is no single id, or a name or value in ``context`` is not legal.
        """
        check_user(user)
        state, known = self._state, context_of(context)
        row = state.shop.catalog.items.row(item_id)
        if query is None and user is None:
            raise InvalidArgument("nothing to explain; legal: a query, a user, or both")
        if query is None:
            # Among what a recommendation shows, unless it is about something seen.
            history = state.shop.history_of(user)
            seen = history is not None and row in history.indices
            request = person_request(state, user, None, not seen, known)
        else:
            check_text("query", query)
            asked = search_request(state, query, user, None, "blend", True, known)
            if asked is None:
                raise InvalidArgument(f"query {shorten(query)} is empty; legal: what was searched")
            request = asked
        return explained(state, request, row, user)

    def profile(self, user: str) -> Profile:
        """What the log says of a person: categories, brands, prices, hours, rhythm, repeats.

        A stranger's profile is empty.

        Raises:
            InvalidArgument: the user is no single id.
        """
        check_user(user)
        shop = self._state.shop
        log = shop.events.read()
        events = Events(pd.DataFrame(columns=list(COLUMNS)) if log is None else log)
        return profile(user, events, shop.catalog, shop.config.events)

    # ---- the query itself --------------------------------------------------------------------

    def understand(self, query: str) -> QueryIntent:
        """What a query asks for: product, brand, attributes, price, order, exclusions, needs.

        Raises:
            InvalidArgument: the query is no text.
        """
        check_text("query", query)
        return self._state.tools.understand(query)

    def classify(self, query: str, labels: Sequence[str]) -> list[tuple[str, float]]:
        """The given category names with their probabilities for a query, the likeliest first.

        Raises:
            InvalidArgument: there is no label, or the query or one of them is no text.
        """
        check_text("query", query)
        names = check_texts("labels", labels)
        return self._state.tools.classify(query, names, self._state.semantic.encoder)

    def suggest(self, prefix: str, k: int = 10) -> list[Suggestion]:
        """Completions of what was typed, in characters, pinyin or initials, the best first.

        Raises:
            InvalidArgument: ``k`` is no whole number or less than 1, or the prefix no text.
        """
        check_text("prefix", prefix)
        check_count("k", k, 1)
        return self._state.tools.suggest(prefix, k)
