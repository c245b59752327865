"""Which legs of a search answer, and which encoder stands on which side of the dense one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from semrec.errors import InvalidArgument, legal, shorten

Sides: TypeAlias = Literal["student", "student+teacher", "teacher"]
"""Queries and items by the student; queries by the student, items by the teacher; both by it."""

Using: TypeAlias = Literal[
    "blend",
    "lexical",
    "dense",
    "student",
    "student+teacher",
    "teacher",
    "lexical+student",
    "lexical+student+teacher",
    "lexical+teacher",
]
"""``blend`` is everything that the shop has; ``dense`` the sides that the index was built for."""

USING: tuple[Using, ...] = get_args(Using)
SIDES: tuple[Sides, ...] = get_args(Sides)


@dataclass(frozen=True, slots=True)
class Legs:
    """What answers a search.

    Attributes:
        lexical: whether BM25 does.
        sides: who encodes for the dense leg, None if there is none.
        everything: whether all other signals are heard as well.
    """

    lexical: bool
    sides: Sides | None
    everything: bool


def legs(using: Using, default: Sides) -> Legs:
    """The legs that a user named.

    Args:
        using: one of :data:`USING`.
        default: the sides that the index was built for.

    Raises:
        InvalidArgument: there is no such name.
    """
    if using not in USING:
        raise InvalidArgument(f"using = {shorten(using)}; legal: {legal(USING, str(using))}")
    if using == "blend":
        return Legs(lexical=True, sides=default, everything=True)
    names = using.split("+")
    rest = "+".join(name for name in names if name != "lexical")
    named: dict[str, Sides] = {"dense": default, **{sides: sides for sides in SIDES}}
    return Legs(lexical="lexical" in names, sides=named.get(rest), everything=False)


def item_side(sides: Sides) -> Literal["student", "teacher"]:
    """Who encodes the items."""
    return "student" if sides == "student" else "teacher"


def query_side(sides: Sides) -> Literal["student", "teacher"]:
    """Who encodes the queries."""
    return "teacher" if sides == "teacher" else "student"
