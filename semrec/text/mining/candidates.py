"""Words that the tagger finds in a shop's texts, and how often they are what it takes them for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from semrec.text.lexicon import Lexicon
from semrec.text.spans import Span

_PRIOR = 0.5
_PRIOR_WEIGHT = 1.0
"""Confidence of a word that was never seen, and how many sightings it counts for."""


@dataclass(frozen=True)
class Candidates:
    """Confidence of each surface, 0..1: the share of its occurrences that are of the kind.

    Attributes:
        products: product words.
        brands: brands.
    """

    products: dict[str, float]
    brands: dict[str, float]


def count(texts: Sequence[str], tagged: Sequence[Sequence[Span]]) -> Candidates:
    """Weigh how often each surface was tagged against how often it occurs.

    What stands inside a longer tagged word (``手机`` in ``手机壳``) says nothing against it.

    Args:
        texts: normalised texts.
        tagged: what the tagger found in each.
    """
    weights: dict[str, defaultdict[str, float]] = {
        "product": defaultdict(float),
        "brand": defaultdict(float),
    }
    for spans in tagged:
        for span in spans:
            weights[span.kind][span.text] += span.confidence
    surfaces = Lexicon(products=dict.fromkeys({*weights["product"], *weights["brand"]}, 1.0))
    seen = _occurrences(surfaces, texts, tagged)
    products, brands = (
        {
            word: (weight + _PRIOR * _PRIOR_WEIGHT) / (max(seen[word], weight) + _PRIOR_WEIGHT)
            for word, weight in weights[kind].items()
            if any(character.isalpha() for character in word)
        }
        for kind in ("product", "brand")
    )
    return Candidates(products, brands)


def _occurrences(
    surfaces: Lexicon, texts: Sequence[str], tagged: Sequence[Sequence[Span]]
) -> Counter[str]:
    seen: Counter[str] = Counter()
    for text, spans in zip(texts, tagged, strict=True):
        cover = [-1] * len(text)
        for i, span in enumerate(spans):
            cover[span.start : span.end] = [i] * (span.end - span.start)
        for start, end in surfaces.occurrences(text):
            owner = cover[start]
            inside = owner >= 0 and owner == cover[end - 1]
            if not inside or spans[owner].end - spans[owner].start == end - start:
                seen[text[start:end]] += 1
    return seen
