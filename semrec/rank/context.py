"""The situation of a person: hour, season, festival, weather, mood; as words that weigh a little.

Every rule is in ``RULES``; a situation gives the words of each rule that holds, in their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from semrec.checks import check_count
from semrec.errors import InvalidArgument, legal, shorten
from semrec.text.normalise import normalise

Mood = Literal["sad", "happy", "tired", "anxious"]
Kind = Literal["hour", "season", "festival", "weather", "mood"]

SEASON, FESTIVAL, WEATHER, HOUR, MOOD = 0.15, 0.3, 0.25, 0.1, 0.15
"""Weight of a word by the kind of its rule, where a word of the query weighs 1: a festival says
most of what is wanted, the hour least."""

RULES: dict[Kind, dict[str, tuple[str, ...]]] = {
    "hour": {
        "清晨": ("早餐", "咖啡"),
        "午间": ("午休", "午餐"),
        "晚间": ("家居", "零食"),
        "深夜": ("夜宵", "助眠", "眼罩", "静音"),
    },
    "season": {
        "春季": ("春季", "春装", "防晒", "薄款"),
        "夏季": ("夏季", "清凉", "防晒", "冰丝", "透气"),
        "秋季": ("秋季", "秋装", "保湿", "针织"),
        "冬季": ("冬季", "保暖", "加绒", "加厚"),
    },
    "festival": {
        "双11": ("优惠", "套装", "囤货", "量贩装"),
        "618": ("优惠", "套装", "囤货", "量贩装"),
        "春节": ("年货", "礼盒", "新年", "红色", "送礼"),
        "元宵节": ("汤圆", "灯笼"),
        "情人节": ("礼物", "礼盒", "情侣", "玫瑰"),
        "妇女节": ("女神", "礼物", "礼盒"),
        "清明节": ("踏青", "青团"),
        "母亲节": ("妈妈", "礼物", "康乃馨"),
        "端午节": ("粽子", "礼盒"),
        "儿童节": ("儿童", "玩具", "礼物"),
        "父亲节": ("爸爸", "礼物"),
        "七夕": ("礼物", "礼盒", "情侣", "玫瑰"),
        "开学季": ("学生", "文具", "书包", "宿舍"),
        "教师节": ("老师", "礼物"),
        "中秋节": ("月饼", "礼盒", "送礼"),
        "国庆节": ("旅行", "户外"),
        "圣诞节": ("圣诞", "礼物", "礼盒"),
    },
    "weather": {
        "晴": ("防晒", "遮阳"),
        "雨": ("雨伞", "防水", "雨衣", "雨鞋"),
        "雪": ("保暖", "防滑", "雪地靴"),
        "高温": ("清凉", "风扇", "防晒", "冰丝"),
        "降温": ("保暖", "加绒", "加厚"),
        "大风": ("防风", "冲锋衣"),
        "雾霾": ("口罩", "空气净化"),
        "潮湿": ("除湿", "防潮"),
    },
    "mood": {
        "sad": ("治愈", "甜食", "毛绒", "香薰"),
        "happy": ("庆祝", "聚会", "新款"),
        "tired": ("放松", "按摩", "助眠"),
        "anxious": ("减压", "解压", "香薰"),
    },
}

_OTHER_NAMES: dict[str, str] = {
    **{"春": "春季", "春天": "春季", "spring": "春季", "夏": "夏季", "夏天": "夏季"},
    **{"summer": "夏季", "秋": "秋季", "秋天": "秋季", "autumn": "秋季", "fall": "秋季"},
    **{"冬": "冬季", "冬天": "冬季", "winter": "冬季"},
    **{"双十一": "双11", "双11购物节": "双11", "六一八": "618", "过年": "春节", "新年": "春节"},
    **{"元宵": "元宵节", "38节": "妇女节", "三八节": "妇女节", "清明": "清明节", "端午": "端午节"},
    **{"六一": "儿童节", "七夕节": "七夕", "开学": "开学季", "中秋": "中秋节", "国庆": "国庆节"},
    **{"圣诞": "圣诞节", "晴天": "晴", "sunny": "晴", "下雨": "雨", "雨天": "雨", "rain": "雨"},
    **{"下雪": "雪", "雪天": "雪", "snow": "雪", "炎热": "高温", "hot": "高温", "寒冷": "降温"},
    **{"cold": "降温", "寒潮": "降温", "刮风": "大风", "霾": "雾霾", "梅雨": "潮湿"},
}
_MOODS: dict[Mood, tuple[str, ...]] = {
    "sad": (
        "难过",
        "伤心",
        "失恋",
        "分手",
        "想哭",
        "失望",
        "孤独",
        "心情不好",
        "郁闷",
        "沮丧",
        "emo",
        "不开心",
        "不高兴",
    ),
    "happy": ("开心", "高兴", "快乐", "庆祝", "升职", "喜悦", "哈哈", "幸福", "太棒了", "考上了"),
    "tired": ("好累", "太累", "疲惫", "加班", "失眠", "睡不着", "熬夜", "腰酸"),
    "anxious": ("焦虑", "紧张", "压力大", "烦躁", "烦死", "考试周", "解压", "减压"),
}
_DENIALS = ("不", "没", "别")


@dataclass(frozen=True, slots=True)
class Boost:
    """A word that fits the situation.

    Attributes:
        word: as titles write it.
        weight: against 1 for a word of the query.
        because: the situation, in Chinese or the name of the mood.
        kind: which rule.
    """

    word: str
    weight: float
    because: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Context:
    """The situation, as far as the caller knows it; what is None says nothing.

    Attributes:
        hour: of the day, 0 to 23.
        season: 春季, 夏季, 秋季 or 冬季 (夏天, summer, … too).
        festival: a name of ``RULES["festival"]`` (双十一, 过年, … too).
        weather: a name of ``RULES["weather"]`` (下雨, rain, … too).
        texts: what the person wrote lately, oldest first.
        category: through which a newcomer came in.
        query: through which a newcomer came in.
        session: ids of the items that the person has looked at in this visit, oldest first; None
            leaves it to the log, () is a visit that has just begun.

    Raises:
        InvalidArgument: a value is not legal.
    """

    hour: int | None = None
    season: str | None = None
    festival: str | None = None
    weather: str | None = None
    texts: tuple[str, ...] = ()
    category: str | None = None
    query: str | None = None
    session: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.hour is not None:
            object.__setattr__(self, "hour", check_count("context hour", self.hour, 0, 23))
        for kind in ("season", "festival", "weather"):
            given = getattr(self, kind)
            if given is not None:
                object.__setattr__(self, kind, _name(kind, given))
        for kind in ("category", "query"):
            given = getattr(self, kind)
            if given is not None and not isinstance(given, str):
                raise InvalidArgument(f"context {kind} = {shorten(given)}; legal: a string")
        object.__setattr__(self, "texts", _strings("texts", self.texts))
        if self.session is not None:
            object.__setattr__(self, "session", _strings("session", self.session))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Context:
        """From plain values, as JSON or a request brings them.

        Raises:
            InvalidArgument: a name or a value is not legal.
        """
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise InvalidArgument(
                    f"unknown context {shorten(name)}; legal: {legal(known, name)}"
                )
        return cls(**{name: value for name, value in values.items() if value is not None})

    @property
    def mood(self) -> Mood | None:
        """What the recent words sound like; the latest text that says something decides."""
        for text in reversed(self.texts):
            found = _mood(normalise(text))
            if found is not None:
                return found
        return None

    def boosts(self) -> list[Boost]:
        """The words that fit, the heaviest first; a word of two rules weighs as in the heavier."""
        situation: list[tuple[Kind, str | None, float]] = [
            ("festival", self.festival, FESTIVAL),
            ("weather", self.weather, WEATHER),
            ("season", self.season, SEASON),
            ("mood", self.mood, MOOD),
            ("hour", _part_of_day(self.hour), HOUR),
        ]
        found: dict[str, Boost] = {}
        for kind, name, weight in situation:
            for word in () if name is None else RULES[kind][name]:
                found.setdefault(word, Boost(word, weight, name or "", kind))
        return sorted(found.values(), key=lambda boost: -boost.weight)


def context_of(given: Context | Mapping[str, Any] | None) -> Context:
    """A context in any form: itself, plain values, or None for a situation nobody knows.

    Raises:
        InvalidArgument: a name or a value is not legal, or ``given`` is none of these.
    """
    if given is None or isinstance(given, Context):
        return given or Context()
    if not isinstance(given, Mapping):
        raise InvalidArgument(f"context = {shorten(given)}; legal: a Context, a dict or None")
    return Context.from_dict(given)


def _name(kind: Kind, given: object) -> str:
    names = RULES[kind]
    asked = normalise(given) if isinstance(given, str) else ""
    name = _OTHER_NAMES.get(asked, asked)
    if name not in names:
        raise InvalidArgument(f"context {kind} = {shorten(given)}; legal: {legal(names, asked)}")
    return name


def _strings(name: str, given: object) -> tuple[str, ...]:
    listed = tuple(given) if isinstance(given, Sequence) else (None,)
    if isinstance(given, str) or not all(isinstance(each, str) for each in listed):
        raise InvalidArgument(f"context {name} = {shorten(given)}; legal: a list of strings")
    return listed


def _part_of_day(hour: int | None) -> str | None:
    if hour is None:
        return None
    if hour >= 23 or hour < 5:
        return "深夜"
    for name, first, after in (("清晨", 5, 10), ("午间", 11, 14), ("晚间", 18, 23)):
        if first <= hour < after:
            return name
    return None


def _mood(text: str) -> Mood | None:
    """The mood whose words stand in a text most often; of equal ones the first."""
    best: Mood | None = None
    most = 0
    for mood, words in _MOODS.items():
        count = sum(_says(text, word) for word in words)
        if count > most:
            best, most = mood, count
    return best


def _says(text: str, word: str) -> bool:
    at = text.find(word)
    return at >= 0 and not text[:at].endswith(_DENIALS)
