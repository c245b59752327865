"""Pairs of query and title with labels, made from a catalog that says what its products are.

Three ways, so that no single rule is learnt by heart:

* ``structured``: the category's name and an attribute of a product, whether or not its title says
  them, against its own title and those of near products that differ;
* ``from_titles``: a product word with what stands before it in a title, against that title and
  near ones that lack a part of it;
* ``swapped``: the same queries with a value turned into its opposite (儿童 to 成人), or a brand or
  number into another.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from semrec.rank.brand_names import brand_names
from semrec.rank.classify import label_parts
from semrec.rank.oppositions import opposite, values_said
from semrec.rank.reading import Reader
from semrec.text.normalise import normalise
from semrec.types import Vectors

_NEAR = 12
_ASKED = (
    "颜色分类",
    "材质",
    "适用对象",
    "功能",
    "功效",
    "适用场景",
    "适用季节",
    "风格",
    "图案",
    "厚薄",
)
_VALUE = re.compile(r"[^\d\s/()]{2,5}")


@dataclass(frozen=True, slots=True)
class Pair:
    """A query and a title, whether the title is right, and which way made the pair."""

    query: str
    title: str
    label: int
    way: str


@dataclass(frozen=True, slots=True)
class Product:
    """A product of a catalog with structure."""

    title: str
    brand: str
    kind: str
    attributes: Mapping[str, Sequence[str]]


def structured(products: Sequence[Product], vectors: Vectors, rng: random.Random) -> Iterator[Pair]:
    """Pairs from categories and attributes; ``vectors`` of the titles, shape ``(n, dim)``."""
    near = nearest(vectors, 40)
    for i, product in enumerate(products):
        names = label_parts(product.kind)
        if not product.kind or not names:
            continue
        name = rng.choice(names)
        column, value = _value(product, rng)
        brand = _brand(product, rng) if rng.random() < 0.35 else ""
        query = f"{brand}{value}{name}" if rng.random() < 0.7 else f"{brand}{name}{value}"
        yield Pair(query, product.title, 1, "structured")
        others = [products[j] for j in near[i] if products[j].kind]
        unlike = [each for each in others if not set(label_parts(each.kind)) & set(names)]
        same = [each for each in others if each.kind == product.kind]
        wrong = [each for each in same if brand and not _is_brand(each, brand)]
        wrong += [each for each in same if value and _differs(each, column, value)]
        for each in [*unlike[:2], *wrong[:2]]:
            yield Pair(query, each.title, 0, "structured")


def from_titles(
    titles: Sequence[str], vectors: Vectors, reader: Reader, rng: random.Random, count: int
) -> Iterator[Pair]:
    """Pairs from plain titles: a product word with what stands before it."""
    near = nearest(vectors, _NEAR)
    for i in rng.sample(range(len(titles)), min(count, len(titles))):
        read = reader.query(titles[i])
        product = [span for span in read.products if span.confidence > 0.7]
        if not product:
            continue
        head = rng.choice(product)
        before = [piece for piece in read.pieces if piece.end <= head.start and len(piece.text) > 1]
        some = sorted(rng.sample(before, min(len(before), rng.choice([0, 1, 1, 2]))),
                      key=lambda piece: piece.start)  # fmt: skip
        query = " ".join(piece.text for piece in some) + head.text
        query = query.replace(" ", "") if not query.isascii() else query
        yield Pair(query, titles[i], 1, "title")
        words = [*(piece.text for piece in some), head.text]
        lacking = [titles[j] for j in near[i] if not all(w in normalise(titles[j]) for w in words)]
        for title in rng.sample(lacking, min(2, len(lacking))):
            yield Pair(query, title, 0, "title")
        yield from swapped(query, titles[i], rng)


def swapped(query: str, title: str, rng: random.Random) -> Iterator[Pair]:
    """The same title with a query that asks for another value, brand or number."""
    for word, other in _swaps(normalise(query), rng):
        if other not in normalise(title):
            yield Pair(normalise(query).replace(word, other), title, 0, "swapped")


def _swaps(query: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    for end in range(2, len(query) + 1):
        for start in range(max(0, end - 4), end - 1):
            word = query[start:end]
            if values_said(word) and (other := opposite(word, rng)):
                yield word, other
            if word in brand_names() and not word.isascii():
                yield word, rng.choice([name for name in brand_names() if not name.isascii()])
    for match in re.finditer(r"\d+", query):
        yield match[0], str(max(1, int(match[0]) + rng.choice([-2, -1, 1, 2, 10])))


def nearest(vectors: Vectors, count: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Each row's nearest other rows, nearest first, shape ``(n, count)``."""
    centred = vectors - vectors.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    found = []
    for start in range(0, len(centred), 1024):
        cosines = centred[start : start + 1024] @ centred.T
        own = np.arange(start, min(start + 1024, len(centred)))
        cosines[np.arange(len(own)), own] = -np.inf
        found.append(np.argsort(-cosines, axis=1)[:, :count])
    return np.concatenate(found).astype(np.int64)


def _value(product: Product, rng: random.Random) -> tuple[str, str]:
    options = [
        (column, normalise(value))
        for column in _ASKED
        for value in product.attributes.get(column, ())
        if _VALUE.fullmatch(normalise(value)) and normalise(value) not in {"其他", "其它", "通用"}
    ]
    return rng.choice(options) if options and rng.random() < 0.75 else ("", "")


def _brand(product: Product, rng: random.Random) -> str:
    parts = [normalise(part) for part in product.brand.split("/") if len(part) > 1]
    return rng.choice(parts) if parts else ""


def _is_brand(product: Product, brand: str) -> bool:
    return brand in normalise(product.brand) or brand in normalise(product.title)


def _differs(product: Product, column: str, value: str) -> bool:
    own = [normalise(each) for each in product.attributes.get(column, ())]
    says = any(value in each for each in own) or value in normalise(product.title)
    return bool(own) and not says


def label_of(pairs: Sequence[Pair]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The labels, shape ``(pairs,)``, float64."""
    return np.array([pair.label for pair in pairs], dtype=np.float64)


Features = Callable[[str, Sequence[str]], np.ndarray[tuple[int, int], np.dtype[np.float32]]]
"""Query and titles → features, as ``Relevance.features``."""
