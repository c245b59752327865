"""The shop's products: one row each, cleaned, in the order of their row numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.data import clean
from semrec.data.columns import rename
from semrec.data.ids import IdMap
from semrec.data.rejects import Rejects
from semrec.data.tables import Source, Table, read_table
from semrec.errors import NoValidRows, UnknownColumn
from semrec.types import Mask

TEXTS = ("title", "category", "brand", "description", "image_url")
NUMBERS = ("price", "stock")
COLUMNS = (
    "item_id",
    "title",
    "category",
    "brand",
    "description",
    "price",
    "stock",
    "attributes",
    "image_url",
    "created_at",
)
"""The columns every catalog has, in this order; all others follow."""
_NATIVE = {"integer", "floating", "mixed-integer-float", "boolean", "datetime", "datetime64"}
ALIASES: dict[str, tuple[str, ...]] = {
    "item_id": (
        "id",
        "product_id",
        "goods_id",
        "sku",
        "sku_id",
        "spu_id",
        "asin",
        "商品id",
        "商品编号",
        "商品编码",
        "货号",
        "编号",
    ),
    "title": (
        "name",
        "product_name",
        "item_name",
        "goods_name",
        "product_title",
        "标题",
        "商品名称",
        "商品标题",
        "商品名",
        "名称",
        "品名",
    ),
    "category": ("category_name", "categories", "cate", "类目", "分类", "品类", "类别", "商品类目"),
    "brand": ("brand_name", "品牌", "品牌名称", "品牌名"),
    "description": ("desc", "brief", "detail", "描述", "商品描述", "简介", "详情", "卖点"),
    "price": (
        "sale_price",
        "retail_price",
        "current_price",
        "价格",
        "售价",
        "现价",
        "单价",
        "商品价格",
        "销售价",
    ),
    "stock": ("inventory", "stock_quantity", "库存", "库存量"),
    "attributes": ("attrs", "properties", "props", "属性", "商品属性", "规格参数"),
    "image_url": ("image", "img", "img_url", "pic_url", "图片", "主图", "图片链接", "商品图片"),
    "created_at": ("created", "create_time", "add_time", "上架时间", "创建时间", "发布时间"),
    "updated_at": ("update_time", "updated", "更新时间", "修改时间"),
}


@dataclass(frozen=True, eq=False)
class Catalog:
    """All products.

    Attributes:
        items: id of each row.
        frame: row ``i`` is item ``i``. Columns :data:`COLUMNS` (texts str with "" if missing;
            price and stock float64 with NaN; attributes one JSON object with sorted keys, or "";
            created_at datetime64[s] with NaT), then the shop's own columns: numeric if all their
            values are numbers, else str.
    """

    items: IdMap
    frame: pd.DataFrame

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Catalog:
        """The catalog of checked rows, one an item.

        Raises:
            InvalidArgument: an id occurs twice.
        """
        return cls(IdMap(frame["item_id"]), frame)

    def __len__(self) -> int:
        """How many rows there are, those of deleted items included."""
        return len(self.items)

    @property
    def live(self) -> Mask | None:
        """The rows that hold an item, shape ``(rows,)``; None if all do."""
        return self.items.live

    def attributes_of(self, row: int) -> dict[str, str]:
        """The attributes of one item, {} if it has none."""
        return self._attributes[row]

    def attribute(self, name: str) -> pd.Series | None:
        """One attribute in row order, str, "" where an item lacks it; None if no item has it."""
        values = pd.Series([each.get(name, "") for each in self._attributes], dtype="str")
        return values if (values != "").any() else None

    def attribute_names(self) -> list[str]:
        """Names of all attributes, those that most items have first."""
        counts = Counter(name for each in self._attributes for name in each)
        return [name for name, _ in counts.most_common()]

    @cached_property
    def _attributes(self) -> list[dict[str, str]]:
        return [json.loads(text) if text else {} for text in self.frame["attributes"]]

    def texts(self, column: str) -> list[str]:
        """A column as texts in row order, "" if missing.

        Raises:
            UnknownColumn: there is no such column.
        """
        if column not in self.frame.columns:
            raise UnknownColumn(column, self.frame.columns)
        return [clean.plain(value) for value in self.frame[column].to_numpy(dtype=object)]

    def to_parquet(self, path: str | Path) -> None:
        """Write the frame; :meth:`from_parquet` takes it back unchanged."""
        self.frame.to_parquet(path, index=False)

    @classmethod
    def from_parquet(cls, path: str | Path) -> Catalog:
        """Read what :meth:`to_parquet` wrote."""
        frame = pd.read_parquet(path)
        # Parquet knows no whole seconds.
        times = [c for c in frame if pd.api.types.is_datetime64_any_dtype(frame[c].dtype)]
        frame = frame.astype(dict.fromkeys(times, "datetime64[s]"))
        return cls.of(frame)


def load(source: Source, columns: Mapping[str, str] | None = None) -> tuple[Catalog, Rejects]:
    """Read, check and clean a catalog.

    Rows without id or title and repeated ids are set aside (the first row of an id stays; the
    latest does if there is a column ``updated_at``). An unreadable price, stock, time or attribute
    list is cleared and recorded, and its row stays.

    Args:
        source: a path (csv, tsv, jsonl, json, parquet, each also gzipped) or a frame.
        columns: our column name -> theirs.

    Raises:
        DataError: the file cannot be read (FileMissing, EmptyFile, NotText, UnknownFormat).
        MissingColumn: ``item_id`` or ``title`` cannot be found.
        NoValidRows: every row was set aside.
    """
    return from_table(read_table(source, "catalog"), columns)


def from_table(table: Table, columns: Mapping[str, str] | None = None) -> tuple[Catalog, Rejects]:
    """:func:`load` for what is already read."""
    rejects = table.rejects + Rejects()
    raw = rename(table, ALIASES, ("item_id", "title"), columns, rejects)
    raw = raw.assign(item_id=clean.ids(raw["item_id"]), title=clean.texts(raw["title"]))
    for column in ("item_id", "title"):
        missing = (raw[column] == "").to_numpy(dtype=bool)
        rejects.add_rows(table.where, raw.index[missing], column, raw[column][missing], "missing")
        raw = raw[~missing]
    raw = _drop_repeated(raw, table.where, rejects)
    if raw.empty:
        first = rejects.entries[0]
        reason = " ".join(filter(None, (f"row {first.row}:", first.column, first.reason)))
        raise NoValidRows(table.where, len(table.frame) + len(table.rejects), reason)
    frame = _clean(raw, table.where, rejects).reset_index(drop=True)
    return Catalog.of(frame), rejects


def _drop_repeated(raw: pd.DataFrame, where: str, rejects: Rejects) -> pd.DataFrame:
    if "updated_at" in raw.columns:
        times = clean.seconds(raw["updated_at"]).fillna(-1.0)
        newest = times.sort_values(ascending=False, kind="stable").index
        older = raw.loc[newest, "item_id"].duplicated().reindex(raw.index).to_numpy(dtype=bool)
        if older.any():
            count = int(older.sum())
            rejects.note(f"{where}: {count:,} older rows of items that were updated", merged=count)
        return raw[~older]
    repeated = raw["item_id"].duplicated().to_numpy(dtype=bool)
    reason = "repeated item id; the first row of an item is kept"
    ids = raw["item_id"][repeated]
    rejects.add_rows(where, raw.index[repeated], "item_id", ids, reason)
    return raw[~repeated]


def _clean(raw: pd.DataFrame, where: str, rejects: Rejects) -> pd.DataFrame:
    done: dict[str, pd.Series] = {"item_id": raw["item_id"]}
    absent = pd.Series("", index=raw.index, dtype="str")
    for column in TEXTS:
        done[column] = clean.texts(raw[column]) if column in raw else absent
    for column in NUMBERS:
        done[column], bad = clean.numbers(raw.get(column, absent))
        _flag(raw, column, bad, "no number of at least 0", where, rejects)
    done["attributes"] = _attributes(raw, where, rejects) if "attributes" in raw else absent
    for column in ("created_at", "updated_at"):
        if column == "updated_at" and column not in raw:
            continue
        times = raw.get(column, absent)
        seconds = clean.seconds(times)
        bad = (seconds.isna() & (clean.ids(times) != "")).to_numpy(dtype=bool)
        _flag(raw, column, bad, "no time (ISO 8601, or seconds since 1970)", where, rejects)
        done[column] = clean.moments(seconds)
    own = {str(name): _own_column(raw[name]) for name in raw.columns if name not in done}
    frame = pd.DataFrame(done | own)
    return frame[[*COLUMNS, *(name for name in frame.columns if name not in COLUMNS)]]


def _attributes(raw: pd.DataFrame, where: str, rejects: Rejects) -> pd.Series:
    parsed = [clean.attributes(value) for value in raw["attributes"].to_numpy(dtype=object)]
    bad = np.array([each is None for each in parsed], dtype=bool)
    _flag(raw, "attributes", bad, "neither a JSON object nor k:v;k:v", where, rejects)
    return pd.Series([each or "" for each in parsed], index=raw.index, dtype="str")


def _flag(
    raw: pd.DataFrame,
    column: str,
    bad: NDArray[np.bool_],
    reason: str,
    where: str,
    rejects: Rejects,
) -> None:
    if bad.any():
        rejects.add_rows(where, raw.index[bad], column, raw[column][bad], reason, kept=True)


def _own_column(series: pd.Series) -> pd.Series:
    """A column of the shop's own: numbers stay or become numbers, the rest becomes text.

    Codes are no numbers: a leading zero (``007``) or more than 15 digits keeps a column text.
    """
    kinds = pd.api.types
    if kinds.infer_dtype(series, skipna=True) in _NATIVE:
        series = series.infer_objects()
    if kinds.is_numeric_dtype(series):
        return series
    if kinds.is_datetime64_any_dtype(series):
        return clean.moments(clean.seconds(series))
    text = clean.texts(series)
    filled = text[text != ""]
    number = r"[+-]?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]+)?"
    if len(filled) and filled.str.fullmatch(number).all():
        return pd.to_numeric(text.mask(text == ""))
    return text
