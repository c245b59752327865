"""Evidence for and against a title being what a query asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semrec.rank.brand_names import brand_names
from semrec.rank.commonness import Commonness, grams
from semrec.rank.oppositions import values_said
from semrec.rank.reading import Reading
from semrec.text.pieces import Piece

SIGNS: dict[str, int] = {
    "cover": 1,
    "head": 1,
    "head cover": 1,
    "last product": 1,
    "sequence": 1,
    "whole": 1,
    "weakest": 1,
    "head near": 1,
    "brand same": 1,
    "brand other": -1,
    "brand missing": -1,
    "code same": 1,
    "code other": -1,
    "code missing": -1,
    "quantity same": 1,
    "quantity other": -1,
    "quantity missing": -1,
    "crowd other": -1,
    "colour other": -1,
    "value other": -1,
    "crowd missing": -1,
    "value missing": -1,
    "value same": 1,
    "unmatched": -1,
    "part": -1,
    "thing": -1,
    "made for": -1,
    "unwanted": -1,
}
"""Feature → +1 where more of it may only raise the probability, -1 where it may only lower it."""
NAMES = tuple(SIGNS)
_NEAREST = 4.0
"""Nearness is cut here; what stands in the title letter by letter is as near as that."""

_CROWDS = frozenset({"gender", "age", "couple", "pregnant", "pet", "pet age"})
_PARTS_TEXT = """
壳 套 膜 罩 垫 架 支架 包 盒 袋 线 芯 头 配件 零件 挂钩 贴 贴纸 盖 圈 带 链 扣 电池 电源 充电器
滤网 滤芯 刷头 遥控器 按键 内胆 底座 轮 轮子 把手 开关 主板 马达 皮带 密封圈 管 软管 接头 螺丝
清洗剂 润滑油 说明书 模具 玩具 模型 教程 树苗 种子 机针 水泵 滤纸 墨盒 硒鼓 碳粉 键盘 屏幕 外壳
保护套 保护壳 钢化膜 保护膜 收纳盒 收纳包 收纳袋 置物架 地钉 表带 手柄 刀片 钻头 灯泡 灯罩 坐垫
凉席 窝 杆 杯 弦 凳 托盘
"""
_PARTS = tuple(_PARTS_TEXT.split())
"""Words that name a part of a thing or something for it."""
_FOR = re.compile(r"适用(?:于)?|专用|配件|替换|维修|改装|兼容|通用")


@dataclass(frozen=True, slots=True)
class Match:
    """How well a title answers one piece of a query: ``share`` 0..1, ``weight`` of the piece."""

    piece: Piece
    share: float
    weight: float


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a title is in meaning, in standard deviations over titles at large.

    Attributes:
        whole: to the query.
        pieces: to each piece of the query alone, shape ``(pieces,)``.
    """

    whole: float
    pieces: NDArray[np.float32]


def features(
    query: Reading, title: Reading, common: Commonness, near: Nearness | None = None
) -> NDArray[np.float32]:
    """The features of one pair, shape ``(len(NAMES),)``, float32; NaN where nothing can be said.

    Args:
        query, title: what the two say.
        common: how telling a piece is.
        near: nearness in meaning, None without an encoder.
    """
    matches = [_match(piece, query, title, common) for piece in query.pieces]
    found: dict[str, float] = {
        "cover": _mean(matches),
        "sequence": _common_run(query.text, title.text) / max(len(query.text), 1),
        "unmatched": max(
            (m.weight * (1 - m.share) for m in matches if not _is_value(m.piece)), default=0.0
        ),
        "made for": float(bool(_FOR.search(title.text)) and not _FOR.search(query.text)),
        "unwanted": _unwanted(query, title),
    }
    if near is not None:
        found |= _meaning(query, matches, near)
    found |= _head(query, title, matches)
    found |= _part_or_thing(query, title)
    found |= _brand(query, title)
    found |= _codes(query, title)
    found |= _quantities(query, title)
    found |= _values(query, title)
    return np.array([found.get(name, np.nan) for name in NAMES], dtype=np.float32)


def _match(piece: Piece, query: Reading, title: Reading, common: Commonness) -> Match:
    return Match(piece, _share(piece, query, title), common.weight(piece.text))


def _share(piece: Piece, query: Reading, title: Reading) -> float:
    text = piece.text
    if text.isascii():
        if re.search(rf"(?<![a-z0-9]){re.escape(text)}(?![a-z0-9])", title.text):
            return 1.0
    elif text in title.text:
        return 1.0
    if brand_names().get(text) in title.brands:
        return 1.0
    wanted = values_said(text)
    if wanted and all(
        title.values.get(name, frozenset()) & values for name, values in wanted.items()
    ):
        return 1.0
    own = [q for q in query.quantities if q.start >= piece.start and q.end <= piece.end]
    if own and all(
        any(q.kind == t.kind and q.value == t.value for t in title.quantities) for q in own
    ):
        return 1.0
    pairs = grams(text)
    if not pairs or text.isascii():
        return 0.5 if text in title.text else 0.0
    by_pairs = sum(pair in title.text for pair in pairs) / len(pairs)
    by_characters = sum(character in title.text for character in text) / len(text)
    return 0.6 * by_pairs + 0.2 * by_characters


def _mean(matches: Sequence[Match]) -> float:
    total = sum(match.weight for match in matches)
    return sum(m.share * m.weight for m in matches) / total if total else 0.0


def _is_value(piece: Piece) -> bool:
    return piece.kind == "vocabulary" or bool(values_said(piece.text))


def _meaning(query: Reading, matches: Sequence[Match], near: Nearness) -> dict[str, float]:
    """A title is as right as what is farthest from it among the pieces that it does not name."""
    cut = np.minimum(near.pieces, _NEAREST)
    pieces = [_NEAREST if m.share == 1.0 else float(z) for m, z in zip(matches, cut, strict=True)]
    found = {"whole": near.whole, "weakest": min(pieces, default=np.nan)}
    if query.head is not None:
        own = [z for m, z in zip(matches, cut, strict=True) if m.piece.end > query.head.start]
        found["head near"] = float(max(own, default=np.nan))
    return found


def _common_run(left: str, right: str) -> int:
    """Length of the longest run of characters that both texts hold."""
    best = 0
    for start in range(len(left)):
        while start + best < len(left) and left[start : start + best + 1] in right:
            best += 1
    return best


def _head(query: Reading, title: Reading, matches: Sequence[Match]) -> dict[str, float]:
    head = query.head
    if head is None:
        return {}
    scores = [same_end(head.text, span.text) for span in title.products]
    inside = [m for m in matches if m.piece.start < head.end and m.piece.end > head.start]
    return {
        "head": max(scores, default=float(title.text.endswith(head.text))),
        "last product": scores[-1] if scores else np.nan,
        "head cover": _mean(inside),
    }


def same_end(asked: str, offered: str) -> float:
    """Share of the product word that the offered one ends with (手机壳 and 保护壳: a third)."""
    count = 0
    for a, b in zip(reversed(asked), reversed(offered), strict=False):
        if a != b:
            break
        count += 1
    return count / min(len(asked), len(offered)) if count else 0.0


def _part_or_thing(query: Reading, title: Reading) -> dict[str, float]:
    """Who asks for a phone wants no case, and who asks for a case no phone."""
    asks = query.text.endswith(_PARTS)
    ends = [span.text.endswith(_PARTS) for span in title.products]
    for_it = bool(_FOR.search(title.text))
    named = any(part in title.text for part in _PARTS if len(part) > 1)
    offers = bool(ends and ends[-1]) or (for_it and (named or any(ends)))
    return {
        "part": float(offers and not asks),
        "thing": float(asks and not offers and not any(ends) and not for_it),
    }


def _brand(query: Reading, title: Reading) -> dict[str, float]:
    if not query.brands:
        return {}
    same = bool(query.brands & title.brands) or any(name in title.text for name in query.brands)
    other = bool(title.brands - query.brands)
    return {
        "brand same": float(same),
        "brand other": float(other and not same),
        "brand missing": float(not same and not other),
    }


def _codes(query: Reading, title: Reading) -> dict[str, float]:
    if not query.codes:
        return {}
    missing = {code for code in query.codes if not _has_code(code, title.text)}
    same = len(query.codes) - len(missing)
    other = any(_alike(code, own) for code in missing for own in title.codes)
    return {
        "code same": same / len(query.codes),
        "code other": float(other),
        "code missing": len(missing) / len(query.codes) * float(not other),
    }


def _has_code(code: str, text: str) -> bool:
    """Whether a code stands in a text, blanks inside aside, but not inside a longer number."""
    pattern = r"[\s-]?".join(re.escape(part) for part in re.findall(r"[a-z]+|\d+", code))
    return bool(re.search(rf"(?<!\d){pattern}(?!\d)", text))


def _alike(code: str, other: str) -> bool:
    """Whether two codes are of one kind: the same letters, or numbers of one length."""
    letters, others = re.sub(r"\d", "", code), re.sub(r"\d", "", other)
    if letters or others:
        return letters == others
    return len(code) == len(other) and not re.fullmatch(r"20[0-3]\d", other)


def _quantities(query: Reading, title: Reading) -> dict[str, float]:
    asked = [(q.kind, q.value) for q in query.quantities if q.comparable]
    asked += query.ordinals
    if not asked:
        return {}
    said = [(q.kind, q.value) for q in title.quantities] + list(title.ordinals)
    same = other = 0
    for kind, value in asked:
        offered = {own for name, own in said if name == kind}
        same += value in offered
        other += bool(offered) and value not in offered
    count = len(asked)
    return {
        "quantity same": same / count,
        "quantity other": other / count,
        "quantity missing": (count - same - other) / count,
    }


def _values(query: Reading, title: Reading) -> dict[str, float]:
    names = ("crowd other", "colour other", "value other", "crowd missing", "value missing")
    found = dict.fromkeys(names, 0.0)
    same = 0
    for dimension, wanted in query.values.items():
        offered = title.values.get(dimension, frozenset())
        if wanted & offered:
            same += 1
        elif offered:
            kind = (
                "crowd" if dimension in _CROWDS else "colour" if dimension == "colour" else "value"
            )
            found[f"{kind} other"] = 1.0
        else:
            found["crowd missing" if dimension in _CROWDS else "value missing"] += 1.0
    return {**found, "value same": float(same)} if query.values else {}


def _unwanted(query: Reading, title: Reading) -> float:
    """Share of the excluded words that the title has, and does not deny itself (无酒精)."""
    if not query.excluded:
        return np.nan
    bad = 0
    for word in query.excluded:
        says = values_said(word)
        named = re.search(rf"(?<![无不免防非零0去]){re.escape(word)}", title.text)
        kinds = any(title.values.get(name, frozenset()) & values for name, values in says.items())
        bad += bool(named) or kinds
    return bad / len(query.excluded)
