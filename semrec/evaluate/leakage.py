"""What a test could know that it should not, and what nobody could have known."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from semrec.errors import SemrecWarning
from semrec.evaluate.splits import Split
from semrec.text.normalise import normalise


class LeakageWarning(SemrecWarning):
    """A figure on this split says less than it seems to."""


@dataclass(frozen=True, slots=True)
class Leak:
    """One kind of leak.

    Attributes:
        kind: ``pair in both``, ``later than the test``, ``item only in the test``,
            ``user only in the test`` or ``query in training``.
        count: rows, items, users or queries that are concerned.
        of: of how many.
        example: the first of them.
    """

    kind: str
    count: int
    of: int
    example: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.count} of {self.of}, such as {self.example}"


def leaks(split: Split) -> list[Leak]:
    """Look through a split of a behaviour log.

    * ``pair in both``: a test pair that was learnt from (a repeat, or a leak).
    * ``later than the test``: training events after the earliest test event.
    * ``item only in the test``: nobody could learn it from behaviour; a cold item.
    * ``user only in the test``, unless their history is given.
    """
    train, test = split.train, split.test
    known = train if split.history is None else pd.concat([train, split.history])
    found: list[tuple[str, list[str], int]] = []
    pairs = pd.MultiIndex.from_frame(known[["user_id", "item_id"]])
    both = test[pd.MultiIndex.from_frame(test[["user_id", "item_id"]]).isin(pairs)]
    found.append(("pair in both", _events(both), len(test)))
    if "timestamp" in train and "timestamp" in test:
        late = train[train["timestamp"] > test["timestamp"].min()]
        found.append(("later than the test", _events(late), len(train)))
    for column in ("item_id", "user_id"):
        name = f"{column.removesuffix('_id')} only in the test"
        asked = test[column].drop_duplicates()
        found.append((name, asked[~asked.isin(known[column])].tolist(), len(asked)))
    return [Leak(kind, len(rows), of, rows[0]) for kind, rows, of in found if rows]


def query_leaks(trained: Iterable[str], tested: Iterable[str]) -> list[Leak]:
    """Test queries that were trained on, compared as search normalises them."""
    seen = {normalise(query) for query in trained}
    asked = list(tested)
    again = [query for query in asked if normalise(query) in seen]
    return [Leak("query in training", len(again), len(asked), again[0])] if again else []


def warn_of(found: Iterable[Leak]) -> None:
    """Warn of each leak.

    Warns:
        LeakageWarning: one a kind.
    """
    for leak in found:
        warnings.warn(str(leak), LeakageWarning, stacklevel=2)


def _events(rows: pd.DataFrame) -> list[str]:
    return [f"{user} {item}" for user, item in zip(rows["user_id"], rows["item_id"], strict=True)]
