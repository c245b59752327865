"""A shop's lexicon, mined from its catalog and, if there is one, its query log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from semrec.data.catalog import Catalog
from semrec.text.dictionary import Cut
from semrec.text.lexicon import MIN_CONFIDENCE, Lexicon
from semrec.text.mining import columns
from semrec.text.mining.aliases import find_aliases
from semrec.text.mining.candidates import count
from semrec.text.mining.tagger import Tagger, default_tagger
from semrec.text.normalise import normalise

MAX_TEXTS = 30_000
"""Distinct titles (and as many queries) that are read; of more, evenly spaced ones."""
_MAX_CHARS = 200
"""Characters of a text that are read; what goes on after that is a description or a mistake."""
_ALIAS_CONFIDENCE = 0.8


def mine(
    catalog: Catalog,
    queries: Iterable[str] = (),
    tagger: Tagger | None = None,
    cut: Cut | None = None,
) -> Lexicon:
    """The words of a shop: what its columns say, and what its titles and queries show.

    Brands, categories and attribute values come from the columns. Product words, and brands
    beyond the column, are what the tagger finds in titles and queries, each with the share of its
    occurrences that were tagged. Latin and Chinese names of one brand are linked. A catalog that
    has nothing but titles gives product words and brands.

    Args:
        catalog: the shop's products.
        queries: what people typed, unlabelled; repeats are read once.
        tagger: finds product words and brands; None for the one that comes with the package.
        cut: jieba's segmentation of normalised texts; None to make it here.
    """
    lexicon = mine_texts(catalog.texts("title"), queries, tagger, cut)
    written = columns.brands(catalog.texts("brand"))
    named = [normalise(value) for value in dict.fromkeys(catalog.texts("brand")) if value]
    groups = columns.aliases(named)
    from_columns = Lexicon(
        brands=written,
        brand_confidences=_column_confidences(written, lexicon),
        categories=columns.categories(catalog),
        attributes=columns.attributes(catalog),
        synonyms={name: tuple(o for o in group if o != name) for group in groups for name in group},
    )
    return lexicon.merge(from_columns)


def mine_texts(
    titles: Iterable[str],
    queries: Iterable[str] = (),
    tagger: Tagger | None = None,
    cut: Cut | None = None,
) -> Lexicon:
    """Product words and brands of plain titles; see :func:`mine`."""
    tagger = tagger or default_tagger()
    heads = distinct(titles)
    texts = [*sample(heads, MAX_TEXTS), *sample(distinct(queries), MAX_TEXTS)]
    found = count(texts, list(tagger.tag_many(texts, cut)))
    brands = {word: c for word, c in found.brands.items() if c >= MIN_CONFIDENCE}
    pairs = find_aliases(heads, {word for word in brands if not word.isascii()})
    canonical = {word: pairs.get(word, word) for word in brands}
    confidences = dict(brands)
    for latin, han in pairs.items():
        for surface in (latin, han):
            canonical[surface] = han
            confidences[surface] = max(confidences.get(surface, 0.0), _ALIAS_CONFIDENCE)
    return Lexicon(
        brands=canonical,
        brand_confidences=confidences,
        products={word: c for word, c in found.products.items() if c >= MIN_CONFIDENCE},
        synonyms=_both_ways(pairs),
    )


def _column_confidences(written: Mapping[str, str], mined: Lexicon) -> dict[str, float]:
    """Certain, unless the titles use a brand's name mostly as a product word (小米, 棉)."""
    return {
        surface: 0.5 if mined.products.get(surface, 0.0) > mined.brand_confidence(surface) else 1.0
        for surface in written
    }


def _both_ways(pairs: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    synonyms: dict[str, tuple[str, ...]] = {latin: (han,) for latin, han in pairs.items()}
    for latin, han in pairs.items():
        synonyms[han] = (*synonyms.get(han, ()), latin)
    return synonyms


def distinct(texts: Iterable[str]) -> list[str]:
    """The beginnings of texts, normalised, each once, in order, without empty ones."""
    return [text for text in dict.fromkeys(beginning(each) for each in texts) if text]


def beginning(text: str) -> str:
    """What is read of a text, normalised."""
    return normalise(text)[:_MAX_CHARS].rstrip()


def sample(texts: Sequence[str], most: int) -> list[str]:
    """At most so many of the texts, evenly spaced."""
    step = -(-len(texts) // most) or 1
    return list(texts[::step])
