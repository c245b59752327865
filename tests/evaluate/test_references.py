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


def difference(ours: np.ndarray, name: str) -> float:
    """The largest difference from a peer's values."""
    theirs = FILE[name]
    assert theirs.shape == ours.shape == (1000,)
    assert np.ptp(theirs) > 0.1
    return float(np.abs(ours - theirs).max())


@pytest.mark.parametrize(
    "name", ["ndcg", "mrr", "hit_rate", "precision", "recall", "f1", "r_precision"]
)
def test_as_ranx(name: str) -> None:
    assert difference(metrics.accuracy(GRADED)[name], f"ranx_{name}") <= 1e-9


@pytest.mark.parametrize("library", ["ranx", "rectools"])
def test_map_differs_in_the_divisor(library: str) -> None:
    # Theirs divides by all relevant items, so that a perfect list of k may score below 1.
    ours = metrics.accuracy(GRADED)["map"]
    assert difference(ours * np.minimum(GRADED.counts, K) / GRADED.counts, f"{library}_map") <= 1e-9


@pytest.mark.parametrize("name", ["mrr", "hit_rate", "precision", "recall", "f1", "ndcg"])
def test_as_rectools(name: str) -> None:
    # RecTools knows no grades; its NDCG is told to divide by the achievable DCG.
    assert difference(metrics.accuracy(BINARY)[name], f"rectools_{name}") <= 1e-9


@pytest.mark.parametrize("name", ["mrr", "hit_rate", "ndcg"])
def test_as_lenskit(name: str) -> None:
    # Its NDCG discounts ranks 1 and 2 alike by default; it is told to take log2(r + 1).
    assert difference(metrics.accuracy(BINARY)[name], f"lenskit_{name}") <= 1e-9


def test_lenskit_divides_precision_by_the_length_and_recall_by_k() -> None:
    lengths = np.minimum((RANKED >= 0).sum(axis=1), K)
    assert difference(BINARY.hits / lengths, "lenskit_precision") <= 1e-9
    assert difference(BINARY.hits / np.minimum(BINARY.counts, K), "lenskit_recall") <= 1e-9


def test_exposure_as_rectools_and_lenskit() -> None:
    items, popularity = LOG[:, 1], np.bincount(LOG[:, 1], minlength=N_ITEMS)
    assert len(np.unique(LOG, axis=0)) == len(LOG)
    n_users = len(np.unique(LOG[:, 0]))
    assert items.max() < N_ITEMS - 1, "some items are cold"
    assert difference(exposure.novelty(RANKED, popularity, n_users, K), "rectools_novelty") <= 1e-9
    assert (
        difference(exposure.average_popularity(RANKED, popularity, K), "rectools_popularity")
        <= 1e-9
    )
    # RecTools documents 1/k but divides by the length of a short list.
    lengths = np.minimum((RANKED >= 0).sum(axis=1), K)
    ours = exposure.serendipity(BINARY, RANKED, popularity) * K / lengths
    assert difference(ours, "rectools_serendipity") <= 1e-9
    gini = exposure.gini(exposure.exposure(RANKED, N_ITEMS, K))
    assert gini == pytest.approx(float(FILE["lenskit_gini"][0]), abs=1e-9)
