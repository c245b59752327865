"""Blocks of work on a few threads; the answers come in the order of the blocks."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_MOST_THREADS = 4


def threads() -> int:
    """How many blocks are worked on at once: one a core, at most four, as each holds memory.

    ``OMP_NUM_THREADS`` lowers it, as it does for the libraries below.
    """
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    limit = int(wanted) if wanted.isdecimal() and int(wanted) > 0 else _MOST_THREADS
    return min(limit, _MOST_THREADS, os.cpu_count() or 1)


def in_order(work: Callable[[T], R], blocks: Iterable[T]) -> Iterator[R]:
    """``work`` of each block, in the order of the blocks whichever is done first.

    Sparse products and sorting release Python's lock, so threads serve them. No more blocks are
    begun than there are threads, so that memory stays bounded.
    """
    count = threads()
    if count == 1:
        yield from map(work, blocks)
        return
    with ThreadPoolExecutor(count) as pool:
        begun: deque[Future[R]] = deque()
        for block in blocks:
            begun.append(pool.submit(work, block))
            if len(begun) == count:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
