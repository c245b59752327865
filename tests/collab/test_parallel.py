from __future__ import annotations

import threading
import time

import pytest

from semrec.collab.parallel import in_order, threads


@pytest.mark.parametrize("count", ["1", "2"])
def test_answers_come_in_the_order_of_the_blocks(
    monkeypatch: pytest.MonkeyPatch, count: str
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", count)

    def work(block: int) -> int:
        time.sleep(0.002 * (block % 2))
        return block**2

    assert list(in_order(work, range(9))) == [block**2 for block in range(9)]


def test_no_more_blocks_are_open_than_there_are_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semrec.collab.parallel.threads", lambda: 3)
    lock, open_blocks, most = threading.Lock(), 0, 0

    def blocks() -> object:
        nonlocal open_blocks, most
        for block in range(20):
            with lock:
                open_blocks += 1
                most = max(most, open_blocks)
            yield block

    for _ in in_order(lambda block: block, blocks()):  # type: ignore[arg-type]
        with lock:
            open_blocks -= 1
    assert most == 3


def test_one_thread_where_the_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert threads() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert 1 <= threads() <= 4


def test_an_error_of_a_block_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semrec.collab.parallel.threads", lambda: 2)
    with pytest.raises(ZeroDivisionError):
        list(in_order(lambda block: 1 // block, [2, 1, 0]))
