"""Which kind of question a query is: most name a product, some ask before they buy."""

from __future__ import annotations

import re
from typing import Literal

QueryKind = Literal["product", "choose", "what", "opinion", "solve", "know"]

KIND_NAMES: dict[QueryKind, str] = {
    "product": "找商品",
    "choose": "怎么挑/怎么买",
    "what": "买什么",
    "opinion": "怎么样",
    "solve": "怎么办",
    "know": "电商通用百科知识",
}

# The first pattern that is found decides.
_PATTERNS: tuple[tuple[QueryKind, re.Pattern[str]], ...] = (
    (
        "solve",
        re.compile(
            r"怎么办|咋办|(?:怎么|怎样|如何|咋)(?:才能|可以|能)?(?:快速|正确|有效|自己)?"
            r"(?:处理|解决|修|维修|清洗|清理|清除|洗|去|除|拆|安装|装|调|消除|保养|保存|打开"
            r"|设置|连接|使用|用|改善|缓解|预防|避免|防止|做|养|减|治|恢复|收纳|擦|存放)"
            r"|(?:坏|掉|裂|堵|卡|漏|褪色|发黄|发霉|生锈)了|没反应|打不开|不出水|不制冷"
        ),
    ),
    (
        "what",
        re.compile(
            r"(?:买|送|穿|吃|喝|带|准备|需要|入手)(?:点|些)?(?:什么|啥)(?!牌|品牌|样|尺|码|型)"
            r"|(?:什么|啥)(?:礼物|好物|东西|产品|神器)|推荐(?:一下|几款|一款)?$"
        ),
    ),
    (
        "choose",
        re.compile(
            r"(?:怎么|怎样|如何|咋)(?:选|挑|买|搭|配|看|区分|辨别|判断|分辨|鉴别)|选购|挑选"
            r"|(?:哪个|哪种|哪款|哪些|哪家|什么|啥)(?:样|牌|品牌|型号|尺寸|材质|颜色|款式|面料|码|好)"
            r"|(?:配|搭|选|用|属于)(?:什么|啥|哪)|哪个|哪种|哪款|有哪些|适合|还是|区别|注意(?:什么|事项)"
        ),
    ),
    (
        "opinion",
        re.compile(
            r"怎么样|怎样$|咋样|好不好|好用(?:吗|不)|值得(?:买|入手)?(?:吗|么)|靠谱(?:吗|么)"
            r"|(?:质量|效果|口碑|评价|性能)(?:怎|如何|好)|如何$|有用(?:吗|么)|管用(?:吗|么)|好(?:吗|么)$|测评"
        ),
    ),
    (
        "know",
        re.compile(
            r"是(?:什么|啥)|什么(?:是|叫)|(?:什么|啥)意思|为什么|为啥|原理|含义|多少|多久|几(?:个|年|天|次)"
            r"|有(?:什么|啥)(?:作用|功效|用|好处|特点)|作用|功效|能不能|可以.*(?:吗|么)|能.*(?:吗|么)|会.*(?:吗|么)"
        ),
    ),
    ("choose", re.compile(r"怎么|怎样|如何|什么|多大|[吗呢?]$")),
)


def read_kind(text: str) -> QueryKind:
    """The kind of question that a normalised query is; ``product`` if it asks nothing.

    >>> read_kind("婴儿车怎么挑"), read_kind("羽绒服钻绒怎么办"), read_kind("羽绒服女")
    ('choose', 'solve', 'product')
    """
    asks = text.rstrip("?!。. ")
    for kind, pattern in _PATTERNS:
        if pattern.search(text) or pattern.search(asks):
            return kind if _is_question(text) else "product"
    return "product"


_QUESTION = re.compile(
    r"怎|咋|如何|什么|啥|哪|吗|么$|多少|多大|多久|几|为何|好不好|能不能|还是|区别|推荐|[?]|了$"
)


def _is_question(text: str) -> bool:
    """Whether a text asks at all: 适合老人的手机 names a product."""
    return _QUESTION.search(text) is not None
