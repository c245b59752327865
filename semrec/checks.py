"""What callers hand over, checked at the door: a named error in place of a traceback from within.

Any number type counts (numpy's, too), a bool does not, nor does NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from numbers import Integral, Real

from semrec.errors import InvalidArgument, shorten


def check_text(name: str, value: object) -> str:
    """The value, if it is a string.

    Raises:
        InvalidArgument: it is not; ``name`` says which argument it is, as in all checks here.
    """
    if not isinstance(value, str):
        raise InvalidArgument(f"{name} = {shorten(value)}; legal: a string")
    return value


def check_texts(name: str, values: object) -> list[str]:
    """Several strings as a list: of a list, a tuple, an array, a Series.

    Raises:
        InvalidArgument: they are one string, or nothing that holds strings alone.
    """
    if not isinstance(values, Iterable) or isinstance(values, str | bytes | Mapping):
        raise InvalidArgument(f"{name} = {shorten(values)}; legal: a list of strings")
    return [_one_of(name, i, value) for i, value in enumerate(values)]


def _one_of(name: str, i: int, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidArgument(f"{name}[{i}] = {shorten(value)}; legal: a list of strings")
    return value


def check_number(name: str, value: object, low: float = 0.0, high: float = math.inf) -> float:
    """The value as a float, if it is a number from ``low`` to ``high``, both included.

    Raises:
        InvalidArgument: it is not.
    """
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
    if not low <= number <= high:
        legal = f"{low:g} to {high:g}" if math.isfinite(high) else f"a number, {low:g} or more"
        raise InvalidArgument(f"{name} = {shorten(value)}; legal: {legal}")
    return number


def check_count(name: str, value: object, low: int = 0, high: int | None = None) -> int:
    """The value as an int, if it is a whole number from ``low`` on, and at most ``high``.

    Raises:
        InvalidArgument: it is not.
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    number = int(value) if isinstance(value, Integral) and whole else low - 1
    if number < low or (high is not None and number > high):
        legal = f"a whole number, {low} or more" if high is None else f"{low} to {high}"
        raise InvalidArgument(f"{name} = {shorten(value)}; legal: {legal}")
    return number


def check_user(user: object) -> None:
    """Refuse what is no single id, such as a list of one.

    Raises:
        InvalidArgument: always then.
    """
    if isinstance(user, Iterable) and not isinstance(user, str):
        raise InvalidArgument(f"user = {shorten(user)}; legal: one id, or None")
