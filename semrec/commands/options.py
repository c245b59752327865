"""Options and arguments that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from semrec.legs import Using

if TYPE_CHECKING:
    from semrec.engine import Engine

UsingOption = Annotated[Using, Option(help="Which legs answer; one alone, for comparison.")]
ContextOption = Annotated[
    list[str] | None,
    Option(
        "--context",
        "-x",
        help="The situation: hour=22, season=冬季, festival=双11, weather=下雨, texts=…; "
        "items just looked at, session=p1; of a newcomer also category=手机, query=蓝牙耳机. "
        "May be repeated.",
    ),
]
RerankOption = Annotated[
    str | None,
    Option(help="Read the first candidates again: none, features, or a cross-encoder."),
]


DiversityOption = Annotated[
    list[str] | None,
    Option(
        "--diversity",
        "-d",
        help="What may be paid for variety: novelty=0.3, tail=0.3, keep=3, per_brand=2, "
        "per_category=4, mix=0.5, exploration=0.1; novelty=0: by score alone. May be repeated.",
    ),
]


class Format(StrEnum):
    """How interactions are written."""

    adjacency = "adjacency"
    events = "events"


FORMATS = "auto, semrec, recbole, rectools, ubi, personalize, taobao or ratings"
Index = Annotated[
    Path, Argument(help="Index folder that `semrec build` wrote.", show_default=False)
]
Item = Annotated[str, Argument(help="Item id, as in the catalog.", show_default=False)]
Json = Annotated[bool, Option("--json", help="Print one JSON object on stdout, nothing else.")]
TopK = Annotated[int, Option("-k", "--k", help="How many items at most.")]
FilterOption = Annotated[
    list[str] | None,
    Option(
        "--filter",
        "-f",
        help="category=美妆, price=100..500, price=..500; may be repeated; several values of one "
        "column: any of them.",
    ),
]
ModelOption = Annotated[
    str | None, Option(help="Embedding model: a folder, a hub name, or the offline default.")
]


def load(index: Path, model: str | None = None) -> Engine:
    """Open an index folder."""
    from semrec.engine import Engine

    return Engine.load(index, model=model)
