"""What an importer is: a name, how to recognise it, and how to turn it into our columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from semrec.data.tables import Table


@dataclass(frozen=True)
class Format:
    """One foreign format.

    Attributes:
        name: how a user names it.
        about: what it is, in a few words, for help texts.
        detect: tells from the column names whether a table is in this format.
        events: a table of behaviour into our event columns; None if the format has none.
        items: a table of products into our catalog columns; None if the format has none.

    Conversions keep each record's row number, so that complaints point into the user's file.
    """

    name: str
    about: str
    detect: Callable[[Sequence[str]], bool]
    events: Callable[[Table], Table] | None = None
    items: Callable[[Table], Table] | None = None
