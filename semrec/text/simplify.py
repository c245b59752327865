"""Traditional characters to simplified ones, one by one, so that every position stays."""

from __future__ import annotations

from functools import cache
from importlib import resources

_TABLE = "assets/simplified.txt"


def simplify(text: str) -> str:
    """The text in simplified characters; as long as before, and ``simplify`` changes it no more.

    Whole words are not looked at: the result is for comparing, where 乾燥 and 干燥 must meet, and
    it does not matter that 乾隆 becomes 干隆 on both sides. The table is that of OpenCC
    (https://github.com/BYVoid/OpenCC, Apache-2.0).

    >>> simplify("貓咪飼料")
    '猫咪饲料'
    """
    return text if text.isascii() else text.translate(_table())


@cache
def _table() -> dict[int, int]:
    text = resources.files("semrec.text").joinpath(_TABLE).read_text(encoding="utf-8")
    traditional, simplified = (line for line in text.splitlines() if not line.startswith("#"))
    return str.maketrans(traditional, simplified)
