"""A student reranker: reads query and title by their features, in place of a cross-encoder.

It adds up the blend's score, the features of ``pair_features`` and a few more, with weights learned
from graded titles of a query log (``train_rerank``); it needs no torch, and some .3 ms a title.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np

from semrec.rank.additive import AdditiveModel, Matrix
from semrec.rank.pair_features import SIGNS as PAIR_SIGNS
from semrec.rank.pair_features import same_end
from semrec.rank.reading import Reading
from semrec.rank.relevance import Relevance
from semrec.types import Scores

ASSET = "rerank.npz"
EXTRA_SIGNS: dict[str, int] = {
    "head named": 1,
    "heads like": 1,
    "characters": 1,
    "products": 0,
    "length": 0,
}
"""Beside ``pair_features``: whether the title names the product word; how far its product words end
like it on average; share of the query's characters in the title; how many product words and, in
logarithms, characters the title has."""
SIGNS: dict[str, int] = {"blend": 1, **PAIR_SIGNS, **EXTRA_SIGNS}


class FeatureReranker:
    """Tells how likely titles are right, from the blend's score and what both sides say.

    Args:
        relevance: reads both sides, with the shop's encoder.
        model: the weights; None for those that come with the package.
    """

    def __init__(self, relevance: Relevance, model: AdditiveModel | None = None) -> None:
        self._relevance = relevance
        self._model = model

    def probabilities(self, query: str, titles: Sequence[str], scores: Scores) -> Scores:
        """How likely each title is right, shape ``(len(titles),)``, float32, in [0, 1]."""
        if not titles:
            return np.empty(0, dtype=np.float32)
        model = self._model or shipped_reranker()
        return model.probabilities(self.features(query, titles, scores))

    def features(self, query: str, titles: Sequence[str], scores: Scores) -> Matrix:
        """The features in the order of :data:`SIGNS`, shape ``(len(titles), features)``."""
        asked = self._relevance.reader.query(query)
        offered = self._relevance.reader.titles(titles)
        extra = np.array([_extra(asked, title) for title in offered], dtype=np.float32)
        pairs = self._relevance.compared(asked, titles)
        said: Matrix = np.hstack([scores[:, None].astype(np.float32), pairs, extra])
        return said


def _extra(query: Reading, title: Reading) -> tuple[float, ...]:
    """The features of :data:`EXTRA_SIGNS`, in that order."""
    head, letters = query.head, query.text.replace(" ", "")
    ends = [same_end(head.text, span.text) for span in title.products] if head else []
    return (
        float(head.text in title.text) if head else np.nan,
        sum(ends) / len(ends) if ends else np.nan,
        sum(letter in title.text for letter in letters) / max(len(letters), 1),
        float(len(title.products)),
        float(np.log1p(len(title.text))),
    )


@cache
def shipped_reranker() -> AdditiveModel:
    """The weights that come with the package; see ``assets/rerank.provenance.json``."""
    data = (resources.files("semrec.rank") / "assets" / ASSET).read_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return AdditiveModel.from_arrays(dict(arrays))
