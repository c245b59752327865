"""A check that needs no labels: do queries that were kept aside find what they should?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.embed.protocol import Encoder
from semrec.types import Rows, Vectors

_DEPTH = 10
_BLOCK = 512


@dataclass(frozen=True)
class HeldOut:
    """Queries kept aside from training, each with the one item that it should find.

    Attributes:
        name: what they are.
        queries: texts.
        wanted: row of the wanted item of each.
    """

    name: str
    queries: Sequence[str]
    wanted: Rows

    def ndcg(self, query_vectors: Vectors, item_vectors: Vectors) -> float:
        """Mean nDCG@10 of the wanted items among all; ties count against them."""
        gains = []
        for start in range(0, len(query_vectors), _BLOCK):
            cosines = query_vectors[start : start + _BLOCK] @ item_vectors.T
            gains.append(_gains(cosines, self.wanted[start : start + _BLOCK]))
        return float(np.concatenate(gains).mean()) if gains else 0.0


def figures(
    checks: Sequence[HeldOut], encoder: Encoder, titles: Sequence[str]
) -> Mapping[str, float]:
    """nDCG@10 of each check with one encoder on both sides."""
    items = encoder.encode_items(titles)
    return {
        check.name: check.ndcg(encoder.encode_queries(check.queries), items) for check in checks
    }


def _gains(cosines: NDArray[np.float32], wanted: Rows) -> NDArray[np.float64]:
    own = cosines[np.arange(len(wanted)), wanted]
    ranks = (cosines >= own[:, None]).sum(axis=1)
    return np.where(ranks <= _DEPTH, 1 / np.log2(ranks + 1), 0.0)
