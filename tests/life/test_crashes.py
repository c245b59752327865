"""Processes that are really killed, at random moments and at every kind of file operation."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import semrec
from semrec.life.verify import verify

NURSERY = Path(__file__).with_name("nursery.py")


class Nursery:
    """The process that forks the children; see ``nursery.py``."""

    def __init__(self, index: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(NURSERY), str(index)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        assert self._line() == "ready"

    def run(self, command: dict[str, Any], kill_after: float | None = None) -> int:
        """Exit code of the child, negative if a signal ended it."""
        assert self.process.stdin is not None
        print(json.dumps(command), file=self.process.stdin, flush=True)
        pid = int(self._line())
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return int(self._line())

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        self.process.wait(30)


@pytest.fixture(scope="module")
def nursery(built: Path) -> Iterator[Nursery]:
    nursery = Nursery(built)
    yield nursery
    nursery.close()


def attempt(
    nursery: Nursery, toy: Any, index: Path, do: str, number: int, **how: Any
) -> tuple[int, int]:
    """Let a child bring the marked items of a number; its exit code, and the number found then."""
    items = index.parent / f"{number}.parquet"
    toy.marked(number).to_parquet(items)
    command = {"index": str(index), "do": do, "items": str(items)}
    if "die_at" in how:
        command["die_at"] = how["die_at"]
    code = nursery.run(command, how.get("kill_after"))
    assert code in (0, -signal.SIGKILL)
    return code, toy.number(semrec.Engine.load(index))


POINTS = {
    "update": [1, 2, 4, 7, 12, 16, 18, 20],
    "compact": [239, 241, 245],
    "build": [90, 237, 239],
}
"""At which file operations below the folder a child dies; it does 25 or 250 of them."""


@pytest.mark.parametrize("do", POINTS)
def test_killed_at_a_file_operation(nursery: Nursery, toy: Any, index: Path, do: str) -> None:
    """At each the folder opens, as the old or the new state; and the next writer gets through."""
    state = attempt(nursery, toy, index, "update", 1)[1]
    assert state == 1
    killed = 0
    for number, point in enumerate(POINTS[do], start=2):
        code, found = attempt(nursery, toy, index, do, number, die_at=point)
        killed += code != 0
        new = number if do == "update" else state
        assert found in (state, new), f"{do} killed at operation {point}"
        assert code != 0 or found == new
        state = found
    assert killed >= 2
    assert attempt(nursery, toy, index, "update", 99) == (0, 99)
    assert verify(index).sound
    semrec.Engine.load(index).save(index)
    left = [each.name for each in index.iterdir() if each.name[:2] in ("g-", "d-")]
    assert len(left) == 1, "what the crashes left is gone"


def test_killed_at_random_moments(nursery: Nursery, toy: Any, index: Path) -> None:
    random_moments = random.Random(4)
    state, killed = 0, 0
    for number in range(1, 11):
        do = "compact" if number == 5 else "update"
        moment = random_moments.uniform(0.02, 0.3)
        code, found = attempt(nursery, toy, index, do, number, kill_after=moment)
        killed += code != 0
        new = number if do == "update" else state
        assert found in (state, new), f"{do} killed after {moment:.3f} s"
        state = found
    assert killed >= 2
    assert verify(index).sound
