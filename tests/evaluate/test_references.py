"""Our metrics beside ranx 0.3, RecTools 0.19 and LensKit 2025.8 on 1,000 random lists.

``references.npz`` holds the lists and the peers' values; ``tests/bench/bench_metrics.py --record``
wrote it. Where a definition differs, the test says how.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semrec.evaluate import exposure, metrics
from semrec.evaluate.judged import Judged, judge

K, N_ITEMS = 10, 60
FILE = np.load(Path(__file__).with_name("references.npz"))
RANKED = FILE["ranked"].astype(np.int64)
LOG = FILE["log"].astype(np.int64)


def judged(*, binary: bool) -> Judged:
    gains = [
        {int(item): 1.0 if binary else float(gain) for item, gain in pairs if item >= 0}
        for pairs in FILE["judged"]
    ]
    return judge(RANKED, metrics.relevance_matrix(gains, N_ITEMS), K)


GRADED, BINARY = judged(binary=False), judged(binary=True)


def same(ours: np.ndarray, name: str) -> None:
    theirs = FILE[name]
    assert theirs.shape == (1000,)
    assert np.ptp(theirs) > 0.1
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    "name", ["ndcg", "mrr", "hit_rate", "precision", "recall", "f1", "r_precision"]
)
def test_as_ranx(name: str) -> None:
    same(metrics.accuracy(GRADED)[name], f"ranx_{name}")


@pytest.mark.parametrize("library", ["ranx", "rectools"])
def test_map_differs_in_the_divisor(library: str) -> None:
    # Theirs divides by all relevant items, so that a perfect list of k may score below 1.
    ours = metrics.accuracy(GRADED)["map"]
    same(ours * np.minimum(GRADED.counts, K) / GRADED.counts, f"{library}_map")


@pytest.mark.parametrize("name", ["mrr", "hit_rate", "precision", "recall", "f1", "ndcg"])
def test_as_rectools(name: str) -> None:
    # RecTools knows no grades; its NDCG is told to divide by the achievable DCG.
    same(metrics.accuracy(BINARY)[name], f"rectools_{name}")


@pytest.mark.parametrize("name", ["mrr", "hit_rate", "ndcg"])
def test_as_lenskit(name: str) -> None:
    # Its NDCG discounts ranks 1 and 2 alike by default; it is told to take log2(r + 1).
    same(metrics.accuracy(BINARY)[name], f"lenskit_{name}")


def test_lenskit_divides_precision_by_the_length_and_recall_by_k() -> None:
    lengths = np.minimum((RANKED >= 0).sum(axis=1), K)
    same(BINARY.hits / lengths, "lenskit_precision")
    same(BINARY.hits / np.minimum(BINARY.counts, K), "lenskit_recall")


def test_exposure_as_rectools_and_lenskit() -> None:
    items, popularity = LOG[:, 1], np.bincount(LOG[:, 1], minlength=N_ITEMS)
    assert len(np.unique(LOG, axis=0)) == len(LOG)
    n_users = len(np.unique(LOG[:, 0]))
    assert items.max() < N_ITEMS - 1, "some items are cold"
    same(exposure.novelty(RANKED, popularity, n_users, K), "rectools_novelty")
    same(exposure.average_popularity(RANKED, popularity, K), "rectools_popularity")
    # RecTools documents 1/k but divides by the length of a short list.
    lengths = np.minimum((RANKED >= 0).sum(axis=1), K)
    ours = exposure.serendipity(BINARY, RANKED, popularity) * K / lengths
    same(ours, "rectools_serendipity")
    gini = exposure.gini(exposure.exposure(RANKED, N_ITEMS, K))
    assert gini == pytest.approx(float(FILE["lenskit_gini"][0]), abs=1e-9)
