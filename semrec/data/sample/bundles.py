"""Which products are planted as bought together."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from semrec.data.sample.vocab_people import COMPLEMENTS

_PAIRS_PER_COMPLEMENT = 2

Pairs = list[tuple[int, int]]


def plan_bundles(
    rows_of_kind: dict[str, NDArray[np.int64]], popularity: NDArray[np.float64]
) -> Pairs:
    """Pairs of rows for each pair of complementary kinds.

    The pairs are those of the most popular items, each item once, because the sample is too
    small to show co-purchases of the long tail.

    Args:
        rows_of_kind: rows of the items that may be chosen.
        popularity: shape ``(items,)``.
    """
    ranked = {
        name: [int(row) for row in rows[np.argsort(-popularity[rows])]]
        for name, rows in rows_of_kind.items()
    }
    pairs: Pairs = []
    for main, extra in COMPLEMENTS:
        for _ in range(_PAIRS_PER_COMPLEMENT):
            pairs.append((ranked[main].pop(0), ranked[extra].pop(0)))
    return pairs


def partners(pairs: Pairs) -> dict[int, tuple[int, ...]]:
    """For each row of a pair the rows that it is bought with, in both directions."""
    found: dict[int, list[int]] = defaultdict(list)
    for first, second in pairs:
        found[first].append(second)
        found[second].append(first)
    return {row: tuple(others) for row, others in sorted(found.items())}
