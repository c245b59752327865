"""A shop's files become a fitted shop, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from semrec.behaviour import bots
from semrec.config import Config
from semrec.data import importers
from semrec.data import reviews as opinions
from semrec.data.catalog import Catalog
from semrec.data.kept import Kept
from semrec.data.rejects import Rejects
from semrec.embed.centre import Centre
from semrec.embed.mean import mean
from semrec.embed.protocol import Encoder
from semrec.embed.teacher import fit_teacher
from semrec.encoders import Encoders
from semrec.fit import Embedded, fit
from semrec.index.dense import DenseIndex
from semrec.index.dense_plan import DensePlan
from semrec.legs import Choice, choose_sides, item_side, query_side
from semrec.shop import Shop
from semrec.text import user_words
from semrec.types import Vectors

_PROBES = 300
Table: TypeAlias = str | Path | pd.DataFrame


@dataclass(frozen=True)
class Tables:
    """What a shop hands over."""

    catalog: Table
    events: Table | None = None
    reviews: Table | None = None
    catalog_format: str = "auto"
    events_format: str = "auto"


def build(tables: Tables, config: Config, encoders: Encoders) -> tuple[Shop, Rejects]:
    """Read, clean, fit and index.

    Raises:
        DataError: a file is missing, empty, binary, without a required column or a valid row.
        ConfigError: the settings ask for sides that there are no encoders for.
        FileMissing, NotText: a file of the shop's own words cannot be read.
        ModelNotFound: the teacher is needed and cannot be loaded.
    """
    columns = config.columns
    items, rejects = importers.load_catalog(tables.catalog, columns.catalog, tables.catalog_format)
    events, reviews = Kept(), Kept()
    if tables.events is not None:
        log, more = importers.load_events(
            tables.events, items.items, config.events, columns.events, tables.events_format
        )
        rejects += more
        log, more = bots.without(log, bots.suspects(log))
        rejects += more
        if not len(log):
            rejects.note("events: no row is usable; the index knows no behaviour")
        events = Kept(log.frame)
    if tables.reviews is not None:
        said, more = opinions.load(tables.reviews, items.items, columns.reviews)
        rejects += more
        reviews = Kept(said.frame)

    choice = _choice(config, len(items.items), encoders)
    vectors, encoder, centre = _item_vectors(items, choice, encoders)
    made = {"name": encoder.name, "fingerprint": encoder.fingerprint}
    plan = DensePlan(**config.dense.model_dump())
    probes = None
    if len(vectors) > plan.exact_up_to:
        probes = _probes(events, encoders.centred(centre).of(query_side(choice.sides)))
    dense = DenseIndex.build(vectors, plan, probes)
    embedded = Embedded(dense, made, encoders.student, centre, choice)
    own, more = user_words.load_all((config.text.dictionary, config.text.synonyms))
    return fit(config, items, embedded, events, reviews, own), rejects + more


def _probes(events: Kept, encoder: Encoder) -> Vectors | None:
    """Real queries, by which the recall of lists is measured; None where no query is logged."""
    log = events.read()
    said = [] if log is None else log["query"].dropna().unique().tolist()
    asked = [query for query in said if query.strip()][:_PROBES]
    return encoder.encode_queries(asked) if asked else None


def _choice(config: Config, n_items: int, encoders: Encoders) -> Choice:
    # Whether they are a pair can only be told by loading the teacher, which may not be needed.
    return choose_sides(
        config.embed, n_items, student=encoders.student is not None, pair=lambda: encoders.pair
    )


def _item_vectors(
    items: Catalog, choice: Choice, encoders: Encoders
) -> tuple[Vectors, Encoder, Centre | None]:
    """The vectors of the titles, who made them, and where they lie if they are centred."""
    titles = items.texts("title")
    if item_side(choice.sides) == "student":
        student = encoders.of("student")
        return student.encode_items(titles), student, None
    fitted = fit_teacher(encoders.transformer, titles)
    vectors = fitted.items
    if item_side(choice.sides) == "mean":
        vectors = mean(vectors, encoders.of("student").encode_items(titles))
    return vectors, encoders.transformer, fitted.centre
