"""Products from the vocabularies: what a product is, and how sellers would title it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from semrec.data.sample import (
    vocab_beauty,
    vocab_digital,
    vocab_family,
    vocab_fashion,
    vocab_home,
    vocab_leisure,
    vocab_pets,
)
from semrec.data.sample.titles import CLASHES, GOODS_TITLES, PROMOTIONS, WEAR_TITLES
from semrec.data.sample.vocab import Brand, Category, Kind

CATEGORIES: tuple[Category, ...] = (
    vocab_fashion.CLOTHES,
    vocab_fashion.SHOES,
    vocab_fashion.BAGS,
    vocab_beauty.COSMETICS,
    vocab_beauty.CARE,
    vocab_family.FOOD,
    vocab_family.BABY,
    vocab_pets.PETS,
    vocab_digital.DIGITAL,
    vocab_home.APPLIANCES,
    vocab_home.HOME,
    vocab_leisure.SPORTS,
    vocab_leisure.BOOKS,
)
N_PRODUCTS = 2400
MATERIAL_KEYS = ("材质", "成分", "原料", "主料")
"""What the attribute of the material is called; the first unless the category has its own."""
_OWN_MATERIAL_KEY = {"美妆": "成分", "个护": "成分", "食品": "原料", "宠物": "主料"}
_LEAST_PER_KIND = 10
_WEAR = ("服饰", "鞋靴", "箱包")
_WITH_MODEL = ("数码", "家电", "运动户外")
_NO_BRAND, _NO_ATTRIBUTES = 0.08, 0.03


@dataclass(frozen=True, slots=True)
class Product:
    """One product; an empty string is a word that it does not have.

    Attributes:
        tier: index into ``vocab.TIERS``.
        price: yuan.
        attributes: as the catalog shows them; empty for sellers who filled in none.
        words: what title and attributes say of it, in words of the kind; queries ask for them.
    """

    category: Category
    kind: Kind
    brand: Brand | None
    tier: int
    price: float
    traits: tuple[str, ...]
    title: str
    attributes: dict[str, str]
    words: frozenset[str]


def pick(rng: np.random.Generator, words: Sequence[str], chance: float = 1.0) -> str:
    """One of ``words``; "" if there is none, or with probability ``1 - chance``."""
    if not words or rng.random() >= chance:
        return ""
    return words[int(rng.integers(len(words)))]


def make_products(rng: np.random.Generator, count: int = N_PRODUCTS) -> list[Product]:
    """Products of every kind, at least ten of each, in random order, no title twice."""
    pairs = [(category, kind) for category in CATEGORIES for kind in category.kinds]
    spare = count - _LEAST_PER_KIND * len(pairs)
    sizes = _LEAST_PER_KIND + rng.multinomial(spare, np.full(len(pairs), 1 / len(pairs)))
    products: list[Product] = []
    titles: set[str] = set()
    for (category, kind), size in zip(pairs, sizes, strict=True):
        wanted = len(products) + int(size)
        while len(products) < wanted:
            product = _make_product(rng, category, kind)
            if product.title not in titles:
                titles.add(product.title)
                products.append(product)
    return [products[int(row)] for row in rng.permutation(count)]


def _make_product(rng: np.random.Generator, category: Category, kind: Kind) -> Product:
    branded = rng.random() >= _NO_BRAND
    brand = category.brands[int(rng.integers(len(category.brands)))] if branded else None
    tier = brand.tier if brand else 0
    words = {
        "crowd": pick(rng, kind.crowds, 0.85),
        "spec": "",
        "material": pick(rng, kind.materials, 0.8),
        "scene": "",
        "colour": pick(rng, kind.colours, 0.75),
        "season": kind.season,
        "model": _model_code(rng, category, brand),
    }
    for key, options, chance in (("spec", kind.specs, 0.9), ("scene", kind.scenes, 0.7)):
        fitting = [word for word in options if not _clashes(word, {words["crowd"]})]
        words[key] = pick(rng, fitting, chance)
    traits = _pick_traits(rng, kind, set(words.values()))
    title = _make_title(rng, category, kind, brand, words, traits)
    attributes: dict[str, str] = {}
    if rng.random() >= _NO_ATTRIBUTES:
        attributes = _make_attributes(category, words, traits)
    return Product(
        category=category,
        kind=kind,
        brand=brand,
        tier=tier,
        price=_make_price(rng, kind, tier),
        traits=traits,
        title=title,
        attributes=attributes,
        words=_shown_words(kind, title, attributes, {*words.values(), *traits}),
    )


def _shown_words(
    kind: Kind, title: str, attributes: dict[str, str], planted: set[str]
) -> frozenset[str]:
    """The planted words that a shopper can see, and those that an alias in the title implies."""
    shown = {word for word in planted if word and (attributes or word in title)}
    implied = (*kind.traits, *kind.materials, *kind.crowds, *kind.scenes)
    return frozenset(shown | {word for word in implied if word in title})


def _pick_traits(rng: np.random.Generator, kind: Kind, taken: set[str]) -> tuple[str, ...]:
    """Two or three traits that contradict neither each other nor the words already taken."""
    wanted = int(rng.integers(2, 4))
    chosen: list[str] = []
    for position in rng.permutation(len(kind.traits)):
        trait = kind.traits[int(position)]
        if not _clashes(trait, {*chosen, *taken}):
            chosen.append(trait)
        if len(chosen) == wanted:
            break
    return tuple(chosen)


def _clashes(word: str, others: set[str]) -> bool:
    return any(frozenset((word, other)) in CLASHES for other in others)


def _model_code(rng: np.random.Generator, category: Category, brand: Brand | None) -> str:
    if brand is None or category.name not in _WITH_MODEL or rng.random() < 0.35:
        return ""
    letters = brand.english[:2].upper()
    return f"{letters}-{pick(rng, 'ABCKMPSTX')}{int(rng.integers(1, 99))}{pick(rng, ('', 'Pro'))}"


def _make_price(rng: np.random.Generator, kind: Kind, tier: int) -> float:
    """A price in the tier's third of the kind's range (on a log scale), with a seller's ending."""
    share = (tier + rng.random()) / 3
    price = kind.low * (kind.high / kind.low) ** share
    if price >= 100:
        return float(round(price / 10) * 10 - int(rng.integers(1, 3)))
    return float(int(price)) + (0.9 if rng.random() < 0.6 else 0.0)


def _make_attributes(
    category: Category, words: dict[str, str], traits: tuple[str, ...]
) -> dict[str, str]:
    named = {
        category.trait_key: "、".join(traits),
        _OWN_MATERIAL_KEY.get(category.name, MATERIAL_KEYS[0]): words["material"],
        "颜色": words["colour"],
        "规格": words["spec"],
        "适用人群": words["crowd"],
        "适用场景": words["scene"],
        "季节": words["season"],
        "型号": words["model"],
    }
    return {key: value for key, value in named.items() if value}


def _make_title(
    rng: np.random.Generator,
    category: Category,
    kind: Kind,
    brand: Brand | None,
    words: dict[str, str],
    traits: tuple[str, ...],
) -> str:
    wear = category.name in _WEAR
    aliases = [word for word in kind.aliases if not _clashes(word, {words["crowd"]})]
    noun = kind.name if rng.random() < 0.8 or not aliases else pick(rng, aliases)
    others = [word for word in aliases if word != noun and noun not in word]
    alias = pick(rng, others, 0.6)
    parts = {
        **words,
        **{f"t{place}": trait for place, trait in enumerate((*traits, "")[:3], start=1)},
        "year": pick(rng, ("2026新款", "2026年新款", "新款"), 0.4 if wear else 0.12),
    }
    if parts["crowd"] in ("男", "女"):
        parts["crowd"] += pick(rng, ("", "士", "款"))
    # Sellers do not spend characters on a word that the noun already contains.
    parts = {key: "" if word and word in noun + alias else word for key, word in parts.items()}
    parts |= {"noun": noun, "alias": alias, "promo": pick(rng, PROMOTIONS, 0.35)}
    parts["brand"] = _brand_in_title(rng, brand)
    template = pick(rng, WEAR_TITLES if wear else GOODS_TITLES)
    title = template.format(**parts).replace("【】", "")
    if brand is not None:
        title = re.sub(f"{brand.english}(?=[A-Za-z0-9])", f"{brand.english} ", title)
    return re.sub(r"\s+", " ", title).strip()


def _brand_in_title(rng: np.random.Generator, brand: Brand | None) -> str:
    if brand is None:
        return ""
    both = f"{brand.english}/{brand.chinese}"
    forms = (brand.chinese, both, f"{brand.chinese}{brand.english}", f"{brand.chinese}旗舰店")
    return pick(rng, (*forms, brand.chinese, both))
