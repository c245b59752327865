from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from semrec.embed.centre import Centre, CentredEncoder, choose_centre
from semrec.embed.teacher import fit_teacher
from semrec.embed.vectors import checked, unit
from semrec.errors import BadVectors, InvalidArgument
from semrec.types import Rows, Vectors


class Cone:
    """Random directions around one that all texts share, another for queries than for items."""

    name, fingerprint, dim = "cone", "c0", 8

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._around(texts, 0)

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        return self._around(texts, 1)

    def _around(self, texts: Sequence[str], axis: int) -> Vectors:
        made = np.array(
            [np.random.default_rng(list(map(ord, text))).normal(0, 0.1, 8) for text in texts]
        )
        made[:, axis] += 1
        return unit(made.astype(np.float32))


TEXTS = [f"商品{i}" for i in range(200)]


def test_centring_makes_same_texts_nearest_over_both_sides() -> None:
    cone = Cone()
    plain = cone.encode_queries(TEXTS) @ cone.encode_items(TEXTS).T
    centre = Centre.fit(cone.encode_queries(TEXTS), cone.encode_items(TEXTS))
    centred = CentredEncoder(cone, centre)
    better = centred.encode_queries(TEXTS) @ centred.encode_items(TEXTS).T
    own = np.arange(len(TEXTS))
    assert (better.argmax(axis=1) == own).mean() > (plain.argmax(axis=1) == own).mean() + 0.2
    np.testing.assert_allclose(np.linalg.norm(centred.encode_items(TEXTS), axis=1), 1, atol=1e-5)


def test_whitened_items_vary_alike_along_all_axes() -> None:
    rng = np.random.default_rng(0)
    items = (rng.standard_normal((5000, 4)) * [1, 2, 4, 8]).astype(np.float32)
    centre = Centre.fit(items, items, whiten=1)
    moved = (items - centre.item_mean) @ centre.axes.T
    np.testing.assert_allclose(np.cov(moved.T), np.eye(4), atol=0.01)


def test_centring_is_chosen_only_where_it_helps() -> None:
    cone, own = Cone(), np.arange(len(TEXTS))
    queries, items = cone.encode_queries(TEXTS), cone.encode_items(TEXTS)
    centre, figures = choose_centre(queries, items, own)
    assert figures["centred"] > figures["raw"]
    assert centre.item_mean.any() and centre.moves
    # One query asked nine times is its own mean: nothing would be left of it.
    axes = np.eye(8, dtype=np.float32)
    kept, figures = choose_centre(np.repeat(axes[:1], 9, axis=0), axes, np.zeros(9, np.int64))
    assert figures["raw"] == 1 > figures["centred"]
    np.testing.assert_array_equal(kept.items(axes), axes)
    assert not kept.moves


def test_a_build_centres_by_the_same_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    cone, titles = Cone(), [f"{kind} 家用 {i}" for i, kind in enumerate(["猫粮", "雨伞"] * 20)]
    fitted = fit_teacher(cone, titles, ["猫粮", "雨伞"])
    raw = cone.encode_items(titles)
    seen = []

    def refused(queries: Vectors, items: Vectors, wanted: Rows) -> tuple[Centre, dict[str, float]]:
        seen.append((queries.copy(), items.copy(), wanted))
        return Centre.none(8), {}

    monkeypatch.setattr("semrec.embed.teacher.choose_centre", refused)
    kept = fit_teacher(cone, titles, ["猫粮", "雨伞"])
    assert kept.encoder is cone and kept.centre is None
    np.testing.assert_array_equal(kept.items, raw)
    centre, figures = choose_centre(*seen[0])
    np.testing.assert_array_equal(seen[0][0][-2:], cone.encode_queries(["猫粮", "雨伞"]))
    assert (fitted.centre is None) == (figures["centred"] < figures["raw"])
    np.testing.assert_allclose(fitted.items, centre.items(raw), atol=1e-6)


def test_the_fingerprint_tells_the_centre() -> None:
    cone = Cone()
    queries, items = cone.encode_queries(TEXTS), cone.encode_items(TEXTS)
    one = CentredEncoder(cone, Centre.fit(queries, items))
    same = CentredEncoder(cone, Centre.from_arrays(one.centre.arrays()))
    other = CentredEncoder(cone, Centre.fit(queries, items, whiten=0.5))
    assert one.fingerprint == same.fingerprint
    assert len({one.fingerprint, other.fingerprint, cone.fingerprint}) == 3


def test_another_dimension_is_refused() -> None:
    centre = Centre.fit(np.ones((1, 3), np.float32), np.ones((1, 3), np.float32))
    with pytest.raises(InvalidArgument, match="cone has 8 dimensions, its centre 3"):
        CentredEncoder(Cone(), centre)


@pytest.mark.parametrize(
    ("value", "complaint"),
    [(np.nan, "vector 1 holds NaN"), (np.inf, "vector 1 holds NaN or inf"), (0, "all zeros")],
)
def test_vectors_without_direction_are_named(value: float, complaint: str) -> None:
    vectors = np.ones((3, 2), np.float32)
    vectors[1] = value
    with pytest.raises(BadVectors, match=complaint):
        checked(vectors, 3, 2, "titles")


def test_vectors_of_another_shape_are_named() -> None:
    with pytest.raises(BadVectors, match=r"shape \(3, 2\); legal: \(4, 2\)"):
        checked(np.ones((3, 2), np.float32), 4, 2, "titles")


def test_unit_gives_every_row_a_direction() -> None:
    made = unit(np.array([[3, 4], [0, 0], [np.nan, 1]], np.float32))
    np.testing.assert_allclose(made, [[0.6, 0.8], [0.5**0.5] * 2, [0, 1]], atol=1e-6)
