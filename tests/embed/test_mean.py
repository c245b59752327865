import numpy as np

from semrec.embed.mean import MeanEncoder, mean, reflected
from semrec.embed.student import StudentEncoder
from semrec.embed.vectors import unit


def _student(seed: int) -> StudentEncoder:
    table = np.random.default_rng(seed).standard_normal((64, 32), dtype=np.float32)
    return StudentEncoder.from_table(table, name=f"s{seed}")


def test_a_vector_lies_midway_between_both() -> None:
    left, right = _student(1), _student(2)
    both = MeanEncoder(left, right)
    texts = ["手机壳", "口红"]
    for name in ("encode_queries", "encode_items"):
        found = getattr(both, name)(texts)
        one, other = getattr(left, name)(texts), getattr(right, name)(texts)
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
        np.testing.assert_allclose((found * one).sum(1), (found * other).sum(1), atol=1e-6)
    assert (both.name, both.dim) == ("s1 & s2", 32)
    prints = {e.fingerprint for e in (left, right, both, MeanEncoder(right, left))}
    assert len(prints) == 4


def test_the_other_vector_is_found_again() -> None:
    rng = np.random.default_rng(0)
    one, other = (unit(rng.standard_normal((50, 16), dtype=np.float32)) for _ in range(2))
    np.testing.assert_allclose(reflected(one, mean(one, other)), other, atol=1e-4)
