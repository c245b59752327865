import numpy as np
import pytest

from semrec.data.ids import IdMap
from semrec.errors import InvalidArgument, UnknownItem


def test_new_ids_get_the_next_rows_and_known_ones_keep_theirs() -> None:
    old = IdMap(["a", "b", "c"])
    new, rows = old.extended(["x", "b", "y"])
    assert rows.tolist() == [3, 1, 4]
    again, rows = new.extended(["y", "z", "a"])
    assert rows.tolist() == [4, 5, 0]
    assert again.ids.tolist() == ["a", "b", "c", "x", "y", "z"]
    assert again.rows(["z", "b", "nothing"]).tolist() == [5, 1, -1]
    assert len(old) == 3 and "x" not in old, "the old map stays as it is"
    with pytest.raises(InvalidArgument, match="'x' occurs twice"):
        old.extended(["x", "x"])


def test_an_id_that_is_gone_is_unknown_until_it_comes_back() -> None:
    whole, _ = IdMap(["a", "b", "c"]).extended(["d"])
    less = whole.without(np.array([1, 3]))
    assert less.live is not None and less.live.tolist() == [True, False, True, False]
    assert (less.count, len(less), less.get("b"), less.get("d")) == (2, 4, None, None)
    assert less.rows(["a", "b", "d"]).tolist() == [0, -1, -1]
    with pytest.raises(UnknownItem, match="unknown item 'b'"):
        less.row("b")
    back, rows = less.extended(["d", "b", "e"])
    assert rows.tolist() == [3, 1, 4]
    assert back.live is None and back.count == 5
