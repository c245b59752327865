from pathlib import Path

import numpy as np
import pytest

from semrec.index import ann
from semrec.index.ann import CODECS, Graph
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
def graph() -> Graph:
    graph = Graph.build(VECTORS)
    graph.effort = 60
    return graph


def test_more_effort_finds_more_and_enough_finds_nearly_all() -> None:
    graph = Graph.build(VECTORS)
    found = []
    for effort in (1, 16, 60):
        graph.effort = effort
        found.append(measured_recall(graph, QUERIES, TRUTH)[0])
    assert found[0] < found[1] <= found[2]
    assert found[2] > 0.93


def test_one_seed_gives_one_graph(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        Graph.build(VECTORS[:500], seed=seed).save(tmp_path / name)
    first, second, other = ((tmp_path / name).read_bytes() for name in "abc")
    assert first == second
    assert first != other


@pytest.mark.parametrize("codec", CODECS)
def test_vectors_read_back_are_near_and_score_what_was_found(codec: str) -> None:
    graph = Graph.build(VECTORS, codec)
    assert graph.kind == f"hnsw over {codec}"
    back = graph.reconstruct(np.arange(N))
    error = np.linalg.norm(back - VECTORS, axis=1)
    assert np.median(error) < (0.01 if codec == "8 bits" else 0.001)
    hits = graph.search(QUERIES[0], 50)
    np.testing.assert_allclose(hits.scores, back[hits.rows] @ QUERIES[0], atol=1e-5)


def test_codes_lose_little_along_the_mean(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ann, "_SHIFTS", 0)
    plain = Graph.build(VECTORS)
    mean = VECTORS.mean(axis=0) / np.linalg.norm(VECTORS.mean(axis=0))

    def lost(some: Graph) -> float:
        return float(np.abs((VECTORS - some.reconstruct(np.arange(N))) @ mean).mean())

    assert lost(graph) < 0.5 * lost(plain)


@pytest.mark.parametrize("share", [0.9, 0.3, 0.05])
def test_a_filter_finds_the_best_allowed(
    graph: Graph, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By each of the three ways: walking, comparing the allowed codes, comparing a few."""
    monkeypatch.setattr(ann, "_FEW", 200)
    monkeypatch.setattr(ann, "_STEP", 5)
    allowed = np.random.default_rng(2).random(N) < share
    shares = []
    for query in QUERIES:
        hits = graph.search(query, 10, allowed)
        best = np.flatnonzero(allowed)[np.argsort(-(VECTORS[allowed] @ query))[:10]]
        assert allowed[hits.rows].all()
        assert len(hits) == 10
        shares.append(np.isin(hits.rows, best).mean())
    assert np.mean(shares) > 0.9


def test_a_filter_far_from_the_query_still_gives_k(graph: Graph) -> None:
    far = np.zeros(N, dtype=np.bool_)
    far[np.argsort(VECTORS @ QUERIES[0])[:2500]] = True
    assert len(graph.search(QUERIES[0], 100, far)) == 100
    assert len(graph.search(QUERIES[0], 5, np.arange(N) < 3)) == 3
    assert len(graph.search(QUERIES[0], 5, np.zeros(N, dtype=np.bool_))) == 0
    assert len(graph.search(QUERIES[0], 10 * N)) == N


def test_a_mapped_graph_can_be_extended_and_stays_as_it_is(graph: Graph, tmp_path: Path) -> None:
    import faiss

    graph.save(tmp_path / "g.faiss")
    mapped = Graph(faiss.read_index(str(tmp_path / "g.faiss"), faiss.IO_FLAG_MMAP_IFC))
    more = mapped.extended(QUERIES)
    assert (len(mapped), len(more)) == (N, N + len(QUERIES))
    assert more.search(QUERIES[7], 1).rows.tolist() == [N + 7]
    assert mapped.search(QUERIES[7], 5).rows.tolist() == graph.search(QUERIES[7], 5).rows.tolist()


def test_gathering_renumbers_and_finds_the_same(graph: Graph) -> None:
    gathered = Graph.build(VECTORS)
    gathered.effort = graph.effort
    order = gathered.gather(VECTORS)
    assert sorted(order.tolist()) == list(range(N))
    for query in QUERIES[:10]:
        same = graph.search(query, 10).rows
        assert order[gathered.search(query, 10).rows].tolist() == same.tolist()
    np.testing.assert_array_equal(gathered.reconstruct(np.arange(N)), graph.reconstruct(order))
    neighbours = (VECTORS[order][:-1] * VECTORS[order][1:]).sum(axis=1).mean()
    assert neighbours > (VECTORS[:-1] * VECTORS[1:]).sum(axis=1).mean() + 0.1
