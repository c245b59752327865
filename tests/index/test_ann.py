from pathlib import Path

import numpy as np
import pytest

from semrec.index import ann
from semrec.index.ann import CODECS, Lists
from semrec.index.dense_plan import exact_neighbours, measured_recall

N, DIM = 3000, 32


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def clustered(n: int, seed: int = 0) -> np.ndarray:
    """Vectors that share a mean, as those of texts do."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(40, DIM)) + 2
    return unit(centres[rng.integers(40, size=n)] + rng.normal(scale=0.7, size=(n, DIM)))


VECTORS = clustered(N)
QUERIES = clustered(40, seed=1)
TRUTH = exact_neighbours(VECTORS, QUERIES, 10)


@pytest.fixture(scope="module")
def lists() -> Lists:
    lists, _ = Lists.build(VECTORS)
    lists.effort = 12
    return lists


ORDER = Lists.build(VECTORS)[1]
PLACE_OF = np.argsort(ORDER)


def recall(lists: Lists) -> float:
    return measured_recall(lists, QUERIES, list(PLACE_OF[TRUTH]))[0]


def test_more_effort_finds_more_and_enough_finds_nearly_all() -> None:
    lists, _ = Lists.build(VECTORS)
    found = []
    for effort in (1, 5, lists.most_effort):
        lists.effort = effort
        found.append(recall(lists))
    assert found[0] < found[1] < found[2]
    assert found[2] > 0.95


def test_one_seed_gives_one_index(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        Lists.build(VECTORS[:500], seed=seed)[0].save(tmp_path / name)
    first, second, other = ((tmp_path / name).read_bytes() for name in "abc")
    assert first == second
    assert first != other


@pytest.mark.parametrize("codec", CODECS)
def test_vectors_read_back_are_near_and_score_what_was_found(codec: str) -> None:
    lists, order = Lists.build(VECTORS, codec)
    assert lists.kind == f"lists over {codec}"
    back = lists.reconstruct(np.arange(N))
    error = np.linalg.norm(back - VECTORS[order], axis=1)
    assert np.median(error) < (0.01 if codec == "8 bits" else 0.001)
    hits = lists.search(QUERIES[0], 50)
    np.testing.assert_allclose(hits.scores, back[hits.rows] @ QUERIES[0], atol=1e-5)


def test_codes_lose_little_along_the_mean(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ann, "_SHIFTS", 0)
    plain, _ = Lists.build(VECTORS)
    mean = VECTORS.mean(axis=0) / np.linalg.norm(VECTORS.mean(axis=0))

    def lost(some: Lists) -> float:
        back = some.reconstruct(np.arange(N))
        return float(np.abs((VECTORS[ORDER] - back) @ mean).mean())

    assert lost(lists) < 0.5 * lost(plain)


@pytest.mark.parametrize("share", [0.9, 0.3, 0.005])
def test_a_filter_finds_the_best_allowed(lists: Lists, share: float) -> None:
    """In the lists, and one by one."""
    allowed = np.random.default_rng(2).random(N) < share
    vectors = VECTORS[ORDER]
    shares = []
    for query in QUERIES:
        hits = lists.search(query, 10, allowed)
        best = np.flatnonzero(allowed)[np.argsort(-(vectors[allowed] @ query))[:10]]
        assert allowed[hits.rows].all()
        assert len(hits) == 10
        shares.append(np.isin(hits.rows, best).mean())
    assert np.mean(shares) > 0.9


def test_a_filter_far_from_the_query_still_gives_k(lists: Lists) -> None:
    far = np.zeros(N, dtype=np.bool_)
    far[np.argsort(VECTORS[ORDER] @ QUERIES[0])[:1500]] = True
    found = lists.search(QUERIES[0], 100, far)
    assert len(found) == 100
    assert far[found.rows].all()
    assert len(lists.search(QUERIES[0], 5, np.arange(N) < 3)) == 3
    assert len(lists.search(QUERIES[0], 5, np.zeros(N, dtype=np.bool_))) == 0
    assert len(lists.search(QUERIES[0], 10 * N)) == N


def test_mapped_lists_can_be_extended_and_stay_as_they_are(lists: Lists, tmp_path: Path) -> None:
    import faiss

    lists.save(tmp_path / "g.faiss")
    mapped = Lists(faiss.read_index(str(tmp_path / "g.faiss"), faiss.IO_FLAG_MMAP_IFC))
    more = mapped.extended(QUERIES)
    assert (len(mapped), len(more)) == (N, N + len(QUERIES))
    assert more.search(QUERIES[7], 1).rows.tolist() == [N + 7]
    assert more.effort == mapped.effort == lists.effort
    assert mapped.search(QUERIES[7], 5).rows.tolist() == lists.search(QUERIES[7], 5).rows.tolist()


def test_items_of_a_list_stand_together() -> None:
    assert sorted(ORDER.tolist()) == list(range(N))
    neighbours = (VECTORS[ORDER][:-1] * VECTORS[ORDER][1:]).sum(axis=1).mean()
    assert neighbours > (VECTORS[:-1] * VECTORS[1:]).sum(axis=1).mean() + 0.1
