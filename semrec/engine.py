"""The engine: what should this person see, for this query, this product, or just themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scipy import sparse

from semrec.answer import Answerer, check_k, in_stock, too_few, without
from semrec.build import Table, Tables, build
from semrec.config import Config
from semrec.data.rejects import Rejects
from semrec.embed.load import load_encoder
from semrec.embed.protocol import Encoder
from semrec.errors import IndexMismatch, InvalidArgument, shorten
from semrec.index.folder import opened
from semrec.legs import Using, legs
from semrec.query_tools import QueryTools
from semrec.rank import sources
from semrec.rank.filter import Filters, allowed_rows
from semrec.rank.retrieve import Source
from semrec.rank.substitutes import without_substitutes
from semrec.results import Results
from semrec.shop import Shop
from semrec.text.intent import QueryIntent
from semrec.text.normalise import normalise
from semrec.text.segment import Segmenter
from semrec.text.suggest import Suggestion

_MAX_QUERY = 512
"""Characters of a query that are read; nobody types more, but anybody can paste a page."""


class Engine:
    """A shop, ready to answer. Made by :meth:`build` or :meth:`load`.

    >>> engine = Engine.build("catalog.csv", "events.csv")  # doctest: +SKIP
    >>> engine.search("保湿面霜 敏感肌", filters={"price": (None, 200)})  # doctest: +SKIP
    """

    def __init__(self, shop: Shop, encoder: Encoder, rejects: Rejects | None = None) -> None:
        self.shop = shop
        self.encoder = encoder
        self.rejects = rejects if rejects is not None else Rejects()
        self._segmenter = Segmenter()
        self._answerer = Answerer(shop)
        self._tools = QueryTools(shop.catalog, shop.lexical, shop.dense, self._segmenter)

    def __repr__(self) -> str:
        counts = self.shop.counts()
        return (
            f"<Engine: {counts['items']:,} items, {counts['users']:,} users, {self.encoder.name}>"
        )

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
        encoder = load_encoder(settings.embed)
        tables = Tables(catalog, events, reviews, catalog_format, events_format)
        shop, rejects = build(tables, settings, encoder)
        return cls(shop, encoder, rejects)

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
        encoder = load_encoder(embed.model_copy(update={"model": model}) if model else embed)
        built = shop.encoder
        if encoder.fingerprint != built["fingerprint"]:
            raise IndexMismatch(
                f"{built['name']} ({built['fingerprint']})",
                f"{encoder.name} ({encoder.fingerprint})",
            )
        return cls(shop, encoder)

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
        allowed = allowed_rows(self.shop.catalog, filters)
        question = f"搜索：{shorten(query, 40)[1:-1]}"
        text = normalise(query)
        if not text:
            return Results((), question, ("空的搜索词：请输入要找的商品。",))
        notes = [] if len(text) <= _MAX_QUERY else [f"搜索词过长，只用了前 {_MAX_QUERY} 个字。"]
        text = text[:_MAX_QUERY]

        history = self.shop.history_of(user)
        voices = self._search_voices(text, history, using)
        weights = self.shop.config.blend.search if len(voices) > 1 else {voices[0].name: 1.0}
        words = self._segmenter.words(text)
        return self._answerer.answer(
            voices,
            weights,
            k,
            allowed,
            question,
            notes,
            phrases=self._answerer.phrases.for_search(words, history),
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
        shop = self.shop
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
        return self._answerer.answer(
            voices,
            shop.config.blend.recommend,
            k,
            allowed,
            question,
            notes,
            phrases=self._answerer.phrases.for_person(history),
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
        shop = self.shop
        row = shop.catalog.items.row(item_id)
        title = self._answerer.phrases.title(row)
        allowed = without(allowed_rows(shop.catalog, filters), [row], len(shop.catalog))
        voices = [
            sources.dense(shop, shop.dense.vectors[row]),
            sources.lexical(shop, self._segmenter.terms(title)),
            sources.together(shop, row, finds=True),
        ]
        return self._answerer.answer(
            voices,
            shop.config.blend.similar,
            k,
            allowed,
            f"与 {item_id} 相似：{title}",
            [],
            phrases=self._answerer.phrases.for_similar(row, self._segmenter.words(title)),
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
        shop = self.shop
        row = shop.catalog.items.row(item_id)
        allowed = in_stock(allowed_rows(shop.catalog, filters), shop)
        bought = shop.bundles.similar_items(row, len(shop.catalog), allowed)
        hits = without_substitutes(shop, row, bought).top(k)
        why = self._answerer.phrases.for_bundle(row, hits)
        notes = too_few(len(hits), k, filtered=bool(filters))
        if not len(hits):
            notes = ["没有该商品的共同购买记录。"]
        question = f"与 {item_id} 搭配：{self._answerer.phrases.title(row)}"
        return Results(self._answerer.hits(hits, why), question, tuple(notes))

    # ---- the query itself --------------------------------------------------------------------

    def understand(self, query: str) -> QueryIntent:
        """What a query asks for: product, brand, attributes, price, order, exclusions, needs.

        The shop's words are mined from the catalog at the first call, which takes some seconds.
        """
        return self._tools.understand(query)

    def classify(self, query: str, labels: Sequence[str]) -> list[tuple[str, float]]:
        """The given category names with their probabilities for a query, the likeliest first.

        Raises:
            InvalidArgument: there is no label.
        """
        return self._tools.classify(query, labels, self.encoder)

    def suggest(self, prefix: str, k: int = 10) -> list[Suggestion]:
        """Completions of what was typed, in characters, pinyin or initials, the best first.

        Raises:
            InvalidArgument: ``k`` is less than 1.
        """
        return self._tools.suggest(prefix, k)

    # ---- stages shared by the questions ------------------------------------------------------

    def _search_voices(
        self, text: str, history: sparse.csr_matrix | None, using: Using
    ) -> list[Source]:
        shop = self.shop
        voices = []
        heard = legs(using, "teacher")
        if heard.lexical:
            voices.append(sources.lexical(shop, self._segmenter.terms(text)))
        if heard.sides:
            voices.append(sources.dense(shop, self.encoder.encode_queries([text])[0]))
        if heard.everything:
            voices.append(sources.popularity(shop, finds=False))
            if history is not None:
                voices.append(sources.user(shop, history, finds=False))
        return voices

    def info(self) -> dict[str, Any]:
        """What the engine holds: counts, encoder and settings."""
        return {
            "counts": self.shop.counts(),
            "encoder": dict(self.shop.encoder),
            "config": self.shop.config.model_dump(mode="json"),
        }
