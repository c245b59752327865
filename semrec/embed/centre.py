"""Centring: each side's vectors less their mean.

A transformer's vectors lie in a narrow cone, and those of queries in another than those of items;
what they have in common says nothing. Source: Mu & Viswanath 2018, "All-but-the-Top"; whitening
after Su et al. 2021, "Whitening Sentence Representations".
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.embed.heldout import HeldOut
from semrec.embed.protocol import Encoder
from semrec.embed.vectors import unit
from semrec.errors import InvalidArgument
from semrec.types import Rows, Vectors


@dataclass(frozen=True)
class Centre:
    """Where the vectors of queries and items lie, and an optional change of axes.

    Attributes:
        query_mean: shape ``(dim,)``, float32.
        item_mean: shape ``(dim,)``, float32.
        axes: what centred vectors of both sides are multiplied by, shape ``(dim, dim)``; shape
            ``(0, dim)`` if they stay as they are.
    """

    query_mean: NDArray[np.float32]
    item_mean: NDArray[np.float32]
    axes: NDArray[np.float32]

    @classmethod
    def fit(cls, queries: Vectors, items: Vectors, *, whiten: float = 0.0) -> Centre:
        """The means of both sides, and the axes along which items vary alike.

        Args:
            queries: shape ``(n, dim)``, at least one.
            items: shape ``(m, dim)``, at least one.
            whiten: 0 leaves the axes; 1 makes the items vary alike along all; between, in part:
                variances are divided by their power ``whiten``.
        """
        item_mean = items.mean(axis=0, dtype=np.float64)
        axes = np.empty((0, items.shape[1]), dtype=np.float32)
        if whiten > 0:
            spread = np.cov((items - item_mean).T, dtype=np.float64)
            values, vectors = np.linalg.eigh(spread)
            # Directions in which nothing varies are noise: they are not blown up.
            values = np.maximum(values, values.max() * 1e-3)
            axes = ((vectors * values ** (-whiten / 2)) @ vectors.T).astype(np.float32)
        query_mean = queries.mean(axis=0, dtype=np.float64)
        return cls(query_mean.astype(np.float32), item_mean.astype(np.float32), axes)

    @classmethod
    def none(cls, dim: int) -> Centre:
        """What moves nothing."""
        zeros = np.zeros(dim, dtype=np.float32)
        return cls(zeros, zeros, np.empty((0, dim), dtype=np.float32))

    @property
    def moves(self) -> bool:
        """Whether it moves any vector."""
        return bool(self.query_mean.any() or self.item_mean.any() or len(self.axes))

    def queries(self, vectors: Vectors) -> Vectors:
        """Centred vectors of queries, unit norm."""
        return self._moved(vectors, self.query_mean)

    def items(self, vectors: Vectors) -> Vectors:
        """Centred vectors of items, unit norm."""
        return self._moved(vectors, self.item_mean)

    def _moved(self, vectors: Vectors, mean: NDArray[np.float32]) -> Vectors:
        centred: Vectors = vectors - mean
        return unit(centred @ self.axes.T if len(self.axes) else centred)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What :meth:`from_arrays` needs."""
        return {"query_mean": self.query_mean, "item_mean": self.item_mean, "axes": self.axes}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Centre:
        """The same centre again."""
        return cls(arrays["query_mean"], arrays["item_mean"], arrays["axes"])


def choose_centre(
    queries: Vectors, items: Vectors, wanted: Rows
) -> tuple[Centre, Mapping[str, float]]:
    """Centre where it helps queries to find what another judge, not the encoder, holds right.

    The one rule, of a build (``embed.teacher``) and of an adaptation (``embed.adapt``), which knows
    the lexical leg and lets it judge. Whitening is not among the choices: a lexical judge likes it,
    as it makes vectors depend on single words, where people do not.

    Args:
        queries: shape ``(n, dim)``, at least one.
        items: shape ``(m, dim)``.
        wanted: rows that each of the first ``len(wanted)`` queries should find; the lexical leg's
            best, or the title that a pseudo-query was drawn from.

    Returns:
        The choice, and nDCG@10 without and with centring.
    """
    centre = Centre.fit(queries, items)
    check = HeldOut("wanted", [""] * len(wanted), wanted)
    first = queries[: len(wanted)]
    figures = {
        "raw": check.ndcg(first, items),
        "centred": check.ndcg(centre.queries(first), centre.items(items)),
    }
    better = figures["centred"] >= figures["raw"]
    return centre if better else Centre.none(items.shape[1]), figures


class CentredEncoder:
    """Another encoder, with both sides centred.

    Raises:
        InvalidArgument: the centre has another dimension.
    """

    def __init__(self, encoder: Encoder, centre: Centre) -> None:
        if centre.query_mean.shape != (encoder.dim,):
            raise InvalidArgument(
                f"{encoder.name} has {encoder.dim} dimensions, its centre "
                f"{centre.query_mean.shape[0]}; legal: equal ones"
            )
        self.encoder = encoder
        self.centre = centre

    @property
    def name(self) -> str:
        """The name of the inner encoder."""
        return self.encoder.name

    @property
    def fingerprint(self) -> str:
        """Hash of the inner fingerprint and the centre, 16 hex digits."""
        whole = hashlib.blake2b(self.encoder.fingerprint.encode(), digest_size=8)
        for array in self.centre.arrays().values():
            whole.update(np.ascontiguousarray(array).data)
        return whole.hexdigest()

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.encoder.dim

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode queries: shape ``(len(texts), dim)``, float32, unit norm."""
        return self.centre.queries(self.encoder.encode_queries(texts))

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Encode item texts: shape ``(len(texts), dim)``, float32, unit norm."""
        return self.centre.items(self.encoder.encode_items(texts))
