"""Rank given category names for a query: what they say, what they mean, what the catalog shows.

For each label three voices are heard, each in [0, 1] or silent:

* ``name``: how much of the label stands in the query, the head noun above all (Chinese puts it
  last: a 大码连衣裙 is a 连衣裙);
* ``meaning``: cosine of query and label in the encoder's space, for the label and its parts;
* ``evidence``: how near the label is to the titles (and categories) of items that match.

Their weighted sum goes through a softmax.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.embed.protocol import Encoder
from semrec.errors import InvalidArgument
from semrec.text.normalise import normalise
from semrec.types import Scores, Vectors

_WEIGHTS = {"name": 1.0, "meaning": 0.3, "evidence": 0.4}
_TEMPERATURE = 0.2
_SPREAD = 0.08
"""Half a cosine range: unrelated and equal short texts lie about 0.16 apart in E5's space."""
_PAIRS, _CHARACTERS, _TAIL = 0.25, 0.1, 0.65
"""What makes up ``name``; all constants here were chosen on 65 queries written for the purpose."""
_SPLIT = re.compile(r"[/／,，、;；|>()（）]+|--+")
_VAGUE = re.compile(r"^(?:其它|其他|通用款?|更多|配套|相关)|(?:类|用品|系列|相关|大全)$")


@dataclass(frozen=True)
class Evidence:
    """Items of the catalog that match the query.

    Attributes:
        titles: their titles, best first.
        weights: how much each counts, shape ``(n,)``, float32, not negative.
        categories: their categories, "" if unknown; () if the catalog has none.
        vectors: their embeddings, shape ``(n, dim)``; None without an encoder.
    """

    titles: Sequence[str]
    weights: Scores
    categories: Sequence[str] = ()
    vectors: Vectors | None = None


def classify(
    query: str,
    labels: Sequence[str],
    encoder: Encoder | None = None,
    *,
    product: str | None = None,
    evidence: Evidence | None = None,
) -> list[tuple[str, float]]:
    """Category names for a query with their probabilities, the likeliest first.

    Args:
        query: any text.
        labels: the names to choose from; ``A/B`` is a category with two names, and in
            ``A>B`` or ``A--B`` the last part is the category and the others its parents.
        encoder: tells what names mean; None to go by words alone.
        product: the product word of the query, if it is known.
        evidence: matching items of a catalog.

    Returns:
        Each distinct label once; the probabilities sum to 1. Equal ones keep the given order.

    Raises:
        InvalidArgument: there is no label.
    """
    distinct = list(dict.fromkeys(labels))
    if not distinct:
        raise InvalidArgument("labels is empty; legal: at least one category name")
    text = normalise(query)
    parts = [label_parts(label) for label in distinct]
    scores = _WEIGHTS["name"] * name_scores(text, parts, product)
    label_vectors = None
    if encoder is not None and text:
        label_vectors = _LabelVectors(encoder, distinct, parts)
        # The product word a second time: 电动牙刷头 is no 电动牙刷.
        asked = [text] if not product else [text, normalise(product)]
        cosines = label_vectors.best(encoder.encode_queries(asked)).mean(axis=0)
        scores += _WEIGHTS["meaning"] * _stretched(cosines)
    if evidence is not None and len(evidence.titles) and float(evidence.weights.sum()) > 0:
        scores += _WEIGHTS["evidence"] * _evidence_scores(evidence, parts, label_vectors)
    logits = scores / _TEMPERATURE
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    order = np.argsort(-shares, kind="stable")
    return [(distinct[int(i)], float(shares[i])) for i in order]


def label_parts(label: str) -> list[str]:
    """The names inside a label, normalised; the label itself if it has one name only.

    >>> label_parts("沙发垫/飘窗垫"), label_parts("家居>布艺>沙发垫")
    (['沙发垫', '飘窗垫'], ['沙发垫'])
    """
    text = normalise(re.split(r">|--+", label)[-1])
    parts = [_VAGUE.sub("", part.strip()) or part.strip() for part in _SPLIT.split(text)]
    return [part for part in dict.fromkeys(parts) if part] or [text]


def name_scores(
    text: str, parts: Sequence[Sequence[str]], product: str | None = None
) -> NDArray[np.float64]:
    """How much of each label stands in the query, shape ``(labels,)``, in [0, 1]."""
    head = normalise(product) if product else text
    return np.array([max(_name_score(text, head, part) for part in names) for names in parts])


def _name_score(text: str, head: str, part: str) -> float:
    """Half for the share of the name's pairs and characters in the query, half for the head."""
    pairs = {part[i : i + 2] for i in range(len(part) - 1)} or {part}
    whole = sum(pair in text for pair in pairs) / len(pairs)
    single = len({c for c in part if c in text}) / max(len(set(part)), 1)
    tail = _common_suffix(head, part) / max(min(len(head), len(part)), 1)
    return _PAIRS * whole + _CHARACTERS * single + _TAIL * tail


def _common_suffix(left: str, right: str) -> int:
    count = 0
    for a, b in zip(reversed(left), reversed(right), strict=False):
        if a != b:
            break
        count += 1
    return count


class _LabelVectors:
    """Embeddings of labels and of the names inside them; a label is as near as its nearest."""

    def __init__(
        self, encoder: Encoder, labels: Sequence[str], parts: Sequence[Sequence[str]]
    ) -> None:
        # Labels are as short as queries: both are encoded alike, as E5 asks for symmetric tasks.
        texts = list(dict.fromkeys([*labels, *(part for names in parts for part in names)]))
        place = {text: i for i, text in enumerate(texts)}
        self._vectors = encoder.encode_queries(texts)
        self._whole = np.array([place[label] for label in labels])
        self._parts = [np.array([place[part] for part in names]) for names in parts]

    def best(self, vectors: Vectors) -> NDArray[np.float64]:
        """Cosines, shape ``(n, labels)``: the mean of the whole label and its nearest part."""
        cosines = (vectors @ self._vectors.T).astype(np.float64)
        nearest = np.stack([cosines[:, own].max(axis=1) for own in self._parts], axis=1)
        mean: NDArray[np.float64] = 0.5 * (cosines[:, self._whole] + nearest)
        return mean


def _stretched(cosines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosines relative to their mean over the labels, about -1 to 1."""
    stretched: NDArray[np.float64] = (cosines - cosines.mean(axis=-1, keepdims=True)) / _SPREAD
    return stretched


def _evidence_scores(
    evidence: Evidence, parts: Sequence[Sequence[str]], vectors: _LabelVectors | None
) -> NDArray[np.float64]:
    """Mean agreement of each label with the matching items, weighted by how well they match."""
    weights = np.asarray(evidence.weights, dtype=np.float64)
    weights = weights / weights.sum()
    titles = [normalise(title) for title in evidence.titles]
    words = np.array([[_in_title(title, names) for names in parts] for title in titles])
    agreement: NDArray[np.float64] = weights @ words
    if any(evidence.categories):
        known = [label_parts(category) if category else [] for category in evidence.categories]
        same = np.array([[float(bool(set(own) & set(n))) for n in parts] for own in known])
        agreement = agreement + weights @ same
    if vectors is not None and evidence.vectors is not None:
        agreement = agreement + _stretched(weights @ vectors.best(evidence.vectors))
    return agreement


def _in_title(title: str, names: Sequence[str]) -> float:
    """The largest share of a name's character pairs that a title holds."""
    shares = []
    for name in names:
        pairs = {name[i : i + 2] for i in range(len(name) - 1)} or {name}
        shares.append(sum(pair in title for pair in pairs) / len(pairs))
    return max(shares)
