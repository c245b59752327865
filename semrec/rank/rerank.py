"""Rerank the first candidates by a model that reads query and title together.

Source: Nogueira & Cho 2019, "Passage Re-ranking with BERT".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any, Protocol

import numpy as np

from semrec.embed.load import model_folder
from semrec.errors import ModelNotFound
from semrec.types import Hits, Scores

SIGNAL = "reranker"


class Reranker(Protocol):
    """Anything that can tell how well titles fit a query."""

    def probabilities(self, query: str, titles: Sequence[str], scores: Scores) -> Scores:
        """How likely each title is what the query wants, shape ``(len(titles),)``, in [0, 1].

        Args:
            query: the query.
            titles: of the candidates.
            scores: what the blend gave them, shape ``(len(titles),)``; a model may build on it.
        """


class CrossEncoderReranker:
    """A sentence-transformers ``CrossEncoder`` with one output.

    Args:
        model: a folder, or a name on the hub; torch is loaded at the first use.
        max_length: tokens kept of query and title together.
        batch_size: pairs computed at once.

    Raises:
        ModelNotFound: there is no such model (at once), or it is no reranker (at the first use).
    """

    def __init__(self, model: str, *, max_length: int = 128, batch_size: int = 32) -> None:
        self._name = model
        self._folder = model_folder(model, "none, features")
        self._max_length = max_length
        self._batch_size = batch_size

    def probabilities(self, query: str, titles: Sequence[str], scores: Scores) -> Scores:
        """The sigmoid of the model's output, shape ``(len(titles),)``, float32."""
        if not titles:
            return np.empty(0, dtype=np.float32)
        from torch.nn import Sigmoid

        read: Scores = self._model.predict(
            [(query, title) for title in titles],
            activation_fn=Sigmoid(),
            batch_size=self._batch_size,
            show_progress_bar=False,
        )
        return read.astype(np.float32)

    @cached_property
    def _model(self) -> Any:
        from sentence_transformers import CrossEncoder

        try:
            model = CrossEncoder(
                str(self._folder),
                device="cpu",
                local_files_only=True,
                max_length=self._max_length,
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            why = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ModelNotFound(f"{self._name}: no cross-encoder: {why}") from error
        if model.num_labels != 1:
            raise ModelNotFound(
                f"{self._name}: gives {model.num_labels} outputs a pair; a reranker gives 1"
            )
        return model


@lru_cache(maxsize=2)
def cross_encoder(model: str) -> CrossEncoderReranker:
    """The cross-encoder of a name, kept: to load one takes seconds."""
    return CrossEncoderReranker(model)


def rerank(
    hits: Hits,
    depth: int,
    reranker: Reranker,
    query: str,
    titles: Sequence[str],
    scores: Scores | None = None,
) -> Hits:
    """The same candidates; the first ``depth`` in the order that the reranker gives them.

    The order below stays. Scores of the first become the reranker's probabilities; those below
    are squeezed under the least of them, in their order, so that scores still fall.

    Args:
        hits: ranked candidates.
        depth: how many are read again.
        reranker: reads query and titles.
        query: the query.
        titles: of the first ``min(depth, len(hits))`` candidates, in their order.
        scores: what the reranker builds on, shape ``(len(hits),)``; those of the hits if None.
    """
    first = np.arange(min(depth, len(hits)))
    if not len(first):
        return hits
    given = hits.scores if scores is None else scores
    read = reranker.probabilities(query, titles[: len(first)], given[: len(first)])
    renewed_scores = hits.scores.astype(np.float32).copy()
    below = renewed_scores[len(first) :]
    renewed_scores[first] = read
    highest = float(below.max(initial=0.0))
    if highest > 0:
        renewed_scores[len(first) :] = below * np.float32(min(1.0, float(read.min()) / highest))
    signal = np.full(len(hits), np.nan, dtype=np.float32)
    signal[first] = read
    order = np.concatenate(
        [first[np.argsort(-read, kind="stable")], np.arange(len(first), len(hits))]
    )
    renewed = replace(hits, scores=renewed_scores, signals={**hits.signals, SIGNAL: signal})
    return renewed.take(order)
