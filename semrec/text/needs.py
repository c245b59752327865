"""Needs behind the words: whom a thing is for, the occasion, the scene, the season, the goal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

NeedKind = Literal["person", "occasion", "scene", "season", "goal"]
Entry = tuple[str, tuple[str, ...], tuple[str, ...]]
"""Tag, the words that stand for it (the tag included), words that help to find what it needs."""


@dataclass(frozen=True, slots=True)
class Need:
    """One implicit need.

    Attributes:
        kind: person, occasion, scene, season or goal.
        tag: the normalised need: 媳妇 and 老婆 are both 妻子.
        word: the word of the query that stands for it.
        expansion: words that titles of fitting products use, for retrieval; may be empty.
    """

    kind: NeedKind
    tag: str
    word: str
    expansion: tuple[str, ...] = ()


# Words that only look like a need: a boyfriend-style shirt is for her, a mummy bag is a bag.
_NO_NEED = re.compile(
    r"男友(?:风|款|力|衬衫)|女友(?:粉|视角)|妈咪(?:包|袋)|老爹鞋|奶奶(?:裤|鞋|灰|包)|爷爷(?:不泡|泡)的茶|公主(?:床|裙|车|切|被|蚊帐|鞋|王冠)"
    r"|春(?:卷|联|秋战国|药|申|光|晚|装饰)|秋(?:葵|千|刀鱼|裤|衣|梨|耳|林)|夏(?:朵|洛|普|目|威夷|天的风|凉被)|冬(?:瓜|虫夏草|笋|菇|枣|青|阴功|奥)"
    r"|春(?:见|雨|笋|日|苗)|端午(?:门)|学生(?:证|卡|票)|教师(?:资格|证|招|编)|护士(?:资格|考)|老师(?:傅)|健身(?:卡)|海边的"
    r"|幼儿园大班|新年(?:度)|小白(?:鞋|裙|裤|衣|衫|t|菜|兔|熊)"
)
_GIFT = re.compile(
    r"礼物|礼品(?!袋|盒|包装|纸|卡)|送礼|伴手礼|送给|送人|惊喜"
    r"|送(?=[男女老妈爸长朋同闺领孩宝学爷奶父母岳媳兄姐客情哥弟妹师])"
)
_HOT: tuple[tuple[NeedKind, str], ...] = (("season", "夏季"), ("season", "天热"))
_COOLER: tuple[NeedKind, str] = ("season", "降温")
_GIFT_WORDS = ("礼盒", "礼物", "送礼")


def find_needs(text: str) -> list[Need]:
    """The needs in a normalised text, in text order; longer words win over those inside them.

    A person named together with giving (送女友, 给妈妈的礼物) is helped by gift words, too.

    >>> [(need.kind, need.tag, need.word) for need in find_needs("送媳妇生日礼物")]
    [('person', '妻子', '媳妇'), ('occasion', '生日', '生日')]
    """
    surfaces, pattern = _surfaces()
    blanked = _NO_NEED.sub(lambda match: " " * len(match[0]), text)
    gift = _GIFT.search(blanked) is not None
    needs: dict[tuple[str, str], Need] = {}
    for match in pattern.finditer(blanked):
        kind, tag, expansion = surfaces[match[0]]
        if gift and kind == "person":
            expansion = (*expansion, *_GIFT_WORDS)
        needs.setdefault((kind, tag), Need(kind, tag, match[0], expansion))
    if gift and not any(need.kind == "occasion" for need in needs.values()):
        word = _GIFT.search(blanked)
        said = "" if word is None else word[0]
        needs["occasion", "送礼"] = Need("occasion", "送礼", said, _GIFT_WORDS)
    if any(key in needs for key in _HOT):
        needs.pop(_COOLER, None)  # In summer it is the room that shall get cooler.
    return list(needs.values())


@cache
def _surfaces() -> tuple[Mapping[str, tuple[NeedKind, str, tuple[str, ...]]], re.Pattern[str]]:
    from semrec.text.needs_vocab import NEEDS

    surfaces = {
        word: (kind, tag, expansion)
        for kind, entries in NEEDS.items()
        for tag, words, expansion in entries
        for word in words
    }
    # Alternatives are tried from left to right, so the longest must come first.
    ordered = sorted(surfaces, key=len, reverse=True)
    # A number must not be part of a longer one: 214 is a day, 121416 is not.
    alternatives = (
        rf"(?<!\d){word}(?!\d)" if word.isdigit() else re.escape(word) for word in ordered
    )
    return surfaces, re.compile("|".join(alternatives))
