"""What users did: checked events, and the weighted interactions that models learn from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from semrec.collab.protocol import Interactions
from semrec.config import EventsConfig
from semrec.data import clean
from semrec.data.actions import canonical
from semrec.data.columns import rename
from semrec.data.ids import IdMap
from semrec.data.rejects import Rejects
from semrec.data.tables import Source, Table, read_table
from semrec.errors import legal

REQUIRED = ("user_id", "item_id", "event_type", "timestamp")
TEXTS = ("user_id", "item_id", "event_type", "query", "query_id", "session_id")
MINIMUM = {"value": -math.inf, "position": 0.0}
"""The number columns, and the least number that is legal in each."""
_TAKEN = ("click", "fav", "cart", "buy")
COLUMNS = (*REQUIRED, "value", "query", "query_id", "position", "session_id")
ALIASES: dict[str, tuple[str, ...]] = {
    "user_id": ("user", "uid", "customer_id", "member_id", "用户id", "用户编号", "会员id"),
    "item_id": ("product_id", "goods_id", "sku", "sku_id", "item", "商品id", "商品编号"),
    "event_type": ("event", "behavior", "behavior_type", "action", "行为", "行为类型", "事件"),
    "timestamp": ("time", "ts", "event_time", "datetime", "date", "时间", "时间戳", "行为时间"),
    "value": ("rating", "score", "event_value", "评分"),
    "query": ("search_term", "keyword", "user_query", "搜索词", "查询", "关键词"),
    "query_id": ("search_id",),
    "position": ("rank", "位置", "排名"),
    "session_id": ("session", "会话id", "会话"),
}
_DAY = 86_400.0


@dataclass(frozen=True, eq=False)
class Events:
    """Events of known items.

    Attributes:
        frame: :data:`COLUMNS`: ids, type and texts as str ("" if missing), ``timestamp`` (float64
            seconds since 1970), ``value`` and ``position`` (float64, NaN); in the file's order,
            index 0, 1, ….
    """

    frame: pd.DataFrame

    def __len__(self) -> int:
        return len(self.frame)

    def to_parquet(self, path: str | Path) -> None:
        """Write the frame; :meth:`from_parquet` takes it back unchanged."""
        self.frame.to_parquet(path, index=False, compression="zstd")

    @classmethod
    def from_parquet(cls, path: str | Path) -> Events:
        """Read what :meth:`to_parquet` wrote."""
        frame = pd.read_parquet(path)
        return cls(frame.astype(dict.fromkeys(TEXTS, "str")))


def load(
    source: Source,
    items: IdMap,
    config: EventsConfig,
    columns: Mapping[str, str] | None = None,
) -> tuple[Events, Rejects]:
    """Read and check events.

    Rows without user, with an unknown item or type, or without a readable time are set aside;
    exact duplicates are dropped and counted. An unreadable value or position is cleared and its
    row stays. If no row is valid, the events are empty and the rejects say why.

    Args:
        source: a path or a frame, as for the catalog.
        items: the ids of the catalog.
        config: names the legal event types.
        columns: our column name -> theirs.

    Raises:
        DataError: the file cannot be read (FileMissing, EmptyFile, NotText, UnknownFormat).
        MissingColumn: one of :data:`REQUIRED` cannot be found.
    """
    return from_table(read_table(source, "events"), items, config, columns)


def from_table(
    table: Table,
    items: IdMap,
    config: EventsConfig,
    columns: Mapping[str, str] | None = None,
) -> tuple[Events, Rejects]:
    """:func:`load` for what is already read or imported from another format."""
    rejects = table.rejects + Rejects()
    raw = rename(table, ALIASES, REQUIRED, columns, rejects)
    frame = _converted(raw)
    # The shop's own names win; 加购 or addToCart are understood where they are none of its own.
    own_types = frame["event_type"].isin(list(config.weights))
    frame["event_type"] = frame["event_type"].where(own_types, canonical(frame["event_type"]))
    known_types = frame["event_type"].isin(list(config.weights))
    options = legal(config.weights)
    checks: tuple[tuple[str, NDArray[np.bool_], str], ...] = (
        ("user_id", _mask(frame["user_id"] == ""), "missing"),
        ("item_id", items.rows(frame["item_id"]) < 0, "unknown item; legal: ids of the catalog"),
        ("event_type", ~_mask(known_types), f"unknown event type; legal: {options}"),
        (
            "timestamp",
            _mask(frame["timestamp"].isna()),
            "no time (ISO 8601, or seconds or milliseconds since 1970)",
        ),
    )
    good = np.ones(len(frame), dtype=bool)
    for column, bad, reason in checks:
        bad = bad & good
        rejects.add_rows(table.where, frame.index[bad], column, raw[column][bad], reason)
        good &= ~bad
    for column, minimum in MINIMUM.items():
        if column in raw:
            bad = clean.numbers(raw[column], minimum)[1] & good
            reason = "no number" if minimum < 0 else f"no number of at least {minimum:g}"
            rejects.add_rows(
                table.where, frame.index[bad], column, raw[column][bad], reason, kept=True
            )
    return Events(_distinct(frame[good], table.where, rejects)), rejects


def taken(frame: pd.DataFrame) -> pd.DataFrame:
    """The events that say that an item was what a query wanted; a view may be chance."""
    return frame[frame["event_type"].isin(_TAKEN) & frame["query"].notna()]


def _converted(raw: pd.DataFrame) -> pd.DataFrame:
    """All columns in their final types, still one row a record."""
    absent = pd.Series("", index=raw.index, dtype="str")
    done: dict[str, pd.Series] = {}
    for column in COLUMNS:
        series = raw.get(column, absent)
        if column == "query":
            done[column] = clean.texts(series) if column in raw else absent
        elif column in TEXTS:
            done[column] = clean.ids(series)
        elif column == "timestamp":
            done[column] = clean.seconds(series)
        else:
            done[column] = clean.numbers(series, MINIMUM[column])[0]
    return pd.DataFrame(done)


def _distinct(frame: pd.DataFrame, where: str, rejects: Rejects) -> pd.DataFrame:
    copies = _mask(frame.duplicated())
    if copies.any():
        count = int(copies.sum())
        rejects.note(f"{where}: {count:,} exact duplicates of events dropped", merged=count)
        frame = frame[~copies]
    return frame.reset_index(drop=True)


def interactions(
    events: Events,
    items: IdMap,
    config: EventsConfig,
    bundle_window_days: float = 1.0,
    factors: NDArray[np.float64] | None = None,
) -> tuple[Interactions, IdMap]:
    """Weighted interactions in row numbers, sorted by user and time.

    Left out are ratings below ``config.liked_rating``, and types of weight 0. A basket is what one
    user bought within the window, counted from the basket's first purchase. Shops without ``buy``
    events get baskets of liked ratings, and those without either of all events; there are no
    baskets (-1) if all times are equal, since then nothing says what went together.

    Args:
        events: checked events.
        items: the ids of the catalog.
        config: the weight of each type, and what rating counts as liked.
        bundle_window_days: length of a basket, in days.
        factors: what the weight of each event is multiplied by, shape ``(events,)``: the position
            weights of ``semrec.behaviour.position``; None for 1.

    Returns:
        The interactions, and the ids of their users, sorted.
    """
    frame = events.frame
    disliked = (frame["event_type"] == "rating") & (frame["value"] < config.liked_rating)
    weight = frame["event_type"].map(config.weights).astype("float32")
    if factors is not None:
        weight *= factors
    frame = frame[_mask(~disliked & (weight > 0))]
    codes, names = pd.factorize(frame["user_id"], sort=True)
    order = np.lexsort((frame["timestamp"].to_numpy(), codes))
    users = np.asarray(codes, dtype=np.int64)[order]
    frame = frame.iloc[order]
    times = frame["timestamp"].to_numpy(dtype=np.float64)
    people = IdMap(np.asarray(names, dtype=object))
    found = Interactions(
        users=users,
        items=items.rows(frame["item_id"]),
        weights=weight.to_numpy(dtype=np.float32)[frame.index.to_numpy()],
        times=times,
        baskets=_baskets(frame["event_type"], users, times, bundle_window_days * _DAY),
        n_users=len(people),
        n_items=len(items),
    )
    return found, people


def _baskets(
    types: pd.Series, users: NDArray[np.int64], times: NDArray[np.float64], window: float
) -> NDArray[np.int64]:
    """A number per event, -1 outside baskets; the events are sorted by user and time."""
    baskets = np.full(len(users), -1, dtype=np.int64)
    if not len(times) or times.min() == times.max():
        return baskets
    kind = next((kind for kind in ("buy", "rating") if (types == kind).any()), None)
    chosen = np.arange(len(users)) if kind is None else np.flatnonzero(_mask(types == kind))
    # One ascending number for user and time, users further apart than any window reaches.
    span = float(times.max() - times.min()) + window + 1.0
    place = users[chosen] * span + (times[chosen] - times.min())
    ends = np.searchsorted(place, place + window, side="right").tolist()
    starts = np.zeros(len(chosen), dtype=np.int64)
    at = 0
    while at < len(chosen):
        starts[at] = 1
        at = ends[at]
    baskets[chosen] = np.cumsum(starts) - 1
    return baskets


def _mask(series: pd.Series) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = series.to_numpy(dtype=bool)
    return mask
