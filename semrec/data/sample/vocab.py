"""What a vocabulary consists of: categories, their kinds of product, their brands."""

from __future__ import annotations

from dataclasses import dataclass

TIERS = ("平价", "中端", "高端")
SUMMER, WINTER = "夏季", "冬季"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of product and the words that sellers use for it.

    Attributes:
        name: the usual word; also the product type in the planted truth.
        aliases: other words for the same thing.
        low, high: the range of prices over all tiers, in yuan.
        traits: effects, flavours, features or styles; a product has two or three.
        specs, materials, crowds, scenes, colours: further words, any of them may be empty.
        season: ``SUMMER`` or ``WINTER`` when demand follows the season, else "".
        consumable: used up and bought again.
    """

    name: str
    aliases: tuple[str, ...]
    low: float
    high: float
    traits: tuple[str, ...]
    specs: tuple[str, ...]
    materials: tuple[str, ...]
    crowds: tuple[str, ...]
    scenes: tuple[str, ...]
    colours: tuple[str, ...]
    season: str
    consumable: bool


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand as titles write it, and its price tier (index into ``TIERS``)."""

    chinese: str
    english: str
    tier: int


@dataclass(frozen=True, slots=True)
class Category:
    """A category of the shop.

    Attributes:
        trait_key: name of the attribute that lists a product's traits.
        aspects: what its reviews talk about, beside the aspects common to all.
    """

    name: str
    trait_key: str
    aspects: tuple[str, ...]
    brands: tuple[Brand, ...]
    kinds: tuple[Kind, ...]


def kind(
    name: str,
    aliases: str,
    price: tuple[float, float],
    traits: str,
    *,
    specs: str = "",
    materials: str = "",
    crowds: str = "",
    scenes: str = "",
    colours: str = "",
    season: str = "",
    consumable: bool = False,
) -> Kind:
    """A ``Kind`` from words separated by spaces."""
    return Kind(
        name=name,
        aliases=tuple(aliases.split()),
        low=price[0],
        high=price[1],
        traits=tuple(traits.split()),
        specs=tuple(specs.split()),
        materials=tuple(materials.split()),
        crowds=tuple(crowds.split()),
        scenes=tuple(scenes.split()),
        colours=tuple(colours.split()),
        season=season,
        consumable=consumable,
    )


def brands(words: str) -> tuple[Brand, ...]:
    """Brands from ``中文/English/tier`` separated by spaces."""
    parts = (word.split("/") for word in words.split())
    return tuple(Brand(chinese, english, int(tier)) for chinese, english, tier in parts)
