from __future__ import annotations

import numpy as np
from scipy import sparse

from semrec.collab.slices import slices


def test_each_pair_is_in_one_slice_of_users_and_one_of_items() -> None:
    rng = np.random.default_rng(0)
    history = sparse.csr_matrix((rng.random((40, 30)) < rng.random((40, 1)) * 0.3) * 1.0)
    relevance = sparse.csr_matrix((rng.random((40, 30)) < 0.2) * 1.0)
    parts = dict(slices(history, relevance))
    users, items = history.toarray().sum(axis=1), history.toarray().sum(axis=0)
    everything = relevance.toarray()
    np.testing.assert_array_equal(parts["all"].toarray(), everything)
    expected = {
        "new user": everything * (users == 0)[:, None],
        "1-5 events": everything * ((users > 0) & (users < 6))[:, None],
        "known user": everything * (users > 5)[:, None],
        "new item": everything * (items == 0),
        "1-2 users": everything * ((items > 0) & (items < 3)),
        "known item": everything * (items > 2),
    }
    assert list(parts) == ["all", *expected]
    for name, wanted in expected.items():
        np.testing.assert_array_equal(parts[name].toarray(), wanted)
        assert parts[name].nnz == wanted.sum()
