"""Product words and brands in a title, by a small conditional random field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from semrec.text.dictionary import Cut
from semrec.text.mining.crf import Chain, forward_backward, schedule, viterbi
from semrec.text.mining.features import Hashes, features
from semrec.text.mining.labels import decode
from semrec.text.normalise import normalise
from semrec.text.spans import Kind, Span

if TYPE_CHECKING:
    from scipy import sparse

ASSET = "title_tagger.npz"
_BATCH = 2000


@dataclass(frozen=True)
class Tagger:
    """A fitted tagger; see :func:`semrec.text.mining.training.fit`.

    Attributes:
        known: sorted hashes of the features, shape ``(features,)``, uint32.
        weights: score of each label for each feature, shape ``(features, labels)``, float32.
        chain: scores of the labels among themselves.
    """

    known: NDArray[np.uint32]
    weights: NDArray[np.float32]
    chain: Chain

    def tag(self, text: str) -> list[Span]:
        """Products and brands of one text, in order; offsets refer to ``normalise(text)``."""
        return next(self.tag_many([text]))

    def tag_many(self, texts: Sequence[str], cut: Cut | None = None) -> Iterator[list[Span]]:
        """:meth:`tag` for many texts, much faster than one by one.

        A span's confidence is the lowest marginal probability of its labels.

        Args:
            texts: any texts.
            cut: jieba's segmentation of normalised texts, None to make it here.
        """
        for start in range(0, len(texts), _BATCH):
            batch = [normalise(text) for text in texts[start : start + _BATCH]]
            yield from self._tagged(batch, cut)

    def _tagged(self, texts: list[str], cut: Cut | None) -> Iterator[list[Span]]:
        hashes, lengths = features(texts, cut)
        emissions = np.asarray(indicator_matrix(hashes, self.known) @ self.weights, np.float64)
        steps = schedule(lengths)
        best = viterbi(emissions, self.chain, steps)
        marginals, _, _ = forward_backward(emissions, self.chain, steps)
        sure = marginals[np.arange(len(best)), best]
        begin = 0
        for text, length in zip(texts, lengths.tolist(), strict=True):
            labels = best[begin : begin + length].tolist()
            spans = []
            for start, end, kind in decode(labels):
                confidence = float(sure[begin + start : begin + end].min())
                word = text[start:end]
                spans.append(Span(start, end, word, cast(Kind, kind), word, "", confidence))
            begin += length
            yield spans

    def save(self, path: str | Path) -> None:
        """Write an npz file; half precision, and weights that change nothing are dropped."""
        weights = np.where(np.abs(self.weights) < 0.02, 0.0, self.weights).astype(np.float16)
        used = weights.any(axis=1)
        np.savez_compressed(
            path,
            known=self.known[used],
            weights=weights[used],
            transitions=self.chain.transitions.astype(np.float32),
            initial=self.chain.initial.astype(np.float32),
        )

    @classmethod
    def load(cls, path: str | Path) -> Tagger:
        """Read what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            chain = Chain(
                arrays["transitions"].astype(np.float64), arrays["initial"].astype(np.float64)
            )
            return cls(arrays["known"], arrays["weights"].astype(np.float32), chain)


@cache
def default_tagger() -> Tagger:
    """The tagger that comes with the package."""
    with resources.as_file(resources.files("semrec.text") / "assets" / ASSET) as path:
        return Tagger.load(path)


def indicator_matrix(hashes: Hashes, known: NDArray[np.uint32]) -> sparse.csr_matrix:
    """One row a character, a 1 for each known feature, shape ``(characters, features)``."""
    from scipy import sparse

    rows = len(hashes)
    at = np.searchsorted(known, hashes)
    at[at == len(known)] = 0
    hit = known[at] == hashes
    ends = np.concatenate([[0], np.cumsum(hit.sum(axis=1))])
    ones = np.ones(int(ends[-1]), dtype=np.float32)
    return sparse.csr_matrix((ones, at[hit], ends), shape=(rows, len(known)))
