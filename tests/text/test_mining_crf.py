from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from semrec.text.mining import training
from semrec.text.mining.crf import Chain, forward_backward, schedule, viterbi
from semrec.text.mining.features import features
from semrec.text.mining.labels import LABELS
from semrec.text.mining.tagger import indicator_matrix

RNG = np.random.default_rng(5)
LENGTHS = np.array([3, 1, 4])
EMISSIONS = RNG.normal(size=(8, 3))
CHAIN = Chain(RNG.normal(size=(3, 3)), RNG.normal(size=3))


def _score(path: tuple[int, ...], start: int) -> float:
    total = CHAIN.initial[path[0]] + sum(
        EMISSIONS[start + t, label] for t, label in enumerate(path)
    )
    return float(total + sum(CHAIN.transitions[a, b] for a, b in pairwise(path)))


def _paths(length: int, start: int) -> dict[tuple[int, ...], float]:
    return {path: _score(path, start) for path in product(range(3), repeat=length)}


def test_marginals_equal_the_sum_over_all_paths() -> None:
    marginals, expected, log_partition = forward_backward(EMISSIONS, CHAIN, schedule(LENGTHS))
    start, log_total, transitions = 0, 0.0, np.zeros((3, 3))
    for length in LENGTHS:
        paths = _paths(int(length), start)
        partition = sum(np.exp(score) for score in paths.values())
        log_total += np.log(partition)
        for path, score in paths.items():
            for a, b in pairwise(path):
                transitions[a, b] += np.exp(score) / partition
        for t in range(length):
            for label in range(3):
                mass = sum(np.exp(s) for path, s in paths.items() if path[t] == label)
                assert marginals[start + t, label] == pytest.approx(mass / partition)
        start += int(length)
    assert log_partition == pytest.approx(log_total)
    np.testing.assert_allclose(expected, transitions)


def test_viterbi_finds_the_best_of_all_paths() -> None:
    best = viterbi(EMISSIONS, CHAIN, schedule(LENGTHS))
    start = 0
    for length in LENGTHS:
        paths = _paths(int(length), start)
        assert tuple(best[start : start + length].tolist()) == max(paths, key=lambda p: paths[p])
        start += int(length)


def test_gradient_of_the_loss_is_its_slope() -> None:
    hashes, lengths = features(["好手机", "甲"])
    matrix = indicator_matrix(hashes, np.unique(hashes)[:3])
    labels = np.array([0, 1, 3, 8])
    loss = training._Loss(matrix, labels, lengths, 0.7)
    at = RNG.normal(size=(3 + len(LABELS) + 1) * len(LABELS))
    slope = approx_fprime(at, lambda values: loss(values)[0], 1e-6)
    np.testing.assert_allclose(loss(at)[1], slope, atol=1e-3)
