"""What is shipped about the language of Chinese shopping: n-gram counts, look-alikes, weights.

Statistics, never texts: counts of character pairs, hashes of longer n-grams that occur at least
twice, words and Latin words that occur at least three times, single characters that were typed for
others. ``assets/spelling.json`` says where they come from and which command makes them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semrec.text.spelling_counts import NgramCounts, PairCounts
from semrec.text.spelling_features import JUDGED, NAMES
from semrec.text.spelling_forms import Forms
from semrec.text.spelling_judge import Judge
from semrec.text.spelling_memory import SlipMemory

_ASSET = "assets/spelling.npz"
_STEPS = 16.0
_JUDGE, _MEMORY = "judge_", "memory_"
"""What the names of their arrays begin with."""


@dataclass(frozen=True)
class General:
    """General statistics that a shop's own are added to.

    Attributes:
        pairs: which character follows which.
        longer: n-grams of length 3 and 4.
        latin: Latin words.
        shapes: pairs of characters that look alike, both directions.
        words: words of queries and titles with how often each occurs.
        weights: of ``spelling_features.NAMES``, float32.
        judge: of ``spelling_features.JUDGED``.
        forms: how characters are written and read.
        memory: what people typed for what.
    """

    pairs: PairCounts
    longer: Sequence[NgramCounts]
    latin: Sequence[str]
    shapes: Sequence[tuple[str, str]]
    words: Mapping[str, float]
    weights: NDArray[np.float32]
    judge: Judge
    forms: Forms
    memory: SlipMemory

    def save(self, file: Path) -> None:
        """Write as a compressed npz: hashes as differences, counts on a logarithmic scale."""
        tables: dict[str, Any] = {}
        for n, table in enumerate(self.longer, 3):
            tables[f"keys{n}"] = np.diff(table.keys, prepend=np.uint32(0))
            tables[f"counts{n}"] = _quantised(table.counts)
        for part, arrays in ((_JUDGE, self.judge.arrays()), (_MEMORY, self.memory.arrays())):
            tables.update({f"{part}{name}": array for name, array in arrays.items()})
        np.savez_compressed(
            file,
            pairs=self.pairs.pairs.astype(np.uint32),
            pair_counts=_quantised(self.pairs.counts),
            latin=np.frombuffer("\n".join(self.latin).encode(), dtype=np.uint8),
            shapes=np.frombuffer("".join(map("".join, self.shapes)).encode(), dtype=np.uint8),
            words=np.frombuffer("\n".join(self.words).encode(), dtype=np.uint8),
            word_counts=_quantised(np.array(list(self.words.values()), dtype=np.float32)),
            weights=self.weights,
            forms=self.forms.text,
            **tables,
        )


@cache
def weights() -> tuple[NDArray[np.float32], Judge, Forms, SlipMemory]:
    """What slips are judged by: the shipped ``General.weights``, judge, forms and memory."""
    with (
        resources.files("semrec.text").joinpath(_ASSET).open("rb") as file,
        np.load(file, allow_pickle=False) as saved,
    ):
        judge, memory = (
            {name.removeprefix(part): saved[name] for name in saved.files if name.startswith(part)}
            for part in (_JUDGE, _MEMORY)
        )
        first = saved["weights"].astype(np.float32)
        return first, Judge(**judge), Forms(saved["forms"]), SlipMemory(**memory)


@cache
def general() -> General:
    """The shipped statistics."""
    with (
        resources.files("semrec.text").joinpath(_ASSET).open("rb") as file,
        np.load(file, allow_pickle=False) as saved,
    ):
        shapes = saved["shapes"].tobytes().decode()
        return General(
            PairCounts(saved["pairs"].astype(np.int64), _counts(saved["pair_counts"])),
            [
                NgramCounts(
                    np.cumsum(saved[f"keys{n}"], dtype=np.uint32), _counts(saved[f"counts{n}"])
                )
                for n in (3, 4)
            ],
            saved["latin"].tobytes().decode().split(),
            list(zip(shapes[::2], shapes[1::2], strict=True)),
            dict(
                zip(
                    saved["words"].tobytes().decode().split("\n"),
                    _counts(saved["word_counts"]).tolist(),
                    strict=True,
                )
            ),
            *weights(),
        )


def no_statistics(shapes: Sequence[tuple[str, str]], forms: Forms) -> General:
    """Nothing but characters: where the general statistics themselves are made."""
    nothing = NgramCounts(np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.float32))
    pairs = PairCounts(np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.float32))
    weights, judge = np.zeros(len(NAMES), dtype=np.float32), Judge.silent(len(JUDGED))
    memory = SlipMemory.of(())
    return General(pairs, [nothing] * 2, (), shapes, {}, weights, judge, forms, memory)


def _quantised(counts: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.round(np.minimum(np.log2(1 + counts) * _STEPS, 255)).astype(np.uint8)


def _counts(quantised: NDArray[np.uint8]) -> NDArray[np.float32]:
    return (np.exp2(quantised / np.float32(_STEPS)) - 1).astype(np.float32)
