"""The ways in which a query goes wrong."""

from __future__ import annotations

from enum import StrEnum


class Slip(StrEnum):
    """One kind of slip."""

    TRADITIONAL = "traditional"
    HOMOPHONE = "homophone"
    HOMOPHONE_WORD = "homophone_word"
    NEAR_HOMOPHONE = "near_homophone"
    SHAPE = "shape"
    MISSING = "missing"
    MISSING_END = "missing_end"
    EXTRA = "extra"
    DOUBLED = "doubled"
    REPEATED = "repeated"
    REPEATED_WORD = "repeated_word"
    LEFTOVER = "leftover"
    SWAPPED = "swapped"
    PINYIN = "pinyin"
    LATIN = "latin"
    MOVED = "moved"
