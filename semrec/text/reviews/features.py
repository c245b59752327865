"""Character n-grams as hashed binary features: numpy alone, a few microseconds a character."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_LONGEST = 1200
"""Characters kept of a text, half from each end: what follows says the same again."""


def gram_matrix(texts: Sequence[str], longest: int, bits: int) -> sparse.csr_matrix:
    """Which n-grams of 1 to ``longest`` characters stand in each text.

    The hashing trick (Weinberger et al. 2009) without signs: features that share a bucket are
    taken as one.

    Args:
        texts: normalised texts.
        longest: characters of the longest gram.
        bits: there are ``2 ** bits`` buckets.

    Returns:
        Shape ``(texts, 2 ** bits)``, float32, ones; column numbers sorted in each row.
    """
    points, owners = code_points(texts)
    keys = []
    hashes = np.zeros(len(points), dtype=np.uint64)
    for length in range(1, longest + 1):
        if len(points) < length:
            break
        count = len(points) - length + 1
        following = points[length - 1 :].astype(np.uint64)
        hashes = (hashes[:count] + following + np.uint64(1)) * _MULTIPLIER
        hashes ^= hashes >> np.uint64(29)
        inside = owners[:count] == owners[length - 1 :]
        buckets = (hashes[inside] * _MULTIPLIER) >> np.uint64(64 - bits)
        keys.append((owners[:count][inside].astype(np.int64) << bits) | buckets.astype(np.int64))
    return _indicator(np.unique(np.concatenate(keys)) if keys else None, len(texts), bits)


def code_points(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """All characters of the texts one after another, and the text each stands in, ``(n,)`` each."""
    cut = [trimmed(text, _LONGEST) for text in texts]
    joined = "".join(cut).encode("utf-32-le", errors="surrogatepass")
    owners = np.repeat(np.arange(len(cut), dtype=np.int32), [len(text) for text in cut])
    return np.frombuffer(joined, dtype=np.uint32), owners


def trimmed(text: str, longest: int) -> str:
    """At most ``longest`` characters, from the beginning and the end."""
    return text if len(text) <= longest else text[: longest // 2] + text[-(longest // 2) :]


def _indicator(keys: NDArray[np.int64] | None, rows: int, bits: int) -> sparse.csr_matrix:
    if keys is None:
        return sparse.csr_matrix((rows, 1 << bits), dtype=np.float32)
    counts = np.bincount(keys >> bits, minlength=rows)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    columns = (keys & ((1 << bits) - 1)).astype(np.int32)
    ones = np.ones(len(columns), dtype=np.float32)
    return sparse.csr_matrix((ones, columns, starts), shape=(rows, 1 << bits))
