"""Runs of letters and digits: model numbers whole and in part, and what two neighbours make."""

from __future__ import annotations

import re

_SUBRUN = re.compile(r"\d+\.\d+[^\W\d_]*|[^\W_]+")
_PART = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?")
_MODEL = re.compile(r"([a-z]{1,12})(\d+)(?=\D|$)")

FAMILY = "~"
"""Before the letters of a model number, in the term that says: some model of this family."""


def run_terms(run: str) -> list[str]:
    """The terms of one run: itself, what stands between its ``-./``, and its parts.

    >>> run_terms("lx125/tk120")
    ['lx125/tk120', 'lx125', 'lx', '125', '~lx', 'tk120', 'tk', '120', '~tk']
    """
    terms = [run]
    for subrun in _SUBRUN.findall(run):
        terms += [subrun] if subrun != run else []
        parts = _PART.findall(subrun)
        terms += parts if len(parts) > 1 else []
        terms += _model(subrun)
    return terms


def joined(left: str, right: str) -> list[str]:
    """What two runs with a space or hyphen between would be without it: ``iphone 15``."""
    both = left + right
    return [both, *_model(both)] if left[-1].isalpha() else []


def _model(subrun: str) -> list[str]:
    """Family and head of a model number; the head only where more follows (``iphone15pro``)."""
    match = _MODEL.match(subrun)
    if match is None:
        return []
    head = [match[0]] if match[0] != subrun else []
    return [*head, FAMILY + match[1]]
