"""Every setting, declared once: names, defaults and bounds here, values from one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from semrec.errors import ConfigError, FileMissing, shorten

Weight = Annotated[float, Field(ge=0, le=1000)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnsConfig(_Section):
    """Names of the shop's own columns: ``title = "商品名称"`` reads ``title`` from ``商品名称``."""

    catalog: dict[str, str] = Field(default_factory=dict)
    events: dict[str, str] = Field(default_factory=dict)
    reviews: dict[str, str] = Field(default_factory=dict)


class EventsConfig(_Section):
    """What an event says about a taste."""

    weights: dict[str, Weight] = Field(
        default_factory=lambda: {
            "view": 1.0,
            "click": 1.0,
            "fav": 2.0,
            "cart": 3.0,
            "buy": 5.0,
            "rating": 1.0,
        }
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
    query_prompt: str | None = None
    """Put before each query; None takes the model's own prompt, or E5's for E5 models."""
    passage_prompt: str | None = None
    """Put before each title; None takes the model's own prompt, or E5's for E5 models."""
    batch_size: Annotated[int, Field(ge=1)] = 32
    max_length: Annotated[int, Field(ge=8)] = 128
    """Tokens kept of a text; longer texts are cut."""


class LexicalConfig(_Section):
    """BM25 over words and character grams (Robertson & Zaragoza 2009)."""

    k1: Annotated[float, Field(ge=0)] = 1.2
    b: Annotated[float, Field(ge=0, le=1)] = 0.75
    fields: dict[str, Weight] = Field(
        default_factory=lambda: {
            "title": 1.0,
            "brand": 0.5,
            "category": 0.5,
            "attributes": 0.3,
            "description": 0.2,
            "reviews": 0.1,
        }
    )
    """The texts that are searched, and the weight of a term that stands in each; ``reviews`` are
    all reviews of an item."""


class CollabConfig(_Section):
    """Item-to-item neighbours from behaviour."""

    neighbours: Annotated[int, Field(ge=1)] = 200
    shrinkage: Annotated[float, Field(ge=0)] = 3.0
    """Pulls similarities with little evidence towards zero, in units of shared users."""
    bundle_window_days: Annotated[float, Field(gt=0)] = 1.0
    """Purchases of one user within this time count as bought together."""


class BlendConfig(_Section):
    """How the sources become one score; see ``semrec.rank.blend``."""

    search: dict[str, Weight] = Field(
        default_factory=lambda: {"lexical": 1.0, "dense": 1.0, "user": 0.3, "popularity": 0.1}
    )
    recommend: dict[str, Weight] = Field(
        default_factory=lambda: {"user": 1.0, "content": 0.3, "popularity": 0.2}
    )
    similar: dict[str, Weight] = Field(
        default_factory=lambda: {"dense": 1.0, "lexical": 0.5, "together": 0.3}
    )
    candidates: Annotated[int, Field(ge=1)] = 200
    """How many candidates each source contributes."""


class Config(_Section):
    """All settings of an engine. ``Config()`` is the default of everything."""

    columns: ColumnsConfig = ColumnsConfig()
    events: EventsConfig = EventsConfig()
    embed: EmbedConfig = EmbedConfig()
    lexical: LexicalConfig = LexicalConfig()
    collab: CollabConfig = CollabConfig()
    blend: BlendConfig = BlendConfig()

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
            name = ".".join(str(part) for part in first["loc"])
            raise ConfigError(
                f"{where}: setting {name!r} = {shorten(first['input'])}: {first['msg']}"
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
