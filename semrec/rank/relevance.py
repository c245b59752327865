"""How likely a title is what a query asks for, for any titles, without a user.

Both sides are read (product word, brand, codes, quantities, values that exclude each other), and
what speaks for and against is added up in log-odds; see ``pair_features`` and ``additive``.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from semrec.embed.protocol import Encoder
from semrec.rank.additive import AdditiveModel, Matrix, names_in
from semrec.rank.commonness import Commonness
from semrec.rank.pair_features import NAMES, Nearness, features
from semrec.rank.reading import Reader, Reading
from semrec.types import Scores, Vectors

ASSET = "relevance.npz"
_LEAST_BACKGROUND = 16


class Relevance:
    """Tells how likely titles are what a query asks for.

    Args:
        encoder: tells what texts mean; None to go by words alone.
        background: vectors of titles at large, by the same encoder, against which nearness is
            measured; shape ``(n, dim)``, some hundred rows of a catalog are enough. Without at
            least 16 of them the encoder is not asked.
        reader: reads the texts; None for the usual one.
        model, common: the weights; None for those that come with the package.
    """

    def __init__(
        self,
        encoder: Encoder | None = None,
        background: Vectors | None = None,
        *,
        reader: Reader | None = None,
        model: AdditiveModel | None = None,
        common: Commonness | None = None,
    ) -> None:
        enough = background is not None and len(background) >= _LEAST_BACKGROUND
        self._encoder = encoder if enough else None
        self._background = background if enough else None
        self.reader = reader or Reader()
        self._common = common or shipped_commonness()
        self._model = model

    def probabilities(
        self, query: str, titles: Sequence[str], vectors: Vectors | None = None
    ) -> Scores:
        """How likely each title is right, shape ``(len(titles),)``, float32, in [0, 1].

        Args:
            query: any text; one that asks for nothing gets 0 everywhere.
            titles: any texts.
            vectors: of the titles, shape ``(len(titles), dim)``; None to encode them.
        """
        if not titles:
            return np.empty(0, dtype=np.float32)
        asked = self.reader.query(query)
        if not asked.pieces:
            return np.zeros(len(titles), dtype=np.float32)
        return self._weights().probabilities(self.compared(asked, titles, vectors))

    def evidence(self, query: str, title: str) -> Sequence[tuple[str, float]]:
        """What speaks for (positive) and against a title, in log-odds, the strongest first."""
        asked = self.reader.query(query)
        parts = self._weights().contributions(self.compared(asked, [title], None))[0]
        return [pair for pair in names_in(self._weights(), parts) if pair[1] != 0.0]

    def features(self, query: str, titles: Sequence[str], vectors: Vectors | None = None) -> Matrix:
        """The features of ``pair_features``, shape ``(len(titles), features)``."""
        return self.compared(self.reader.query(query), titles, vectors)

    def features_of(self, pairs: Sequence[tuple[str, str]]) -> Matrix:
        """The features of pairs of query and title, shape ``(len(pairs), features)``."""
        titles: dict[str, list[int]] = {}
        for i, (query, _) in enumerate(pairs):
            titles.setdefault(query, []).append(i)
        found = np.empty((len(pairs), len(NAMES)), dtype=np.float32)
        for query, rows in titles.items():
            found[rows] = self.features(query, [pairs[i][1] for i in rows])
        return found

    def _weights(self) -> AdditiveModel:
        if self._model is None:
            self._model = shipped_model()
        return self._model

    def compared(
        self, asked: Reading, titles: Sequence[str], vectors: Vectors | None = None
    ) -> Matrix:
        """:meth:`features` of a query that is read already."""
        near = self._nearness(asked, titles, vectors)
        rows = [
            features(asked, title, self._common, near[i] if near else None)
            for i, title in enumerate(self.reader.titles(titles))
        ]
        return np.stack(rows) if rows else np.empty((0, len(NAMES)), dtype=np.float32)

    def _nearness(
        self, asked: Reading, titles: Sequence[str], vectors: Vectors | None
    ) -> list[Nearness] | None:
        """Cosines of the query and of its pieces, standardised over the background."""
        if self._encoder is None or self._background is None:
            return None
        texts = [asked.text, *(piece.text for piece in asked.pieces)]
        sides = self._encoder.encode_queries(texts)
        offered = self._encoder.encode_items(list(titles)) if vectors is None else vectors
        usual = sides @ self._background.T
        spread = np.maximum(usual.std(axis=1, keepdims=True), 1e-6)
        z = (sides @ offered.T - usual.mean(axis=1, keepdims=True)) / spread
        return [Nearness(float(column[0]), column[1:].astype(np.float32)) for column in z.T]


@cache
def _assets() -> dict[str, NDArray[np.generic]]:
    data = (resources.files("semrec.rank") / "assets" / ASSET).read_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return dict(arrays)


@cache
def shipped_commonness() -> Commonness:
    """How common grams are in real titles and queries."""
    return Commonness.from_arrays(_assets())


@cache
def shipped_model() -> AdditiveModel:
    """The weights that come with the package; see ``assets/relevance.provenance.json``."""
    return AdditiveModel.from_arrays(_assets())
