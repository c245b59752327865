"""OpenSearch User Behavior Insights: ``ubi_events`` and ``ubi_queries``, one JSON object a line.

Schema 1.x, docs.opensearch.org, "UBI index schemas". Lines may also be whole search hits, with
the event in ``_source``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from semrec.data import clean
from semrec.data.actions import canonical
from semrec.data.importers.format import Format
from semrec.data.tables import Table


def detect(columns: Sequence[str]) -> bool:
    """True for exported events, bare or as search hits."""
    names = set(columns)
    return names >= {"action_name", "event_attributes"} or names >= {"_index", "_source"}


def events(table: Table) -> Table:
    """Flatten ``event_attributes``; the user is the client, the item the object.

    Events about no object (``on_search``, ``login``) end up without an item and are set aside.
    """
    records = [_event(record) for record in _sources(table.frame)]
    frame = pd.DataFrame(records, index=table.frame.index, dtype=object)
    frame["event_type"] = canonical(frame["event_type"])
    return replace(table, frame=frame)


def with_queries(events: Table, queries: Table) -> Table:
    """Fill the query text of events from ``ubi_queries``, by ``query_id``."""
    texts = {
        clean.one_id(record.get("query_id")): record.get("user_query")
        for record in _sources(queries.frame)
    }
    found = clean.ids(events.frame["query_id"]).map(texts)
    query = events.frame["query"].where(events.frame["query"].notna(), found)
    return replace(events, frame=events.frame.assign(query=query))


def _event(record: Mapping[str, Any]) -> dict[str, Any]:
    attributes = _mapping(record.get("event_attributes"))
    thing = _mapping(attributes.get("object"))
    return {
        "user_id": record.get("client_id"),
        "item_id": thing.get("object_id"),
        "event_type": clean.one_id(record.get("action_name")),
        "timestamp": record.get("timestamp"),
        "query": record.get("user_query"),
        "query_id": record.get("query_id"),
        "position": _mapping(attributes.get("position")).get("ordinal"),
        "session_id": record.get("session_id") or attributes.get("session_id"),
    }


def _sources(frame: pd.DataFrame) -> list[Mapping[str, Any]]:
    if "_source" in frame:
        return [_mapping(value) for value in frame["_source"]]
    records: list[Mapping[str, Any]] = frame.to_dict("records")
    return records


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


FORMAT = Format("ubi", "OpenSearch User Behavior Insights (ubi_events)", detect, events)
