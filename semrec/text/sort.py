"""How a query wants its answers ordered: 便宜, 销量高, 评分高, 最新."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Sort = Literal["price_asc", "sales", "rating", "newest"]

# Lookaheads keep words whole that only begin like a wish: 高分子, 新品种, 畅销书, 人气歌手.
_PATTERNS: dict[Sort, re.Pattern[str]] = {
    "price_asc": re.compile(
        r"(?:价格|价钱|售价)?(?:最|比较|更|又|超|特别|很)?(?:便宜|实惠(?!装|超市)|低价|平价(?!超市)|廉价)(?:一点|点|些|又好用|又好|实用)?(?:儿)?"
        r"|白菜价|价格(?:最|更|比较)?(?:低|由低到高|从低到高)|不(?:要)?(?:太|那么)?贵|(?:别|不要)太贵"
        r"|最低价"
    ),
    "sales": re.compile(
        r"销量(?:最|比较|排行|排名)?(?:高|好|大|第一|冠军|榜|前十|前列)?|卖(?:得|的)?(?:最|比较)?(?:好|火|多|爆)"
        r"|(?:最|很)?(?:热销|热卖|畅销(?!书|小说)|抢手(?!机))|爆款|最火(?:爆)?|买(?:得|的)人(?:最)?多|人气(?:最)?(?:高|旺|王|款|爆款)"
        r"|最受欢迎|很火"
    ),
    "rating": re.compile(
        r"(?:评分|评价|口碑)(?:最|比较|很|超)?(?:高|好)|好评(?:率|最|多|如潮|高)*|高分(?=的|商品|好评|$)"
        r"|口碑(?:款|爆棚)?|五星好评"
    ),
    "newest": re.compile(
        r"(?:20\d\d)?年?(?<!创)(?<!崭)(?:最新|新款|新品(?!种|牌)|新出|刚出|刚上市|新上市|刚上架|上新|新上架)(?:的|款|发布)?"
    ),
}


@dataclass(frozen=True, slots=True)
class SortWish:
    """An order and the characters ``start`` to ``end`` that ask for it."""

    order: Sort
    start: int
    end: int


def parse_sort(text: str) -> SortWish | None:
    """The order that a normalised text asks for; the first one if there are several.

    >>> parse_sort("便宜的加湿器")
    SortWish(order='price_asc', start=0, end=2)
    """
    wishes = []
    for order, pattern in _PATTERNS.items():
        match = pattern.search(text)
        if match is not None:
            wishes.append(SortWish(order, match.start(), match.end()))
    return min(wishes, key=lambda wish: wish.start, default=None)
