"""A small convolutional network over characters and character pairs (Kim 2014), in numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.text.reviews.features import code_points, trimmed
from semrec.text.reviews.linear import Quantised

LONGEST = 128
"""Characters that the network reads of a text, half from each end."""
WIDTHS = (1, 3)
"""Characters that one filter sees."""
_BATCH = 128
_PAIR_BITS = 21
_TABLES = ("embedding", "filters1", "filters3")


def gram_keys(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keys of each character and of the pair that begins with it, -1 where padded or at the end.

    Returns:
        Two arrays of shape ``(texts, longest text, at least 1)``, int64.
    """
    cut = [trimmed(text, LONGEST) for text in texts]
    lengths = np.array([len(text) for text in cut], dtype=np.int64)
    points, owners = code_points(cut)
    starts = np.cumsum(lengths) - lengths
    places = np.arange(len(points)) - starts[owners]
    singles = np.full((len(cut), max(1, int(lengths.max(initial=0)))), -1, dtype=np.int64)
    pairs = singles.copy()
    singles[owners, places] = points
    pairs[:, :-1] = (singles[:, :-1] << _PAIR_BITS) | singles[:, 1:]
    pairs[:, :-1][singles[:, 1:] < 0] = -1
    # A pair's key never equals a character's: characters are below 2 ** 21 and no text has NUL.
    return singles, pairs


def look_up(keys: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers of the keys: 0 for -1, 1 for unknown, then the place in ``known`` plus 2."""
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    found = np.where(known[at] == keys, at + 2, 1)
    return np.where(keys < 0, 0, found)


@dataclass(frozen=True, eq=False)
class Network:
    """A fitted network; see ``network_training.fit``.

    Per filter the largest and the mean response over the text, then one linear unit.

    Attributes:
        known: sorted keys of characters and pairs, shape ``(grams,)``, int64.
        embedding: shape ``(grams + 2, dim)``, float32; row 0 is zero.
        filters: for each of ``WIDTHS`` the weights ``(width * dim, filters)``.
        biases: for each of ``WIDTHS`` shape ``(filters,)``.
        output: shape ``(2 * filters * len(WIDTHS) + 1,)``; the last is the bias.
    """

    known: NDArray[np.int64]
    embedding: NDArray[np.float32]
    filters: tuple[NDArray[np.float32], ...]
    biases: tuple[NDArray[np.float32], ...]
    output: NDArray[np.float32]

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Log-odds of praise for normalised texts, shape ``(texts,)``, float32."""
        order = np.argsort([len(text) for text in texts], kind="stable")
        scores = np.zeros(len(texts), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            scores[batch] = self._batch([texts[i] for i in batch])
        return scores

    def _batch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        singles, pairs = gram_keys(texts)
        mask = (singles >= 0).astype(np.float32)[:, :, None]
        vectors = self.embedding[look_up(singles, self.known)]
        vectors = vectors + self.embedding[look_up(pairs, self.known)]
        length = vectors.shape[1]
        counts = np.maximum(mask.sum(axis=1), 1)
        pooled = []
        for width, weights, bias in zip(WIDTHS, self.filters, self.biases, strict=True):
            padded = np.pad(vectors, ((0, 0), (width // 2, width // 2), (0, 0)))
            windows = [padded[:, shift : shift + length] for shift in range(width)]
            found = np.maximum(np.concatenate(windows, axis=2) @ weights + bias, 0) * mask
            pooled += [found.max(axis=1), found.sum(axis=1) / counts]
        return np.asarray(np.concatenate(pooled, axis=1) @ self.output[:-1] + self.output[-1])

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Embedding and filters in eight bits, the rest as it is."""
        tables = dict(zip(_TABLES, (self.embedding, *self.filters), strict=True))
        stored = {name: Quantised.of(table) for name, table in tables.items()}
        steps = {f"{name}_step": np.array(table.step, np.float32) for name, table in stored.items()}
        return {
            "known": self.known,
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
        biases = tuple(arrays["biases"])
        return cls(arrays["known"], embedding, tuple(filters), biases, arrays["output"])
