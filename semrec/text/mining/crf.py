"""A linear-chain conditional random field in numpy (Lafferty, McCallum & Pereira 2001)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Chain:
    """What the labels cost among themselves.

    Attributes:
        transitions: score of label ``j`` after label ``i``, shape ``(labels, labels)``.
        initial: score of a first label, shape ``(labels,)``.
    """

    transitions: Floats
    initial: Floats


def schedule(lengths: Integers) -> list[Integers]:
    """Rows that are dealt with together: step ``t`` holds the ``t``-th row of each long sequence.

    Sequences lie one after the other; all of them move on together, the longest first.
    """
    order = np.argsort(-lengths, kind="stable")
    starts = (np.cumsum(lengths) - lengths)[order]
    descending = lengths[order]
    longest = int(descending[0]) if len(descending) else 0
    counts = [int(np.searchsorted(-descending, -t, side="left")) for t in range(longest)]
    return [starts[:count] + t for t, count in enumerate(counts)]


def forward_backward(
    emissions: Floats, chain: Chain, steps: list[Integers]
) -> tuple[Floats, Floats, float]:
    """Marginals of all sequences, scaled at each step against underflow (Rabiner 1989).

    Args:
        emissions: score of each label, shape ``(rows, labels)``.
        chain: the labels' own scores.
        steps: from :func:`schedule`.

    Returns:
        Probability of each label, shape ``(rows, labels)``; expected count of each transition,
        shape ``(labels, labels)``; the sum of the log partition functions.
    """
    highest = emissions.max(axis=1, keepdims=True)
    potentials = np.exp(emissions - highest)
    moves = np.exp(chain.transitions)
    forward = np.empty_like(potentials)
    backward = np.ones_like(potentials)
    scales = np.ones(len(potentials))
    for t, rows in enumerate(steps):
        before = forward[rows - 1] @ moves if t else np.exp(chain.initial)
        value = potentials[rows] * before
        scales[rows] = value.sum(axis=1)
        forward[rows] = value / scales[rows, None]
    expected = np.zeros_like(moves)
    for rows in reversed(steps[1:]):
        value = potentials[rows] * backward[rows] / scales[rows, None]
        expected += forward[rows - 1].T @ value
        backward[rows - 1] = value @ moves.T
    log_partition = float(np.log(scales).sum() + highest.sum())
    return forward * backward, expected * moves, log_partition


def viterbi(emissions: Floats, chain: Chain, steps: list[Integers]) -> Integers:
    """The best label of each row, shape ``(rows,)``."""
    rows_total, labels = emissions.shape
    back = np.zeros((rows_total, labels), dtype=np.int64)
    scores = np.array(emissions)
    for t, rows in enumerate(steps):
        if t == 0:
            scores[rows] += chain.initial
            continue
        reached = scores[rows - 1][:, :, None] + chain.transitions
        back[rows] = reached.argmax(axis=1)
        scores[rows] += reached.max(axis=1)
    best: Integers = scores.argmax(axis=1)
    for rows in reversed(steps[1:]):
        best[rows - 1] = back[rows, best[rows]]
    return best
