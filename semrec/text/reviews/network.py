"""A small convolutional network over word pieces (Kim 2014), in numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.text.reviews.linear import Quantised
from semrec.text.reviews.pieces import PADDING, padded

LONGEST = 128
"""Pieces that the network reads of a text, half from each end."""
WIDTHS = (1, 3, 5)
"""Pieces that one filter sees."""
_BATCH = 64
_TABLES = ("embedding", *(f"filters{width}" for width in WIDTHS))


@dataclass(frozen=True, eq=False)
class Network:
    """A fitted network; see ``network_training.fit``.

    Per filter the largest and the mean response over the text, then one linear unit.

    Attributes:
        embedding: a vector for each piece number, shape ``(pieces + 2, dim)``, float32; row
            ``PADDING`` is zero.
        filters: for each of ``WIDTHS`` the weights ``(width * dim, filters)``.
        biases: for each of ``WIDTHS`` shape ``(filters,)``.
        output: shape ``(2 * filters * len(WIDTHS) + 1,)``; the last is the bias.
    """

    embedding: NDArray[np.float32]
    filters: tuple[NDArray[np.float32], ...]
    biases: tuple[NDArray[np.float32], ...]
    output: NDArray[np.float32]

    def logits(self, numbers: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
        """Log-odds of praise for texts given by ``Pieces.numbers``, shape ``(texts,)``, float32."""
        order = np.argsort([len(text) for text in numbers], kind="stable")
        scores = np.zeros(len(numbers), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            scores[batch] = self._batch(padded([numbers[i] for i in batch], LONGEST))
        return scores

    def _batch(self, table: NDArray[np.int64]) -> NDArray[np.float32]:
        mask = (table != PADDING).astype(np.float32)[:, :, None]
        vectors = self.embedding[table]
        length = table.shape[1]
        counts = np.maximum(mask.sum(axis=1), 1)
        pooled = []
        for width, weights, bias in zip(WIDTHS, self.filters, self.biases, strict=True):
            around = np.pad(vectors, ((0, 0), (width // 2, width // 2), (0, 0)))
            windows = [around[:, shift : shift + length] for shift in range(width)]
            found = np.maximum(np.concatenate(windows, axis=2) @ weights + bias, 0) * mask
            pooled += [found.max(axis=1), found.sum(axis=1) / counts]
        return np.asarray(np.concatenate(pooled, axis=1) @ self.output[:-1] + self.output[-1])

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Embedding and filters in eight bits, the rest as it is."""
        tables = dict(zip(_TABLES, (self.embedding, *self.filters), strict=True))
        stored = {name: Quantised.of(table) for name, table in tables.items()}
        steps = {f"{name}_step": np.array(table.step, np.float32) for name, table in stored.items()}
        return {
            "output": self.output,
            "biases": np.stack(self.biases),
            **{name: table.codes for name, table in stored.items()},
            **steps,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Network:
        """The inverse of :meth:`arrays`, up to the rounding."""
        embedding, *filters = (
            Quantised(arrays[name], float(arrays[f"{name}_step"])).values() for name in _TABLES
        )
        return cls(embedding, tuple(filters), tuple(arrays["biases"]), arrays["output"])
