"""Every setting, declared once: names, defaults and bounds here, values from one TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from semrec.errors import ConfigError, FileMissing, legal, shorten

Weight = Annotated[float, Field(ge=0, le=1000)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _completed(defaults: dict[str, float], *, closed: bool) -> BeforeValidator:
    """A table of weights changes what it names and leaves the other defaults.

    Args:
        defaults: the weights of a config that says nothing.
        closed: True if only these names are legal.
    """

    def complete(given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        for name in given:
            if closed and name not in defaults:
                raise ValueError(f"unknown name {name!r}; legal: {legal(defaults, name)}")
        merged = {**defaults, **given}
        if not any(isinstance(weight, str) or weight for weight in merged.values()):
            raise ValueError("all weights are 0; at least one must be positive")
        return merged

    return BeforeValidator(complete)


_EVENT_WEIGHTS = {"view": 1.0, "click": 1.0, "fav": 2.0, "cart": 3.0, "buy": 5.0, "rating": 1.0}
_FIELD_WEIGHTS = {
    "title": 1.0,
    "brand": 0.5,
    "category": 0.5,
    "attributes": 0.3,
    "description": 0.2,
    "reviews": 0.1,
}
_SEARCH_WEIGHTS = {
    "lexical": 1.0,
    "dense": 1.0,
    # Of a person of whom much is known, for a query that leaves room for taste: ``PersonalConfig``.
    "user": 0.6,
    "content": 0.5,
    "popularity": 0.1,
    # What is like the items that the person has just looked at, unless the query is exact; 0 where
    # none is (``rank.session``).
    "session": 1.5,
    # What was understood of the query; from 0 to .5 the first three and `need` move the first rank
    # of 300 title pseudo-queries by less than .01.
    "product": 0.05,
    "brand": 0.1,
    "attribute": 0.05,
    "number": 0.3,
    "need": 0.2,
    "order": 0.4,
    # Of items whoever asks (``rank.item_signals``): between equals the praised, the new and the
    # one in stock. On the sample shop all change clicks and judged queries by less than .5 %.
    # ``trend`` reads the whole log at the first search.
    "quality": 0.05,
    "freshness": 0.02,
    "stock": 0.1,
    "trend": 0.0,
    # Of 0, .2, .5 and 1 the best on the graded log queries that name a brand with another name.
    "synonym": 0.2,
    # What reviews praise of what is wished (续航好的手机): in the sample shop the first five are
    # praised for it a quarter more than at 0, blamed ones half as many, and of the kind as before.
    "reviews": 0.5,
    # The situation, whose words weigh .1 to .3 themselves.
    "context": 1.0,
}
# Of a known person, multiples of what was measured in the shop (``collab.gates``).
# The situation brings up a few items that fit it; at 1.5 it took over the page of the sample shop.
_RECOMMEND_WEIGHTS = {"user": 1.0, "content": 1.0, "popularity": 1.0, "context": 1.25}
_SIMILAR_WEIGHTS = {"dense": 1.0, "lexical": 0.5, "together": 0.3}


class ColumnsConfig(_Section):
    """Names of the shop's own columns: ``title = "商品名称"`` reads ``title`` from ``商品名称``."""

    catalog: dict[str, str] = Field(default_factory=dict)
    """Ours: item_id, title, category, brand, price, description, attributes, stock, image_url,
    created_at, updated_at."""
    events: dict[str, str] = Field(default_factory=dict)
    """Ours: user_id, item_id, event_type, timestamp, value, query, query_id, position,
    session_id."""
    reviews: dict[str, str] = Field(default_factory=dict)
    """Ours: item_id, text, user_id, rating, timestamp."""


class EventsConfig(_Section):
    """What an event says about a taste."""

    weights: Annotated[dict[str, Weight], _completed(_EVENT_WEIGHTS, closed=False)] = Field(
        default_factory=lambda: dict(_EVENT_WEIGHTS)
    )
    """Weight of one event of each type; types that are not named here are set aside."""
    half_life_days: Annotated[float, Field(gt=0)] = 30.0
    """After so many days an event counts half in popularity and taste."""
    liked_rating: float = 3.0
    """A ``rating`` event with a lower ``value`` is no sign of liking and is left out of models."""


class EmbedConfig(_Section):
    """The encoder of titles and queries."""

    model: str = "multilingual-e5-small"
    """A sentence-transformers model: a folder, a hub name, or the offline default."""
    student: str = "pretrained"
    """The light encoder that is distilled from the model: ``pretrained`` (in the package), a folder
    that ``semrec adapt`` wrote, or ``none``."""
    sides: Literal["auto", "student", "student+teacher", "teacher", "mean"] = "auto"
    """Who encodes queries and items: the student both; the student queries and the model items; the
    model both; the mean of student and model both. ``auto``: ``mean`` if the model encodes the
    items within ``budget_seconds``, or ``student+teacher`` with a student that was adapted to this
    shop; else the student encodes both. ``semrec adapt`` makes it ``student+teacher``."""
    budget_seconds: Annotated[float, Field(ge=0)] = 10.0
    """What a first answer may cost in encoding by the model, at 20 titles a second. ``semrec
    build`` allows 20 minutes, since it is run once."""
    query_prompt: str | None = None
    """Put before each query; None takes the model's own prompt, or E5's for E5 models."""
    passage_prompt: str | None = None
    """Put before each title; None takes the model's own prompt, or E5's for E5 models."""
    batch_size: Annotated[int, Field(ge=1)] = 32
    """Texts that are encoded at once."""
    max_length: Annotated[int, Field(ge=8)] = 128
    """Tokens kept of a text; longer texts are cut."""


class DenseConfig(_Section):
    """Nearest neighbours of vectors: exact in small shops, lists over 8-bit codes in large."""

    recall: Annotated[float, Field(gt=0, le=1)] = 0.95
    """Share of the true ten nearest items that lists must find, measured at build time."""
    memory_mb: Annotated[int, Field(ge=1)] = 4096
    """What the item vectors and their lists may take."""
    exact_up_to: Annotated[int, Field(ge=0)] = 50_000
    """Up to so many items every vector is compared."""


class LexicalConfig(_Section):
    """BM25 over words and character grams (Robertson & Zaragoza 2009)."""

    k1: Annotated[float, Field(ge=0)] = 0.4
    """How fast a repeated term stops to count more: soon, since sellers repeat words to be found.
    Chosen, as ``b``, on graded log queries: ``tests/bench/bench_grades.py``."""
    b: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How much long texts are discounted: 0 not at all, 1 in full."""
    fields: Annotated[dict[str, Weight], _completed(_FIELD_WEIGHTS, closed=True)] = Field(
        default_factory=lambda: dict(_FIELD_WEIGHTS)
    )
    """The texts that are searched, and the weight of a term that stands in each; ``reviews`` are
    all reviews of an item."""


class TextConfig(_Section):
    """Words that the shop writes itself, in plain text files; see ``semrec.text.user_words``.

    Meanings and synonyms follow the files whenever the index is opened; words that must not be cut
    are kept whole in the titles from the next build on.
    """

    dictionary: str = ""
    """A file of words, one a line: ``蓝牙耳机``, ``手机壳 product``, ``酒红 attribute:颜色``."""
    synonyms: str = ""
    """A file of words with the same meaning: ``喵粮 = 猫粮``. An item is as good as the wording of
    the query that it fits best; other names of brands, mined from titles, only weigh as
    ``blend.search.synonym`` says."""


class ReviewsConfig(_Section):
    """What the reviews of an item say."""

    read_again: Annotated[int, Field(ge=0)] = 0
    """So many reviews, those whose verdict is in most doubt, are read again by a transformer when
    the index is built: 80 a second on two cores. Of reviews like those that the model learned from,
    a fifth is in doubt; the share of praise of an item hardly changes."""


class CollabConfig(_Section):
    """Item-to-item neighbours from behaviour."""

    neighbours: Annotated[int, Field(ge=1)] = 200
    """How many neighbours of an item are kept."""
    shrinkage: Annotated[float, Field(ge=0)] = 3.0
    """Pulls similarities with little evidence towards zero, in units of shared users."""
    bundle_window_days: Annotated[float, Field(gt=0)] = 1.0
    """Purchases of one user within this time count as bought together."""


class BlendConfig(_Section):
    """How the sources become one score; see ``semrec.rank.blend``."""

    search: Annotated[dict[str, Weight], _completed(_SEARCH_WEIGHTS, closed=True)] = Field(
        default_factory=lambda: dict(_SEARCH_WEIGHTS)
    )
    """Weight of each signal in a search."""
    recommend: Annotated[dict[str, Weight], _completed(_RECOMMEND_WEIGHTS, closed=True)] = Field(
        default_factory=lambda: dict(_RECOMMEND_WEIGHTS)
    )
    """Weight of each signal in a recommendation; 1 is as much as it proved worth on held-out events
    of the shop, by how much is known of the person and the item."""
    similar: Annotated[dict[str, Weight], _completed(_SIMILAR_WEIGHTS, closed=True)] = Field(
        default_factory=lambda: dict(_SIMILAR_WEIGHTS)
    )
    """Weight of each signal in a list of similar items."""
    rule: Literal["log-odds", "fitted", "trees", "weighted", "ranks"] = "log-odds"
    """How the signals of a search become one score. ``log-odds``: evidence by the weights, added
    up to a probability whose scale is fitted to the log's search clicks where there are 200 and
    more. ``fitted``: the same, each signal by a map of its own fitted to those clicks. ``trees``:
    LambdaMART fitted to them, which knows no person (extra ``learn``). Without clicks both are as
    ``log-odds``. ``weighted``: the weighted mean, in the same order as ``log-odds``, and ``ranks``,
    reciprocal ranks, are baselines; their scores are no probabilities."""
    candidates: Annotated[int, Field(ge=1)] = 200
    """How many candidates each source contributes."""


class PersonalConfig(_Section):
    """How much a known person's taste counts in a search; see ``semrec.rank.personal``.

    Chosen, with ``user``, ``content`` and ``session`` of ``blend.search``, on held-out clicks of
    other sample shops (seeds 1 to 4); ``tests/bench/bench_clicks.py`` reports the one of seed 7.
    """

    evidence: Annotated[float, Field(ge=0)] = 1.0
    """So much faded event weight brings half of the full strength; 0 = full from the first."""
    popularity: Weight = 0.3
    """Added to the weight of popularity at full strength: what a person's own events leave open,
    their like of what all like decides. A stranger gets relevance."""


class DiversityConfig(_Section):
    """What is paid for variety where a caller names no ``diversity``; see ``rank.diversify``.

    By the curve of ``tests/bench/bench_diversity.py`` on the sample shops of seeds 11 and 12.
    """

    search: Annotated[float, Field(ge=0, le=1)] = 0.0
    """The novelty of a search. Who searches often wants one thing: each tenth costs 0.7 % of
    nDCG@10 at first and brings 3 % more diversity, half as many categories again."""
    recommend: Annotated[float, Field(ge=0, le=1)] = 0.4
    """The novelty of a recommendation: 13 % more diversity, 42 % more pairs of two categories, for
    1.5 % of nDCG@10."""
    coverage: Annotated[float, Field(ge=0, le=1)] = 0.0
    """The largest lift of an item that no recommendation would show (``rank.lifts``). Above 0 the
    lifts are found at build time; 0.3 shows 1.5 to 1.8 times as many items for 1 % of nDCG@10."""


class RerankConfig(_Section):
    """A second look at the first candidates of a search, query and title read together."""

    model: str = "none"
    """``none``; ``features``, which comes with the package and needs no torch; or any
    sentence-transformers ``CrossEncoder`` with one output, by folder or hub name."""
    depth: Annotated[int, Field(ge=1)] = 50
    """So many candidates are read again; the order below stays."""


class Config(_Section):
    """All settings of an engine. ``Config()`` is the default of everything."""

    columns: ColumnsConfig = ColumnsConfig()
    events: EventsConfig = EventsConfig()
    embed: EmbedConfig = EmbedConfig()
    dense: DenseConfig = DenseConfig()
    lexical: LexicalConfig = LexicalConfig()
    text: TextConfig = TextConfig()
    reviews: ReviewsConfig = ReviewsConfig()
    collab: CollabConfig = CollabConfig()
    blend: BlendConfig = BlendConfig()
    personal: PersonalConfig = PersonalConfig()
    diversity: DiversityConfig = DiversityConfig()
    rerank: RerankConfig = RerankConfig()

    @classmethod
    def of(cls, config: Config | Mapping[str, Any] | str | Path | None) -> Config:
        """Settings in any form: a ``Config``, a nested dict, a TOML file, None for the defaults.

        Raises:
            FileMissing: the file cannot be read.
            ConfigError: a setting is unknown or out of range, or ``config`` is none of these.
        """
        if config is None:
            return cls()
        if isinstance(config, Config):
            return config
        if isinstance(config, str | Path):
            return cls.from_toml(config)
        if not isinstance(config, Mapping):
            raise ConfigError(f"config = {shorten(config)}; legal: Config, dict, TOML file or None")
        return cls.from_dict(dict(config))

    @classmethod
    def from_dict(cls, values: dict[str, Any], where: str = "config") -> Config:
        """Check a nested dict of settings.

        Raises:
            ConfigError: a setting is unknown or out of range; the message names it.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            path = [str(part) for part in first["loc"]]
            raise ConfigError(
                f"{where}: setting {'.'.join(path)!r} = {shorten(first['input'])}: "
                f"{_complaint(first['type'], first['msg'], path)}"
            ) from None

    @classmethod
    def from_toml(cls, path: str | Path) -> Config:
        """Read a TOML file.

        Raises:
            FileMissing: the file cannot be read.
            ConfigError: it is no TOML, or a setting is unknown or out of range.
        """
        path = Path(path)
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise FileMissing(path, error.strerror or str(error)) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: no valid TOML: {error}") from None
        return cls.from_dict(values, str(path))


def _complaint(kind: str, message: str, path: list[str]) -> str:
    """What is wrong with a setting; for an unknown name, which names are legal there."""
    if kind != "extra_forbidden":
        return message.removeprefix("Value error, ")
    section: Any = Config
    for part in path[:-1]:
        section = section.model_fields[part].annotation
    return f"no such setting; legal: {legal(section.model_fields, path[-1])}"
