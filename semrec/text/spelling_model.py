"""How likely a string of characters is: n-grams of several lengths, each smoothed by the shorter.

The smoothing is the hierarchical Dirichlet model of MacKay and Peto (1995)::

    P(w | h) = (count(h w) + k · P(w | h without its first character)) / (count(h) + k)

It needs nothing but counts, so a shop's counts and a general asset's simply add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.text.spelling_counts import EDGE, ORDER, PAD, Codes, NgramCounts, encode, ngram_keys

CONTEXT = ORDER - 1
"""How many characters before a character its probability depends on."""
PSEUDO_COUNTS = (0.0, 300.0, 40.0, 40.0)
"""k of the formula for the orders 1..ORDER (order 1 is smoothed by a uniform distribution)."""
_ALPHABET = 20_000


@dataclass(frozen=True)
class CharacterModel:
    """Probability of characters given the three before them.

    Attributes:
        tables: counts of the n-grams of length 1..ORDER.
        total: how many characters were counted.
    """

    tables: Sequence[NgramCounts]
    total: float

    def counts(self, codes: Codes) -> NDArray[np.float32]:
        """How often the n-gram that ends at each position occurs.

        Args:
            codes: shape ``(texts, length)``; PAD where there is no character.

        Returns:
            Shape ``(ORDER, texts, length)``.
        """
        return np.stack([t.lookup(k) for t, k in zip(self.tables, ngram_keys(codes), strict=True)])

    def log_probs(self, codes: Codes, counts: NDArray[np.float32]) -> NDArray[np.float32]:
        """Natural log-probability of each character given those before it; zero at PAD.

        Args:
            codes: shape ``(texts, length)``.
            counts: what ``counts(codes)`` gave.

        Returns:
            Shape ``(texts, length)``.
        """
        probs = (counts[0] + 1.0) / (self.total + _ALPHABET)
        for n in range(1, ORDER):
            history = np.zeros_like(counts[n])
            history[:, 1:] = counts[n - 1][:, :-1]
            k = PSEUDO_COUNTS[n]
            probs = (counts[n] + k * probs) / (history + k)
        # A pruned table can count a history less often than its continuations.
        logs = np.log(np.minimum(probs, 1.0)).astype(np.float32)
        silent: NDArray[np.float32] = np.where(codes == PAD, np.float32(0), logs)
        return silent

    def seen(self, codes: Codes) -> NDArray[np.float32]:
        """Counts of the pairs ``(..., 2)``; shape ``(...)``."""
        return self.tables[1].lookup(ngram_keys(codes)[1][..., -1])


def framed(text: str) -> Codes:
    """A text between its edges, after CONTEXT positions of padding; shape ``(length,)``."""
    front = [PAD] * (CONTEXT - 1) + [EDGE]
    return np.concatenate([np.array(front), encode(text), np.array([EDGE])]).astype(np.int64)
