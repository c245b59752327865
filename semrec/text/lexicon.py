"""What a shop's words mean: brands, product words, categories, attribute values, synonyms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Self

from semrec.errors import DataError, shorten
from semrec.text.normalise import normalise
from semrec.text.spans import Kind, Span, best_spans, models

SCHEMA = 1
MIN_CONFIDENCE = 0.3
"""Product words and brands below this are kept for merging and never found in a text."""
_CATEGORY_CONFIDENCE = 0.9
_ATTRIBUTE_CONFIDENCE = 0.85


@dataclass(frozen=True, slots=True)
class Entry:
    """One meaning of a surface; see :class:`~semrec.text.spans.Span`."""

    kind: Kind
    value: str
    name: str
    confidence: float


@dataclass(frozen=True)
class Lexicon:
    """The words of a shop. All keys are normalised surfaces.

    Attributes:
        brands: surface -> canonical brand; aliases of one brand share the canonical.
        products: product word (head noun) -> confidence, 0..1.
        categories: names of categories.
        attributes: attribute value -> names of the attributes that have it (颜色, 材质).
        synonyms: surface -> other surfaces with the same meaning.
        brand_confidences: surface of a brand -> confidence, 0..1; 1 where absent.
        terms: words that are kept whole and mean nothing in particular.
    """

    brands: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, float] = field(default_factory=dict)
    categories: frozenset[str] = frozenset()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    brand_confidences: Mapping[str, float] = field(default_factory=dict)
    terms: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self._surfaces())

    def words(self, min_confidence: float = 0.5) -> list[str]:
        """Surfaces of two or more characters that a segmenter should keep whole, sorted.

        Args:
            min_confidence: product words and brands below it are left out.
        """
        sure = {w for w, confidence in self.products.items() if confidence >= min_confidence}
        sure |= {w for w in self.brands if self.brand_confidence(w) >= min_confidence}
        sure |= self.categories | self.attributes.keys() | self.terms | self.synonyms.keys()
        return sorted(word for word in sure if len(word) > 1)

    def brand_confidence(self, surface: str) -> float:
        """How sure it is that a surface names a brand; 0 if it is none."""
        return self.brand_confidences.get(surface, 1.0) if surface in self.brands else 0.0

    def entries(self, surface: str) -> list[Entry]:
        """All meanings of one surface, the surest first; [] if it is unknown."""
        found: list[Entry] = []
        if surface in self.products:
            found.append(Entry("product", surface, "", self.products[surface]))
        if surface in self.brands:
            confidence = self.brand_confidence(surface)
            found.append(Entry("brand", self.brands[surface], "", confidence))
        if surface in self.categories:
            found.append(Entry("category", surface, "", _CATEGORY_CONFIDENCE))
        for name in self.attributes.get(surface, ()):
            found.append(Entry("attribute", surface, name, _ATTRIBUTE_CONFIDENCE))
        return sorted(found, key=lambda entry: -entry.confidence)

    def matches(self, text: str) -> Iterator[Span]:
        """Every occurrence of every surface with its surest meaning, overlapping ones too.

        Args:
            text: anything; offsets refer to ``normalise(text)``.
        """
        text = normalise(text)
        for start, end in self.occurrences(text):
            best = self._prefixes[text[start:end]]
            if best is not None:
                surface = text[start:end]
                yield Span(start, end, surface, best.kind, best.value, best.name, best.confidence)
        yield from models(text)

    def occurrences(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of every surface in a normalised text, overlapping ones too.

        No Latin word and no number is cut: ``hp`` stands in ``hp15`` and not in ``php``.
        """
        known = self._prefixes
        for start in range(len(text)):
            if start and same_run(text[start - 1], text[start]):
                continue
            end = start + 1
            while end <= len(text) and (surface := text[start:end]) in known:
                inside = end < len(text) and same_run(text[end - 1], text[end])
                if known[surface] is not None and not inside:
                    yield start, end
                end += 1

    def find(self, text: str) -> list[Span]:
        """The best spans that do not overlap, in text order.

        Args:
            text: anything; offsets refer to ``normalise(text)``.
        """
        return best_spans(self.matches(text))

    def merge(self, other: Lexicon) -> Lexicon:
        """Both together; where they contradict each other, ``other`` wins."""
        return Lexicon(
            brands={**self.brands, **other.brands},
            products={**self.products, **other.products},
            categories=self.categories | other.categories,
            attributes=_united(self.attributes, other.attributes),
            synonyms=_united(self.synonyms, other.synonyms),
            brand_confidences={
                # A brand of the other without a figure is certain there.
                **{w: c for w, c in self.brand_confidences.items() if w not in other.brands},
                **other.brand_confidences,
            },
            terms=self.terms | other.terms,
        )

    def to_dict(self) -> dict[str, Any]:
        """A form for JSON; :meth:`from_dict` takes it back."""
        return {
            "schema": SCHEMA,
            "brands": dict(self.brands),
            "products": dict(self.products),
            "categories": sorted(self.categories),
            "attributes": {value: list(names) for value, names in self.attributes.items()},
            "synonyms": {word: list(others) for word, others in self.synonyms.items()},
            "brand_confidences": dict(self.brand_confidences),
            "terms": sorted(self.terms),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], where: str = "lexicon") -> Self:
        """Read what :meth:`to_dict` wrote.

        Raises:
            DataError: another schema, or a part is missing or of the wrong kind.
        """
        if values.get("schema") != SCHEMA:
            raise DataError(
                f"{where}: schema {shorten(values.get('schema'))}; this version reads {SCHEMA}"
            )
        missing = [each.name for each in fields(cls) if each.name not in values]
        if missing:
            raise DataError(f"{where}: no {missing[0]!r} in the lexicon")
        try:
            return cls(
                brands={str(k): str(v) for k, v in values["brands"].items()},
                products={str(k): float(v) for k, v in values["products"].items()},
                categories=frozenset(map(str, values["categories"])),
                attributes={str(k): tuple(map(str, v)) for k, v in values["attributes"].items()},
                synonyms={str(k): tuple(map(str, v)) for k, v in values["synonyms"].items()},
                brand_confidences={
                    str(k): float(v) for k, v in values["brand_confidences"].items()
                },
                terms=frozenset(map(str, values["terms"])),
            )
        except (AttributeError, TypeError, ValueError) as error:
            raise DataError(f"{where}: no valid lexicon: {error}") from None

    def _surfaces(self) -> set[str]:
        found = self.brands.keys() | self.products.keys() | self.attributes.keys()
        return found | self.categories | self.terms

    @cached_property
    def _prefixes(self) -> dict[str, Entry | None]:
        """Each surface with its surest meaning, and each prefix of one with None (a flat trie)."""
        known: dict[str, Entry | None] = {}
        for surface in self._surfaces() - {""}:
            entries = [e for e in self.entries(surface) if e.confidence >= MIN_CONFIDENCE]
            if entries:
                for end in range(1, len(surface)):
                    known.setdefault(surface[:end], None)
                known[surface] = entries[0]
        return known


def new_words(indexed: Lexicon, current: Lexicon) -> list[str]:
    """Words that an index built with ``indexed`` may have cut apart: it needs a reindex for them.

    Meanings (kind, brand alias, attribute, synonym) of words that were there already take effect
    at once; only how titles were cut is fixed in the index.
    """
    return sorted(set(current.words()) - set(indexed.words()))


def same_run(left: str, right: str) -> bool:
    """Whether two neighbours belong to one Latin word or one number, which no surface may cut."""
    if not (left.isascii() and right.isascii()):
        return False
    return (left.isalpha() and right.isalpha()) or (left.isdigit() and right.isdigit())


def _united(
    one: Mapping[str, tuple[str, ...]], other: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    return {
        key: tuple(dict.fromkeys((*one.get(key, ()), *other.get(key, ()))))
        for key in _ordered(one, other)
    }


def _ordered(one: Iterable[str], other: Iterable[str]) -> list[str]:
    return list(dict.fromkeys((*one, *other)))
