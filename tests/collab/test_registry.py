from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from semrec.collab import create, restore
from semrec.collab.neighbours import ItemNeighbours
from semrec.collab.popularity import Popularity
from semrec.errors import InvalidArgument


def test_create_gives_the_model_with_its_settings() -> None:
    assert create("item-knn") == ItemNeighbours()
    assert create("item-knn", neighbours=7) == ItemNeighbours(neighbours=7)
    assert create("popularity", half_life_days=3.0) == Popularity(3.0)


@pytest.mark.parametrize("call", [create, lambda name: restore(name, {})])
def test_an_unknown_name_lists_the_legal_ones_nearest_first(call: Callable[[str], Any]) -> None:
    with pytest.raises(InvalidArgument, match="'item-kmn'; legal: item-knn, "):
        call("item-kmn")


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(InvalidArgument, match=r"'popularity'.*'depth'"):
        create("popularity", depth=3)


def test_a_model_that_reads_titles_asks_for_vectors() -> None:
    with pytest.raises(InvalidArgument, match="'hybrid' needs a vector of each item"):
        create("hybrid")
    with pytest.raises(InvalidArgument, match="'content' needs a vector"):
        create("content", vectors=None)
    assert create("content", vectors=np.eye(2, dtype=np.float32), neighbours=5).neighbours == 5
