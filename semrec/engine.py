"""The engine: what should this person see, for this query, this product, or just themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scipy import sparse

from semrec.adaptation import adapt_shop, clicks_of
from semrec.answer import check_k, in_stock, too_few, without
from semrec.build import Table, Tables, build
from semrec.config import Config
from semrec.data.importers import load_events
from semrec.data.query_log import load_queries
from semrec.data.rejects import Rejects
from semrec.embed.adapt import AdaptReport
from semrec.embed.protocol import Encoder
from semrec.encoders import Encoders
from semrec.errors import IndexMismatch, InvalidArgument, shorten
from semrec.index.folder import opened
from semrec.legs import Using, item_side, legs, query_side
from semrec.rank import sources
from semrec.rank.filter import Filters, allowed_rows
from semrec.rank.retrieve import Source
from semrec.rank.substitutes import without_substitutes
from semrec.results import Results
from semrec.shop import Shop
from semrec.state import State
from semrec.text.intent import QueryIntent
from semrec.text.normalise import normalise
from semrec.text.suggest import Suggestion

_MAX_QUERY = 512
"""Characters of a query that are read; nobody types more, but anybody can paste a page."""


class Engine:
    """A shop, ready to answer. Made by :meth:`build` or :meth:`load`.

    >>> engine = Engine.build("catalog.csv", "events.csv")  # doctest: +SKIP
    >>> engine.search("保湿面霜 敏感肌", filters={"price": (None, 200)})  # doctest: +SKIP
    """

    def __init__(self, shop: Shop, encoders: Encoders, rejects: Rejects | None = None) -> None:
        self._state = State.of(shop, encoders)
        self.rejects = rejects if rejects is not None else Rejects()

    @property
    def shop(self) -> Shop:
        """The fitted shop, as it is now."""
        return self._state.shop

    @property
    def encoders(self) -> Encoders:
        """Teacher and student, as they are now."""
        return self._state.encoders

    def __repr__(self) -> str:
        counts, encoder = self.shop.counts(), self.shop.encoder["name"]
        return f"<Engine: {counts['items']:,} items, {counts['users']:,} users, {encoder}>"

    # ---- build, save, load -------------------------------------------------------------------

    @classmethod
    def build(
        cls,
        catalog: Table,
        events: Table | None = None,
        reviews: Table | None = None,
        config: Config | Mapping[str, Any] | str | Path | None = None,
        *,
        catalog_format: str = "auto",
        events_format: str = "auto",
    ) -> Engine:
        """Build an engine from a shop's tables.

        Args:
            catalog: csv, jsonl, parquet (each also ``.gz``) or a DataFrame; ``item_id`` and
                ``title`` required.
            events: the behaviour log; ``user_id, item_id, event_type, timestamp`` required.
            reviews: ``item_id, text`` required.
            config: a ``Config``, a nested dict, a TOML file, or None for the defaults.
            catalog_format, events_format: a name in ``semrec.data.importers.FORMATS`` (recbole,
                rectools, ubi, personalize, taobao, ratings, semrec), or ``auto``: by the columns.

        Returns:
            An engine; ``engine.rejects`` holds the rows that were set aside, with reasons.

        Raises:
            DataError: a table cannot be used at all; the message says which and why.
            ConfigError: a setting is unknown or out of range.
            InvalidArgument: a format is unknown.
            ModelNotFound: the embedding model cannot be loaded.
        """
        settings = Config.of(config)
        encoders = Encoders.open(settings.embed)
        tables = Tables(catalog, events, reviews, catalog_format, events_format)
        shop, rejects = build(tables, settings, encoders)
        return cls(shop, encoders.centred(shop.centre), rejects)

    def save(self, path: str | Path) -> None:
        """Write the index folder; an older index there stays usable until the last step.

        Raises:
            NotAnIndex: the path is a file, or a folder with other things in it.
        """
        self.shop.save(Path(path), self.rejects)

    @classmethod
    def load(cls, path: str | Path, model: str | None = None) -> Engine:
        """Open an index folder.

        Args:
            path: a folder that :meth:`save` wrote.
            model: the embedding model, if it is no longer where it was at build time.

        Raises:
            NotAnIndex: no index there, or one of another schema version.
            IndexCorrupt: a file is missing or differs from its checksum.
            IndexMismatch: the model is not the one that the index was built with.
            ModelNotFound: the model cannot be loaded.
        """
        shop = Shop.load(opened(Path(path)))
        embed = shop.config.embed
        if model:
            embed = embed.model_copy(update={"model": model})
        encoders = Encoders(embed, shop.student, shop.centre)
        # Where the student encodes the queries, the teacher is not needed to answer.
        if model or query_side(shop.choice.sides) == "teacher":
            _check_teacher(shop, encoders.transformer)
        return cls(shop, encoders)

    # ---- the four questions ------------------------------------------------------------------

    def search(
        self,
        query: str,
        user: str | None = None,
        k: int = 10,
        filters: Filters | None = None,
        using: Using = "blend",
    ) -> Results:
        """The items that fit a query, and among equals those that fit the person.

        Args:
            query: what a shopper types.
            user: who asks; None or a stranger gets plain relevance.
            k: how many items at most.
            filters: ``{"category": "美妆", "price": (None, 500)}``; see ``rank.filter``.
            using: one leg alone, for comparison.

        Raises:
            InvalidArgument: ``k`` is negative, ``using`` is unknown, or the query is no text.
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
        voices = _search_voices(state, text, history, using)
        weights = state.shop.config.blend.search if len(voices) > 1 else {voices[0].name: 1.0}
        words = state.segmenter.words(text)
        return state.answerer.answer(
            voices,
            weights,
            k,
            allowed,
            question,
            notes,
            phrases=state.answerer.phrases.for_search(words, history),
            fallback="与搜索词语义相近",
        )

    def recommend(
        self,
        user: str | None = None,
        k: int = 10,
        filters: Filters | None = None,
        exclude_seen: bool = True,
    ) -> Results:
        """What a person may like; for a stranger or nobody, what is popular now.

        Items whose stock is 0 are left out.

        Args:
            user: a user of the behaviour log, a stranger, or None.
            k: how many items at most.
            filters: as in :meth:`search`.
            exclude_seen: leave out what the person already dealt with.

        Raises:
            InvalidArgument: ``k`` is negative.
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

    # ---- change ------------------------------------------------------------------------------

    def adapt(
        self,
        queries: Sequence[str] | str | Path = (),
        events: Table | None = None,
        *,
        with_teacher: bool = True,
        seed: int = 0,
    ) -> AdaptReport:
        """Adapt the embedding to this shop; searches go on and see the old one until it is there.

        Args:
            queries: an unlabelled query log: texts, or a text file with one a line.
            events: a log whose events name the query that led to them; clicks teach what fits.
            with_teacher: learn from the transformer, which encodes all titles and queries once.
            seed: equal seeds give equal embeddings.

        Returns:
            What was learned; a student that is worse on held-out queries is refused.

        Raises:
            DataError: a file cannot be used.
            ModelNotFound: the transformer cannot be loaded.
        """
        shop, encoders = self._state.shop, self._state.encoders
        asked = load_queries(queries) if isinstance(queries, str | Path) else queries
        clicks = []
        if events is not None:
            settings = shop.config
            log, _ = load_events(
                events, shop.catalog.items, settings.events, settings.columns.events
            )
            clicks = clicks_of(log, shop)
        adapted, others, report = adapt_shop(
            shop, encoders, asked, clicks, with_teacher=with_teacher, seed=seed
        )
        self._state = State.of(adapted, others)
        return report

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

    def info(self) -> dict[str, Any]:
        """What the engine holds: counts, encoder and settings."""
        return {
            "counts": self.shop.counts(),
            "encoder": dict(self.shop.encoder),
            "sides": {"sides": self.shop.choice.sides, "why": self.shop.choice.why},
            "config": self.shop.config.model_dump(mode="json"),
        }


def _search_voices(
    state: State, text: str, history: sparse.csr_matrix | None, using: Using
) -> list[Source]:
    shop = state.shop
    voices = []
    heard = legs(using, shop.choice.sides)
    if heard.lexical:
        voices.append(sources.lexical(shop, state.segmenter.terms(text)))
    if heard.sides:
        vector = state.semantic.query(text, heard.sides)
        voices.append(sources.dense(state.semantic.items(heard.sides), vector))
    if heard.everything:
        voices.append(sources.popularity(shop, finds=False))
        if history is not None:
            voices.append(sources.user(shop, history, finds=False))
    return voices


def _check_teacher(shop: Shop, teacher: Encoder) -> None:
    built = shop.encoder
    if item_side(shop.choice.sides) == "teacher" and teacher.fingerprint != built["fingerprint"]:
        raise IndexMismatch(
            f"{built['name']} ({built['fingerprint']})", f"{teacher.name} ({teacher.fingerprint})"
        )
