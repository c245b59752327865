"""The contract of everything that finds items for a query."""

from __future__ import annotations

from typing import Protocol, TypeVar

from semrec.types import Hits, Mask, Rows, Scores

Query_contra = TypeVar("Query_contra", contravariant=True)


class Index(Protocol[Query_contra]):
    """Finds candidates, and scores any candidate that another source found."""

    def __len__(self) -> int:
        """How many items it holds."""

    def search(self, query: Query_contra, k: int, allowed: Mask | None = None) -> Hits:
        """The best ``k`` of the allowed items (all, if None), ranked; fewer where fewer match."""

    def score_rows(self, query: Query_contra, rows: Rows) -> Scores:
        """What ``search`` would score each given item, shape ``(len(rows),)``."""
