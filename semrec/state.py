"""What an engine knows at one moment; a change makes another one, which is put in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from semrec.answer import Answerer
from semrec.behaviour.visits import LONGEST
from semrec.encoders import Encoders
from semrec.legs import Legs
from semrec.query_tools import QueryTools
from semrec.rank import extras, sources
from semrec.rank.context import Context
from semrec.rank.intent_boost import known_orders
from semrec.rank.item_signals import ItemSignals
from semrec.rank.personal import shares, strength, weighed
from semrec.rank.reading import Reader
from semrec.rank.relevance import Relevance
from semrec.rank.rerank import cross_encoder, rerank
from semrec.rank.reread import FeatureReranker
from semrec.rank.retrieve import Source, best_of
from semrec.rank.rules import Fitted, LogOdds, Ranks, Rule, Trees, WeightedMean, with_settings
from semrec.rank.scale import GENERAL
from semrec.rank.session import Session
from semrec.semantic import Semantic
from semrec.shop import Shop
from semrec.text.reviews.wishes import AspectWish
from semrec.text.segment import Segmenter
from semrec.types import Hits, Rows

_BACKGROUND = 500
"""Items against which the nearness of a title is measured."""


@dataclass(frozen=True)
class State:
    """A shop and what answers from it.

    A question takes the state once and keeps it to its end, so that it never sees half a change.
    """

    shop: Shop
    encoders: Encoders
    segmenter: Segmenter
    semantic: Semantic
    answerer: Answerer
    tools: QueryTools

    @classmethod
    def of(cls, shop: Shop, encoders: Encoders) -> State:
        """The state of a shop with its encoders."""
        segmenter = shop.words.segmenter
        return cls(
            shop=shop,
            encoders=encoders,
            segmenter=segmenter,
            semantic=Semantic(shop, encoders),
            answerer=Answerer(shop),
            tools=QueryTools(
                shop.catalog,
                shop.lexical,
                shop.dense,
                segmenter,
                shop.words,
                known_orders(shop.catalog, shop.popularity.scores, shop.ratings),
            ),
        )

    @cached_property
    def reader(self) -> Reader:
        """Reads queries and titles for :attr:`relevance`."""
        return Reader()

    @cached_property
    def relevance(self) -> Relevance:
        """How likely titles are right; the student tells what they mean, where there is one."""
        shop = self.shop
        count = len(shop.catalog)
        rows: Rows = np.linspace(0, count - 1, min(_BACKGROUND, count)).astype(np.int64)
        student = self.encoders.student
        if student is None:
            return Relevance(
                self.encoders.teacher, shop.dense.reconstruct(rows), reader=self.reader
            )
        titles = shop.catalog.texts("title")
        background = student.encode_items([titles[row] for row in rows])
        return Relevance(student, background, reader=self.reader)

    @cached_property
    def item_signals(self) -> ItemSignals:
        """Reviews, age, stock and trend of the items."""
        return ItemSignals(self.shop)

    @cached_property
    def feature_reranker(self) -> FeatureReranker:
        """Reads the first candidates of a search again, without torch."""
        return FeatureReranker(self.relevance)

    def reread(
        self, text: str, model: str | None, weights: Mapping[str, float]
    ) -> Callable[[Hits], Hits] | None:
        """Reranks the candidates of one query by their titles; None if nothing does.

        Args:
            text: the query.
            model: ``none``, ``features``, or a cross-encoder; None: as the settings say.
            weights: of the weighted mean, on which ``features`` builds whatever the rule is.

        Raises:
            ModelNotFound: the cross-encoder is neither on disk nor on the hub.
        """
        settings = self.shop.config.rerank
        name = settings.model if model is None else model
        if name == "none":
            return None
        reranker = self.feature_reranker if name == "features" else cross_encoder(name)

        def better(hits: Hits) -> Hits:
            titles = [self.answerer.phrases.title(int(row)) for row in hits.rows[: settings.depth]]
            mean = WeightedMean(weights).total(hits)
            return rerank(hits, settings.depth, reranker, text, titles, mean)

        return better

    def search_weights(
        self, exact: float, history: sparse.csr_matrix | None
    ) -> Mapping[str, float]:
        """The weights of the settings, and of taste as much as an exact query leaves room for."""
        config = self.shop.config
        evidence = 0.0 if history is None else float(history.data.sum())
        part = strength(evidence, exact, config.personal.evidence)
        return weighed(config.blend.search, part, exact, config.personal.popularity)

    def rule(
        self, weights: Mapping[str, float], exact: float, history: sparse.csr_matrix | None
    ) -> Rule:
        """The rule of a search, as the settings name it; arguments as of :meth:`search_weights`."""
        config = self.shop.config
        if config.blend.rule == "ranks":
            return Ranks(weights)
        if config.blend.rule == "weighted":
            return WeightedMean(weights)
        if config.blend.rule == "trees" and self.shop.trees is not None:
            return Trees(self.shop.trees)
        if config.blend.rule == "fitted" and self.shop.odds is not None:
            evidence = 0.0 if history is None else float(history.data.sum())
            part = strength(evidence, exact, config.personal.evidence)
            return Fitted(with_settings(self.shop.odds, config.blend.search), shares(part, exact))
        return LogOdds(weights, self.shop.scale or GENERAL)

    def session(self, user: str | None, context: Context) -> Session | None:
        """What a person looks at in this visit, as the caller or else the log says it.

        Raises:
            UnknownItem: the caller names an item that there is not.
        """
        rows = self.shop.visit_of(user)
        if context.session is not None:
            named = [self.shop.catalog.items.row(item) for item in reversed(context.session)]
            rows = np.array(list(dict.fromkeys(named))[:LONGEST], dtype=np.int64)
        return Session(self.shop, rows) if len(rows) else None

    def search_voices(
        self,
        wordings: Sequence[str],
        history: sparse.csr_matrix | None,
        session: Session | None,
        heard: Legs,
    ) -> list[Source]:
        """The sources of a search: its legs, and with everything what is known of behaviour."""
        shop = self.shop
        voices = []
        if heard.lexical:
            asked = [sources.lexical(shop, self.segmenter.terms(text)) for text in wordings]
            voices.append(best_of(asked, level=True))
        if heard.sides:
            items = self.semantic.items(heard.sides)
            vectors = [self.semantic.query(text, heard.sides) for text in wordings]
            voices.append(best_of([sources.dense(items, vector) for vector in vectors]))
        if heard.everything:
            voices.append(sources.popularity(shop, finds=False))
            voices += self.item_signals.sources(shop.config.blend.search)
            if history is not None:
                voices.append(sources.user(shop, history, finds=False))
                # What a person likes judges what was asked for, and brings nothing else in.
                voices.append(replace(sources.taste(shop, history), find=None))
            if session is not None:
                voices.append(session.source())
        return voices

    def extra_voices(
        self, wishes: Sequence[AspectWish], context: Context, *, finds: bool
    ) -> list[Source]:
        """What reviews praise of what is wished, and what fits the situation."""
        shop = self.shop
        voices = []
        if wishes and shop.opinions is not None:
            voices.append(extras.praise(shop.opinions, wishes))
        fitting = extras.situation(shop.lexical, self.segmenter.terms, context, finds=finds)
        return voices if fitting is None else [*voices, fitting]
