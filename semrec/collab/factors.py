"""What the factor models share: the library ``implicit``, and likeness by angle."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.collab.base import check_allowed, check_k, check_row
from semrec.errors import MissingExtra
from semrec.index.topk import top_k
from semrec.types import Hits, Mask


@contextmanager
def implicit(name: str) -> Iterator[Any]:
    """The module ``implicit.<name>``, with BLAS on one thread: the library has threads of its own.

    Raises:
        MissingExtra: ``implicit`` is not installed.
    """
    try:
        module = importlib.import_module(f"implicit.{name}")
        threads = importlib.import_module("threadpoolctl")
    except ImportError:
        raise MissingExtra("implicit", "implicit") from None
    with threads.threadpool_limits(1, "blas"):
        yield module


def nearest(
    vectors: NDArray[np.float32], known: Mask, row: int, k: int, allowed: Mask | None
) -> Hits:
    """The known items whose vectors have the highest cosine with that of ``row``.

    Raises:
        InvalidArgument: ``row`` or ``k`` is out of range, or the mask does not fit.
    """
    check_row(row, len(known))
    check_k(k)
    check_allowed(allowed, len(known))
    if not known[row]:
        return Hits.empty()
    lengths = np.maximum(np.linalg.norm(vectors, axis=1), np.finfo(np.float32).tiny)
    cosines = ((vectors @ vectors[row]) / (lengths * lengths[row])).astype(np.float32)
    cosines[~known] = np.nan
    cosines[row] = np.nan
    if allowed is not None:
        cosines[~allowed] = np.nan
    return top_k(cosines, k)
