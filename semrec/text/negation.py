"""What a query does not want: ``不要皮的``, ``不含酒精``, ``除了黑色都行``.

A lack that is itself a feature stays in the query: 无糖饼干 asks for biscuits that say 无糖.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Cut = Callable[[str], Sequence[str]]
"""Cuts a text into words that together are the text."""
Products = Callable[[str], Sequence[tuple[int, int]]]
"""Where product words stand in a text: start and end of each, overlapping ones too."""

_REFUSALS = (
    r"(?<!要)(?<!有)(?P<refusal>(?:千万|坚决|绝对)?"
    r"(?:不想要|不喜欢|不要|别要|别买|别带|别放)(?!求|紧|钱))"
)
_LACKS = (
    r"(?<!要)(?<!有)(?P<lack>不含(?!税)|不带|不放|不需要|没有"
    r"|(?P<added>不加(?!热|湿|班|价|盟|油站)))"
)
_EXCEPT = r"(?P<but>除了|除开|除去(?=.{1,6}(?:以外|之外|外|都)))"
_NEGATION = re.compile(
    rf"(?:{_REFUSALS}|{_LACKS}|{_EXCEPT})\s*(?:含有|含|带有|带(?!子|鱼)|任何|那种|这种|买|是)?"
)
_END = re.compile(
    r"[的了]|以外|之外|都行|都可|都要|也行|也可|就行|还有|只要|要|可以|能|就"
    r"|[,，。;；!！?？|/ ]|那种|这种|款式"
)
_LIST = re.compile(r"和|或者|或|及|、|跟")
_NO_THING = re.compile(r"^(?:太|那么|这么|很|特别|我|你|他|她|人|过|不)")
_DENIED = re.compile(r"(?:无|不含|不加|不带|不是|没有|零|0|免|防|去|抗|非|不)$")
_LONGEST = 8


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Words that are not wanted, and the characters ``start`` to ``end`` that say so.

    ``certain`` is False for 没有 and 不需要, which often only describes (没有耳洞可以戴的), and
    where it is a guess what is refused.
    """

    words: tuple[str, ...]
    certain: bool
    start: int
    end: int


def parse_negation(text: str, cut: Cut, products: Products | None = None) -> list[Exclusion]:
    """All exclusions in a normalised text.

    The words end at 的, at a mark or at words such as 都行. Without such an end they reach to the
    product word (不要碎花连衣裙), unless one stands before (连衣裙不要碎花雪纺). Where no product
    word is known, what follows is one word when a product must still come (不含酒精爽肤水), else
    everything.

    Args:
        text: a normalised query.
        cut: cuts a text into words.
        products: finds product words; None where none is known.

    >>> [found.words for found in parse_negation("不要皮的沙发", list)]
    [('皮',)]
    """
    found: list[Exclusion] = []
    position = 0
    while (match := _NEGATION.search(text, position)) is not None:
        end, sure = _object_end(text, match, cut, products or _none)
        position = max(end, match.end())
        object_ = text[match.end() : end].strip()
        if not object_ or _NO_THING.match(object_):
            continue
        words = tuple(word for word in _LIST.split(object_) if word)
        if match["added"]:
            words = tuple(f"加{word}" for word in words)
        certain = sure and match["lack"] not in {"没有", "不需要"}
        stop = end + 1 if text[end : end + 1] in {"的", ","} else end
        found.append(Exclusion(words, certain, match.start(), stop))
    return found


def _none(text: str) -> Sequence[tuple[int, int]]:
    return ()


def _object_end(text: str, match: re.Match[str], cut: Cut, products: Products) -> tuple[int, bool]:
    """Where the refused words end, and whether that is sure."""
    start = match.end()
    rest = text[start:]
    stop = _END.search(rest)
    reach = len(rest) if stop is None else stop.start()
    said = stop is not None and stop[0].startswith(("的", "以外", "之外", "都", "也"))
    if said and reach <= _LONGEST:
        return start + reach, True
    before = text[: match.start()].strip()
    if not products(before):
        heads = [begin for begin, end in products(rest[:reach]) if end == reach and begin > 0]
        if heads:
            return start + min(heads), True
    words = [word for word in cut(rest[:reach]) if word]
    if len(words) > 1 and (match["lack"] or not before):
        first = len(words[0])
        # 不要红色和黑色: a list goes on.
        while (more := _LIST.match(rest, first)) is not None and more.end() < reach:
            following = cut(rest[more.end() : reach])
            first = more.end() + len(following[0])
        return start + first, bool(match["lack"])
    return start + min(reach, _LONGEST), bool(before)


def mentions(title: str, word: str) -> bool:
    """Whether a title has what a word names, and does not say that it lacks it.

    >>> mentions("真皮沙发", "皮"), mentions("无酒精爽肤水", "酒精")
    (True, False)

    Args:
        title: a normalised title.
        word: a normalised word of ``QueryIntent.exclude``.
    """
    at = title.find(word)
    while at >= 0:
        if not _DENIED.search(title[max(0, at - 2) : at]):
            return True
        at = title.find(word, at + 1)
    return False
