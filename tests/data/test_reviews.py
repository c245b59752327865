"""Reviews: of known items, with text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from semrec.data import catalog, reviews
from semrec.data.ids import IdMap
from semrec.errors import MissingColumn

ITEMS = IdMap(["p1", "p2"])


def test_reviews_are_cleaned_and_checked() -> None:
    source = pd.DataFrame(
        {
            "id": [1, 2, 3, 4],
            "item_id": ["p1", "p9", "p2", "p2"],
            "content": ["很<br>好用", "好", " ", "一般&nbsp;般"],
            "rating": ["5", "5", "5", "五星"],
            "timestamp": ["2018-02-01 00:00:00", "", "", "去年"],
        }
    )
    found, rejects = reviews.load(source, ITEMS)
    assert found.frame["item_id"].tolist() == ["p1", "p2"]
    assert found.frame["text"].tolist() == ["很 好用", "一般 般"]
    assert found.frame["user_id"].tolist() == ["", ""]
    np.testing.assert_array_equal(found.frame["rating"], [5.0, np.nan])
    np.testing.assert_array_equal(found.frame["timestamp"], [1_517_443_200.0, np.nan])
    assert [(e.row, e.column, e.kept) for e in rejects.entries] == [
        (1, "item_id", False),
        (2, "text", False),
        (3, "rating", True),
        (3, "timestamp", True),
    ]
    assert "column 'text' is read from 'content'" in rejects.notes[0]


def test_reviews_need_a_text() -> None:
    with pytest.raises(MissingColumn, match="'text'"):
        reviews.load(pd.DataFrame({"item_id": ["p1"]}), ITEMS)


def test_the_review_id_is_not_taken_for_the_item() -> None:
    with pytest.raises(MissingColumn, match="'item_id'"):
        reviews.load(pd.DataFrame({"id": ["p1"], "text": ["好"]}), ITEMS)


@pytest.mark.data
def test_comments_of_litemall(data_dir: Path) -> None:
    goods, _ = catalog.load(data_dir / "litemall-yanxuan/goods.jsonl")
    found, rejects = reviews.load(data_dir / "litemall-yanxuan/comments.tsv", goods.items)
    assert len(found) == 994
    assert len(rejects) == 0
    assert found.frame["timestamp"].notna().all()
