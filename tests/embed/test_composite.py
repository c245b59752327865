from __future__ import annotations

import numpy as np
import pytest

from semrec.embed.composite import SplitEncoder
from semrec.embed.student import StudentEncoder
from semrec.errors import InvalidArgument, TeacherChanged


def student(seed: int, dim: int = 32, teacher: str | None = None) -> StudentEncoder:
    table = np.random.default_rng(seed).standard_normal((64, dim), dtype=np.float32)
    return StudentEncoder.from_table(table, name=f"s{seed}", origin={"space": teacher})


def test_each_side_has_its_encoder() -> None:
    left, right = student(1), student(2)
    both = SplitEncoder(left, right)
    texts = ["手机壳", "口红"]
    np.testing.assert_array_equal(both.encode_queries(texts), left.encode_queries(texts))
    np.testing.assert_array_equal(both.encode_items(texts), right.encode_items(texts))
    assert (both.name, both.dim) == ("s1 × s2", 32)
    prints = {e.fingerprint for e in (left, right, both, SplitEncoder(right, left))}
    assert len(prints) == 4


def test_sides_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="s1 has 32 dimensions, s2 16"):
        SplitEncoder(student(1), student(2, 16))
    right = student(2)
    with pytest.raises(TeacherChanged, match=f"teacher abc but is used with {right.fingerprint}"):
        SplitEncoder(student(1, teacher="abc"), right)
    assert SplitEncoder(student(1, teacher=right.fingerprint), right).dim == 32
