"""Texts to term frequencies, normalised by length and saturated: the two halves of BM25F's tf."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from semrec.config import LexicalConfig
from semrec.progress import track

Terms = Callable[[str], list[str]]
Means = Mapping[str, float]
"""Field → mean number of terms of the items that have it."""


def saturated_counts(
    fields: Mapping[str, Sequence[str]],
    terms: Terms,
    config: LexicalConfig,
    means: Means | None = None,
) -> tuple[sparse.csr_matrix, dict[str, int], dict[str, float]]:
    """Count, normalise by length, combine the fields, saturate.

    Args:
        fields: field name → one text an item; fields without a weight are left out.
        means: mean lengths to normalise by; None takes those of the texts themselves.

    Returns:
        Items × terms, ``tf · (k1 + 1) / (k1 + tf)``; term → column; the mean lengths.
    """
    weights = {name: w for name, w in config.fields.items() if name in fields and w > 0}
    numbers: dict[str, int] = {}
    counts = {name: _count(fields[name], terms, numbers, f"segmenting {name}") for name in weights}
    means = {name: _mean_length(counts[name]) for name in counts} if means is None else dict(means)
    count = len(next(iter(fields.values()), ()))
    tf = sparse.csr_matrix((count, len(numbers)), dtype=np.float32)
    for name, weight in weights.items():
        matrix = counts.pop(name)
        matrix.resize(tf.shape)
        tf = tf + _length_normalised(matrix, config.b, means.get(name, 1.0)) * np.float32(weight)
    tf.data = (tf.data * (config.k1 + 1) / (config.k1 + tf.data)).astype(np.float32)
    return tf, numbers, means


def _count(
    texts: Sequence[str], terms: Terms, numbers: dict[str, int], label: str
) -> sparse.csr_matrix:
    """Items × terms, how often each term stands in each text; new terms enter ``numbers``."""
    columns = array("i")
    ends = array("q", [0])
    for text in track(texts, total=len(texts), label=label):
        columns.extend([numbers.setdefault(term, len(numbers)) for term in terms(text)])
        ends.append(len(columns))
    ones = np.ones(len(columns), dtype=np.float32)
    parts = (ones, np.frombuffer(columns, dtype=np.int32), np.frombuffer(ends, dtype=np.int64))
    matrix = sparse.csr_matrix(parts, shape=(len(texts), len(numbers)))
    matrix.sum_duplicates()
    return matrix


def _lengths(counts: sparse.csr_matrix) -> NDArray[np.float32]:
    lengths: NDArray[np.float32] = np.asarray(counts.sum(axis=1), dtype=np.float32).ravel()
    return lengths


def _mean_length(counts: sparse.csr_matrix) -> float:
    # Items where the field is empty say nothing of how long the field usually is.
    lengths = _lengths(counts)
    filled = lengths[lengths > 0]
    return float(filled.mean()) if len(filled) else 1.0


def _length_normalised(counts: sparse.csr_matrix, b: float, mean: float) -> sparse.csr_matrix:
    lengths = _lengths(counts)
    scale = 1.0 / (1.0 - b + b * lengths / mean) if b < 1 else mean / np.maximum(lengths, 1)
    counts.data = counts.data * np.repeat(scale, np.diff(counts.indptr)).astype(np.float32)
    return counts
