"""Blocks of work on a few threads, with answers that do not depend on how many."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

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


@cache
def _libraries() -> ThreadpoolController:
    """The BLAS of numpy and of scipy. Kept, since finding them takes milliseconds."""
    import scipy.linalg  # noqa: F401  (loads its BLAS)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


class _Blas:
    """How many callers want BLAS on one thread; the setting is one for the whole process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._callers = 0
        self._limit = ExitStack()

    def enter(self) -> None:
        with self._lock:
            if self._callers == 0:
                self._limit.enter_context(_libraries().limit(limits=1, user_api="blas"))
            self._callers += 1

    def leave(self) -> None:
        with self._lock:
            self._callers -= 1
            if self._callers == 0:
                self._limit.close()


_BLAS = _Blas()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Dense products inside run on one thread.

    With more, BLAS cuts a product elsewhere and rounds otherwise, which turns near ties around. The
    blocks of :func:`in_order` use the cores instead.
    """
    _BLAS.enter()
    try:
        yield
    finally:
        _BLAS.leave()
