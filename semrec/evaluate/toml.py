"""Settings as TOML text: what differs from others, written so that ``tomllib`` reads it back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def changed(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from the defaults, with the same nesting."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        other = defaults.get(name)
        if isinstance(value, Mapping) and isinstance(other, Mapping):
            inner = changed(value, other)
            if inner:
                found[name] = inner
        elif value != other:
            found[name] = value
    return found


def to_toml(values: Mapping[str, Any], table: str = "") -> str:
    """Nested mappings of numbers, texts and truth values; None is left out, as TOML has none."""
    plain = {name: value for name, value in values.items() if not isinstance(value, Mapping)}
    lines = [f"{_key(n)} = {_literal(v)}" for n, v in plain.items() if v is not None]
    text = "\n".join([*([f"\n[{table}]"] if table and lines else []), *lines, ""]) if lines else ""
    for name, value in values.items():
        if isinstance(value, Mapping):
            text += to_toml(value, f"{table}.{_key(name)}" if table else _key(name))
    return text


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _literal(name)


def _literal(value: float | str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's escapes are all legal in a basic string of TOML, except that of DEL.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
