"""Chinese product search and recommendation, on a laptop, offline, with reasons.

>>> import semrec
>>> engine = semrec.Engine.build(catalog="catalog.csv", events="events.csv")  # doctest: +SKIP
>>> engine.search("送女友的生日礼物", k=5)  # doctest: +SKIP

Names load at their first use, so that ``import semrec`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from semrec._version import __version__

if TYPE_CHECKING:
    from semrec import datasets, errors, evaluate
    from semrec.config import Config
    from semrec.engine import Engine
    from semrec.errors import SemrecError
    from semrec.results import Hit, Results

_HOMES = {
    "Config": "semrec.config",
    "Engine": "semrec.engine",
    "Hit": "semrec.results",
    "Results": "semrec.results",
    "SemrecError": "semrec.errors",
}
_ROOMS = ("datasets", "errors", "evaluate")

__all__ = [
    "Config",
    "Engine",
    "Hit",
    "Results",
    "SemrecError",
    "__version__",
    "datasets",
    "errors",
    "evaluate",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name in _ROOMS:
        return importlib.import_module(f"semrec.{name}")
    raise AttributeError(f"module 'semrec' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
