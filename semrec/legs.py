"""Which legs of a search answer, and which encoder stands on which side of the dense one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from semrec.errors import ConfigError, InvalidArgument, legal, shorten

if TYPE_CHECKING:
    from semrec.config import EmbedConfig

Side: TypeAlias = Literal["student", "teacher", "mean"]
"""Who encodes a text; ``mean`` is the mean of both vectors."""
Sides: TypeAlias = Literal["student", "student+teacher", "teacher", "mean"]
"""Queries and items by the student; queries by the student, items by the teacher; both by the
teacher; both by the mean of the two."""

Using: TypeAlias = Literal[
    "blend",
    "lexical",
    "dense",
    "student",
    "student+teacher",
    "teacher",
    "mean",
    "lexical+student",
    "lexical+student+teacher",
    "lexical+teacher",
    "lexical+mean",
]
"""``blend`` is everything that the shop has; ``dense`` the sides that the index was built for."""

USING: tuple[Using, ...] = get_args(Using)
SIDES: tuple[Sides, ...] = get_args(Sides)


PACKAGED = "pretrained"
"""The setting ``embed.student`` of the student that comes with semrec."""
TITLES_A_SECOND = 20.0
"""What a small transformer encodes on two cores."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The sides of an index, and why."""

    sides: Sides
    why: str


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
    known_using(using)
    if using == "blend":
        return Legs(lexical=True, sides=default, everything=True)
    names = using.split("+")
    rest = "+".join(name for name in names if name != "lexical")
    named: dict[str, Sides] = {"dense": default, **{sides: sides for sides in SIDES}}
    return Legs(lexical="lexical" in names, sides=named.get(rest), everything=False)


def known_using(name: str) -> Using:
    """The name, if it is one of :data:`USING`.

    Raises:
        InvalidArgument: it is not.
    """
    for using in USING:
        if using == name:
            return using
    raise InvalidArgument(f"using = {shorten(name)}; legal: {legal(USING, str(name))}")


def item_side(sides: Sides) -> Side:
    """Who encodes the items."""
    return "teacher" if sides == "student+teacher" else sides


def query_side(sides: Sides) -> Side:
    """Who encodes the queries."""
    return "student" if sides == "student+teacher" else sides


def choose_sides(
    config: EmbedConfig, n_items: int, *, student: bool, pair: Callable[[], bool]
) -> Choice:
    """Who encodes what, by the setting ``sides``; ``auto`` is a rule.

    The rule: the teacher's vectors of the items are better (blended by .02 to .04 nDCG@10, see
    ``embed/README.md``) and cost a twentieth of a second an item; they are taken if all items fit
    the budget. Their queries are encoded by a student that was adapted to this shop, in a fraction
    of a millisecond and without torch. The packaged student errs elsewhere than the teacher, so
    the mean of both encodes both sides; a student of another teacher is left out.

    Args:
        config: the settings of the encoders.
        n_items: how many items the catalog has.
        student: whether there is a student.
        pair: tells whether it was distilled from this teacher, so that their vectors compare;
            asked only where that matters.

    Raises:
        ConfigError: the setting asks for a student, or for a pair, that is not there.
    """
    if config.sides != "auto":
        _check_sides(config, student=student, pair=pair)
        return Choice(config.sides, "embed.sides asks for it")
    seconds = n_items / TITLES_A_SECOND
    cost = f"the teacher would take about {seconds:,.0f} s for {n_items:,} items"
    if not student:
        return Choice("teacher", "there is no student")
    if seconds > config.budget_seconds:
        return Choice("student", f"{cost}; embed.budget_seconds allows {config.budget_seconds:g}")
    sides: Sides = "teacher"
    if pair():
        sides = "mean" if config.student == PACKAGED else "student+teacher"
    return Choice(sides, f"{cost}, within embed.budget_seconds = {config.budget_seconds:g}")


def _check_sides(config: EmbedConfig, *, student: bool, pair: Callable[[], bool]) -> None:
    if config.sides != "teacher" and not student:
        raise ConfigError(f'embed.sides = {config.sides!r} needs a student; embed.student = "none"')
    if config.sides in ("student+teacher", "mean") and not pair():
        raise ConfigError(
            f"embed.sides = {config.sides!r} needs a student of {config.model}; "
            f"embed.student = {config.student!r} is of another model"
        )
