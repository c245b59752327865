from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semrec.errors import IndexCorrupt, InvalidArgument, NotAnIndex
from semrec.index.dense import DenseIndex
from semrec.index.dense_plan import DensePlan

DIM = 16
EXACT = DensePlan()
LISTS = DensePlan(exact_up_to=0)
BOTH = pytest.mark.parametrize("plan", [EXACT, LISTS], ids=["exact", "lists"])


def vectors_of(n: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(n, DIM)) + 1
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


VECTORS = vectors_of(300)


def nearest(vectors: np.ndarray, query: np.ndarray, k: int) -> list[int]:
    return np.argsort(-(vectors @ query), kind="stable")[:k].tolist()


@BOTH
def test_new_and_replaced_vectors_are_found_at_once(plan: DensePlan) -> None:
    index = DenseIndex.build(VECTORS, plan)
    fresh = vectors_of(3, seed=1)
    updated = index.upsert(np.array([5, 300, 302]), fresh)
    assert len(updated) == 303
    assert [updated.search(v, 1).rows.tolist() for v in fresh] == [[5], [300], [302]]
    assert updated.search(VECTORS[5], 1).rows.tolist() == [2], "the old vector is gone"
    assert index.search(VECTORS[5], 1).rows.tolist() == [5], "the old index stays as it is"
    assert not updated.live[301], "a row that was skipped holds nothing"
    np.testing.assert_allclose(updated.reconstruct(np.array([300, 5])), fresh[[1, 0]], atol=0.02)


@BOTH
def test_deleted_rows_are_gone_score_nothing_and_can_come_back(plan: DensePlan) -> None:
    index = DenseIndex.build(VECTORS, plan).upsert(np.array([300]), VECTORS[:1])
    left = index.delete(np.array([3, 300]))
    assert len(left) == 301
    assert not {3, 300} & set(left.search(VECTORS[3], 301).rows.tolist())
    assert len(left.search(VECTORS[3], 301)) == 299
    assert left.score_rows(VECTORS[3], np.array([3, 300])).tolist() == [0, 0]
    assert not left.reconstruct(np.array([3])).any()
    back = left.upsert(np.array([3]), VECTORS[3:4])
    assert back.search(VECTORS[3], 1).rows.tolist() == [3]


@BOTH
def test_merged_finds_the_same(plan: DensePlan) -> None:
    index = DenseIndex.build(VECTORS, plan).upsert(np.arange(290, 320), vectors_of(30, seed=2))
    index = index.delete(np.array([0, 7, 305]))
    merged = index.merged()
    assert (len(merged), merged.live.sum()) == (320, 317)
    for query in vectors_of(10, seed=3):
        expected = nearest(index.vectors, query, 10)
        assert len(set(merged.search(query, 10).rows.tolist()) & set(expected)) >= 9
    every = np.arange(320)
    np.testing.assert_allclose(
        merged.score_rows(VECTORS[9], every), index.score_rows(VECTORS[9], every), atol=0.02
    )


@BOTH
def test_only_some_rows_are_numbered_anew(plan: DensePlan) -> None:
    index = DenseIndex.build(VECTORS, plan).upsert(np.array([300, 301]), vectors_of(2, seed=6))
    index = index.delete(np.array([7]))
    rows = np.array([301, 7, *range(20, 200)])
    some = index.only(rows)
    assert (len(some), some.live.tolist()[:3]) == (182, [True, False, True])
    for either in (some, some.merged()):
        assert either.search(vectors_of(2, seed=6)[1], 1).rows.tolist() == [0]
        assert either.search(VECTORS[25], 1).rows.tolist() == [7]
        found = either.search(VECTORS[9], 182).rows.tolist()
        assert sorted(found) == [0, *range(2, 182)]
    np.testing.assert_allclose(some.vectors, index.reconstruct(rows))


def test_lists_with_much_dead_are_built_anew() -> None:
    index = DenseIndex.build(VECTORS, LISTS).delete(np.arange(0, 300, 3))
    assert index.merge_due
    merged = index.merged()
    assert not merged.merge_due
    assert merged.search(VECTORS[4], 1).rows.tolist() == [4]
    assert 3 not in merged.search(VECTORS[3], 200).rows


def test_a_long_tail_is_merged_into_an_exact_index_only() -> None:
    fresh = vectors_of(40, seed=4)
    rows = np.arange(300, 340)
    small = DenseIndex.build(VECTORS, EXACT).upsert(rows, fresh)
    np.testing.assert_allclose(small.vectors, np.concatenate([VECTORS, fresh]))
    assert not small.merge_due
    large = DenseIndex.build(VECTORS, LISTS).upsert(rows, fresh)
    assert large.merge_due
    assert not large.merged().merge_due


updates = st.lists(
    st.tuples(st.booleans(), st.lists(st.integers(0, 12), min_size=1, max_size=4, unique=True)),
    min_size=1,
    max_size=6,
)


@given(updates, st.integers(0, 10**6), st.sampled_from([EXACT, LISTS]), st.booleans())
@settings(deadline=None, max_examples=40)
def test_any_updates_equal_a_dictionary(
    steps: list[tuple[bool, list[int]]], seed: int, plan: DensePlan, merging: bool
) -> None:
    rng = np.random.default_rng(seed)
    index = DenseIndex.build(VECTORS[:8], plan)
    model = dict(enumerate(VECTORS[:8]))
    for adding, rows in steps:
        if adding:
            fresh = vectors_of(len(rows), int(rng.integers(10**6)))
            index = index.upsert(np.array(rows), fresh)
            model |= dict(zip(rows, fresh, strict=True))
        else:
            rows = [row for row in rows if row < len(index)]
            index = index.delete(np.array(rows, dtype=np.int64))
            model = {row: vector for row, vector in model.items() if row not in rows}
        if merging:
            index = index.merged()
    query = vectors_of(1, seed)[0]
    allowed = rng.random(len(index)) < 0.7
    for mask in (None, allowed):
        hits = index.search(query, 20, mask)
        expected = {row for row in model if mask is None or mask[row]}
        assert set(hits.rows.tolist()) == expected
        truth = [float(model[row] @ query) for row in hits.rows.tolist()]
        # Lists keep to the ranges of their first eight vectors.
        np.testing.assert_allclose(hits.scores, truth, atol=1e-5 if plan is EXACT else 0.3)
        assert (np.diff(hits.scores) <= 1e-6).all()


@BOTH
def test_updates_survive_saving(plan: DensePlan, tmp_path: Path) -> None:
    index = DenseIndex.build(VECTORS, plan).upsert(np.array([5, 300]), vectors_of(2, seed=5))
    index = index.delete(np.array([8]))
    path = tmp_path / "dense.faiss"
    index.save(path)
    assert sorted(f.name for f in tmp_path.iterdir()) == [
        "dense.faiss",
        "dense.rows.npy",
        "dense.tail.npy",
    ]
    loaded = DenseIndex.load(path, plan)
    np.testing.assert_array_equal(loaded.vectors, index.vectors)
    assert loaded.search(VECTORS[1], 9).rows.tolist() == index.search(VECTORS[1], 9).rows.tolist()
    assert loaded.kind == index.kind
    again = loaded.upsert(np.array([8]), VECTORS[8:9]).merged()
    assert again.search(VECTORS[8], 1).rows.tolist() == [8]
    DenseIndex.build(VECTORS, plan).save(path)
    assert DenseIndex.load(path).search(VECTORS[8], 1).rows.tolist() == [8], "no file stays behind"


@BOTH
@pytest.mark.parametrize("kept", [0, 0.01, 0.5, 0.999])
def test_a_truncated_file_is_a_named_error(plan: DensePlan, kept: float, tmp_path: Path) -> None:
    path = tmp_path / "dense.faiss"
    DenseIndex.build(VECTORS, plan).save(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(kept * len(data))])
    with pytest.raises(IndexCorrupt, match=r"dense\.faiss: FAISS cannot read it"):
        DenseIndex.load(path)


def test_files_that_do_not_fit_are_named_errors(tmp_path: Path) -> None:
    import faiss

    path = tmp_path / "dense.faiss"
    index = DenseIndex.build(VECTORS).upsert(np.array([300]), VECTORS[:1])
    for name, broken in (
        ("rows", np.array([0, 0])),
        ("rows", np.array([0, 301])),
        ("rows", np.array([-2])),
        ("rows", np.array([0.5])),
        ("tail", np.zeros((1, DIM - 1), dtype=np.float32)),
        ("tail", np.zeros((1, DIM))),
    ):
        index.save(path)
        np.save(tmp_path / f"dense.{name}.npy", broken)
        with pytest.raises(IndexCorrupt, match=rf"dense\.{name}\.npy"):
            DenseIndex.load(path)
    index.save(path)
    (tmp_path / "dense.tail.npy").unlink()
    with pytest.raises(IndexCorrupt, match=r"dense\.tail\.npy: cannot be read"):
        DenseIndex.load(path)
    faiss.write_index(faiss.IndexLSH(DIM, 8), str(path))
    with pytest.raises(IndexCorrupt, match="IndexLSH, expected"):
        DenseIndex.load(path)
    graph = faiss.IndexHNSWSQ(DIM, faiss.ScalarQuantizer.QT_8bit, 8)
    graph.train(VECTORS)
    faiss.write_index(graph, str(path))
    with pytest.raises(NotAnIndex, match="a graph of an earlier semrec; build the index again"):
        DenseIndex.load(path)


@BOTH
def test_zero_vectors_hold_nothing(plan: DensePlan) -> None:
    vectors = VECTORS[:50].copy()
    vectors[[4, 9]] = 0
    index = DenseIndex.build(vectors, plan)
    assert len(index) == 50
    assert np.flatnonzero(~index.live).tolist() == [4, 9]
    assert sorted(index.search(VECTORS[0], 50).rows) == [i for i in range(50) if i not in (4, 9)]
    assert index.score_rows(VECTORS[0], np.array([4])).tolist() == [0]
    assert len(index.upsert(np.array([0]), np.zeros((1, DIM))).search(VECTORS[0], 50)) == 47
    assert len(index.search(np.zeros(DIM), 5)) == 0


@BOTH
def test_wrong_arguments_are_named_and_leave_the_index_usable(plan: DensePlan) -> None:
    index = DenseIndex.build(VECTORS, plan)
    broken = VECTORS.copy()
    broken[7, 2] = np.nan
    for bad, message in (
        (lambda: DenseIndex.build(broken, plan), r"vector 7 holds nan at place 2"),
        (lambda: DenseIndex.build(VECTORS[0], plan), r"shape \(16,\); legal: \(items, dim\)"),
        (lambda: index.search(VECTORS[0][:9], 3), r"a query of shape \(9,\); legal: \(16,\)"),
        (lambda: index.search(broken[7], 3), r"a query with nan at place 2"),
        (lambda: index.search(VECTORS[0], 3, np.ones(9, bool)), r"a mask of shape \(9,\)"),
        (lambda: index.reconstruct(np.array([300])), r"rows 300\.\.300; legal: 0\.\.299"),
        (lambda: index.delete(np.array([-1])), r"rows -1\.\.-1; legal: 0\.\.299"),
        (lambda: index.upsert(np.array([1, 1]), VECTORS[:2]), "must be unique"),
        (lambda: index.upsert(np.array([1]), VECTORS[:1, :9]), r"\(1, 9\); legal: \(1, 16\)"),
        (lambda: index.upsert(np.array([1]), broken[7:8]), r"vector 0 holds nan"),
        (lambda: DensePlan(recall=1.5), "dense recall 1.5"),
        (lambda: DensePlan(memory_mb=0), "memory of 0 MB"),
    ):
        with pytest.raises(InvalidArgument, match=message):
            bad()
    assert index.search(VECTORS[0], 1).rows.tolist() == [0]


@BOTH
def test_an_empty_index_finds_nothing_and_can_grow(plan: DensePlan) -> None:
    index = DenseIndex.build(np.empty((0, DIM), dtype=np.float32), plan)
    assert (len(index), index.dim, len(index.search(VECTORS[0], 5))) == (0, DIM, 0)
    grown = index.upsert(np.array([2]), VECTORS[:1])
    assert grown.search(VECTORS[0], 5).rows.tolist() == [2]
    assert grown.merged().search(VECTORS[0], 5).rows.tolist() == [2]


def test_exact_vectors_are_a_view() -> None:
    index = DenseIndex.build(VECTORS)
    assert np.shares_memory(index.vectors, index.vectors)
    np.testing.assert_array_equal(index.vectors, VECTORS)
