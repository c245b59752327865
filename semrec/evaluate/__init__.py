"""Metrics, splits, runs and reports for search and recommendation.

>>> from semrec.evaluate import run
>>> report = run({"bm25": bm25, "blend": blend}, queries, qrels, k=10)  # doctest: +SKIP
>>> report.to_html("report.html")  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from semrec.evaluate.background import Background
    from semrec.evaluate.compare import run
    from semrec.evaluate.report import Report

_HOMES = {
    "Background": "semrec.evaluate.background",
    "Report": "semrec.evaluate.report",
    "run": "semrec.evaluate.compare",
}

__all__ = ["Background", "Report", "run"]


def __getattr__(name: str) -> Any:
    # At their first use: the engine's own modules may import this room without a cycle.
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'semrec.evaluate' has no attribute {name!r}")
