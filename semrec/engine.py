"""The engine: what should this person see, for this query, this product, or just themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from semrec.adaptation import adapt_to
from semrec.build import Table, Tables, build
from semrec.config import Config
from semrec.data.rejects import Rejects
from semrec.embed.adapt import AdaptReport
from semrec.encoders import Encoders
from semrec.learning import ready
from semrec.legs import query_side
from semrec.life.keeper import Keeper, load_shop
from semrec.life.prepare import Updated
from semrec.questions import Questions
from semrec.semantic import check_teacher
from semrec.shop import Shop
from semrec.state import State


class Engine(Questions):
    """A shop, ready to answer. Made by :meth:`build` or :meth:`load`.

    >>> engine = Engine.build("catalog.csv", "events.csv")  # doctest: +SKIP
    >>> engine.search("保湿面霜 敏感肌", filters={"price": (None, 200)})  # doctest: +SKIP
    """

    def __init__(self, keeper: Keeper, rejects: Rejects | None = None) -> None:
        self._keeper = keeper
        self.rejects = rejects if rejects is not None else Rejects()

    @property
    def _state(self) -> State:
        return self._keeper.state

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
        state = State.of(shop, encoders.centred(shop.centre))
        return cls(Keeper(ready(state)), rejects)

    def save(self, path: str | Path) -> None:
        """Write the index folder; an older index there stays usable until the last step.

        From then on :meth:`update` keeps this folder up to date.

        Raises:
            NotAnIndex: the path is a file, or a folder with other things in it.
            CannotWrite: no permission, or a full disk; an older index stays usable.
            FolderLocked: another process writes the folder.
        """
        self._keeper.save(Path(path), self.rejects)

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
        shop, version = load_shop(Path(path))
        embed = shop.config.embed
        if model:
            embed = embed.model_copy(update={"model": model})
        encoders = Encoders(embed, shop.student, shop.centre)
        # Where the student encodes the queries, the teacher is not needed to answer.
        if model or query_side(shop.choice.sides) != "student":
            check_teacher(shop, encoders.transformer)
        return cls(Keeper(State.of(shop, encoders), Path(path), version))

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
        state = self._state
        shop, encoders, report = adapt_to(
            state.shop, state.encoders, queries, events, with_teacher=with_teacher, seed=seed
        )
        self._keeper.replace(State.of(shop, encoders))
        return report

    def update(
        self,
        items: Table | None = None,
        delete: Sequence[str] | str | Path = (),
        events: Table | None = None,
    ) -> Updated:
        """Add, replace and delete items, and take in what people did; visible at once.

        Searches go on and see the shop before or after. An engine that was loaded or saved writes
        the change to its folder first, safe from a crash at any moment. Neighbours, bundles and
        the shop's words follow at :meth:`compact`, which comes by itself, in the background, when
        a tenth of the items has changed.

        Args:
            items: as the catalog; a row replaces the item of its id as a whole.
            delete: ids, or a text file with one a line.
            events: as the behaviour log; only events that are new.

        Raises:
            DataError: a table cannot be used at all.
            InvalidArgument: an item is both given and deleted, or nothing would be left.
            IndexMismatch: the encoder is not the one that the index was built with.
            CannotWrite: no permission, or a full disk; everything stays as it was.
            FolderLocked: another process writes the folder.
        """
        return self._keeper.update(items, delete, events)

    def compact(self) -> None:
        """Fit everything again to the items and events there are now, and drop deleted rows.

        Searches and updates go on meanwhile. Vectors are kept; nothing is encoded.

        Raises:
            CannotWrite: no permission, or a full disk; everything stays as it was.
            FolderLocked: another process writes the folder.
        """
        self._keeper.compact()

    def settle(self) -> None:
        """Wait until nothing is merged in the background."""
        self._keeper.settle()

    def with_config(self, config: Config) -> Engine:
        """The same shop with other settings of the blend; what is fitted stays as it is."""
        shop = replace(self.shop, config=config)
        return Engine(Keeper(ready(State.of(shop, self.encoders))))

    def info(self) -> dict[str, Any]:
        """What the engine holds: counts, encoder and settings."""
        return {
            "counts": self.shop.counts(),
            "encoder": dict(self.shop.encoder),
            "dense": self.shop.dense.measured and self.shop.dense.measured.as_dict(),
            "sides": {"sides": self.shop.choice.sides, "why": self.shop.choice.why},
            "config": self.shop.config.model_dump(mode="json"),
        }
