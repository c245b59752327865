"""What buyers wrote about the items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from semrec.data import clean
from semrec.data.columns import rename
from semrec.data.ids import IdMap
from semrec.data.rejects import Rejects
from semrec.data.tables import Source, read_table

COLUMNS = ("item_id", "text", "user_id", "rating", "timestamp")
ALIASES: dict[str, tuple[str, ...]] = {
    "item_id": ("product_id", "goods_id", "sku", "sku_id", "asin", "商品id", "商品编号"),
    "text": ("review", "content", "comment", "review_text", "评论", "评价", "评论内容", "内容"),
    "user_id": ("user", "uid", "用户id", "用户"),
    "rating": ("star", "stars", "score", "overall", "评分", "星级"),
    "timestamp": ("time", "date", "add_time", "created_at", "时间", "评论时间", "日期"),
}


@dataclass(frozen=True, eq=False)
class Reviews:
    """Reviews of known items.

    Attributes:
        frame: ``item_id, text`` (str), ``user_id`` (str, "" if unknown), ``rating`` (float64, NaN)
            and ``timestamp`` (float64 seconds since 1970, NaN); index 0, 1, ….
    """

    frame: pd.DataFrame

    def __len__(self) -> int:
        return len(self.frame)


def load(
    source: Source, items: IdMap, columns: Mapping[str, str] | None = None
) -> tuple[Reviews, Rejects]:
    """Read, check and clean reviews.

    Rows with an unknown item or without text are set aside. An unreadable rating or time is
    cleared and recorded, and its row stays.

    Args:
        source: a path or a frame, as for the catalog.
        items: the ids of the catalog.
        columns: our column name -> theirs.

    Raises:
        DataError: the file cannot be read (FileMissing, EmptyFile, NotText, UnknownFormat).
        MissingColumn: ``item_id`` or ``text`` cannot be found.
    """
    table = read_table(source, "reviews")
    rejects = table.rejects + Rejects()
    raw = rename(table, ALIASES, ("item_id", "text"), columns, rejects)
    raw = raw.assign(item_id=clean.ids(raw["item_id"]), text=clean.texts(raw["text"]))
    unknown = items.rows(raw["item_id"]) < 0
    reason = "unknown item; legal: ids of the catalog"
    rejects.add_rows(table.where, raw.index[unknown], "item_id", raw["item_id"][unknown], reason)
    raw = raw[~unknown]
    empty = (raw["text"] == "").to_numpy(dtype=bool)
    rejects.add_rows(table.where, raw.index[empty], "text", raw["text"][empty], "missing")
    return Reviews(_optional(raw[~empty], table.where, rejects)), rejects


def _optional(raw: pd.DataFrame, where: str, rejects: Rejects) -> pd.DataFrame:
    absent = pd.Series("", index=raw.index, dtype="str")
    rating, bad_rating = clean.numbers(raw.get("rating", absent))
    times = raw.get("timestamp", absent)
    moments = clean.seconds(times)
    bad_time = (moments.isna() & (clean.ids(times) != "")).to_numpy(dtype=bool)
    for column, bad, reason in (
        ("rating", bad_rating, "no number of at least 0"),
        ("timestamp", bad_time, "no time (ISO 8601, or seconds since 1970)"),
    ):
        if np.any(bad):
            rejects.add_rows(where, raw.index[bad], column, raw[column][bad], reason, kept=True)
    done = {
        "item_id": raw["item_id"],
        "text": raw["text"],
        "user_id": clean.ids(raw.get("user_id", absent)),
        "rating": rating,
        "timestamp": moments,
    }
    return pd.DataFrame(done).reset_index(drop=True)
