"""What a query says about the price: ``500元以内``, ``200-300``, ``两百左右``, ``一千以下``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from semrec.text.amounts import AMOUNT, amount

_MONEY = r"(?:元|块钱|块|rmb|人民币|圆)"
_CUE = r"(?:预算|价格|价位|价钱|售价|单价|价)(?:是|在|为|约|大概|:| )?"
_CHEAPER = r"(?:以内|之内|以下|内(?=的|$|\s)|封顶|打住)"
_DEARER = r"(?:以上|往上|起步|起(?=的|$|\s))"
_AROUND = r"(?:左右|上下|出头|附近|价位|的价位|这个价)"
_TO = r"\s*(?:-|~|–|—|到|至)\s*"
# ``20以内加减法`` is arithmetic, and a size or an age is no price.
_NO_SUM = r"(?!的?(?:加|减|乘|除|口算|算术|数|计算|混合|进位|退位))"
_SIZE = re.compile(r"(?:身高|体重|腰围|胸围|尺寸|直径|长|宽|高|厚|深|码|腰|第|几|数|每|满)\s*$")
_SMALLEST = 10.0
"""Without a unit, less than this is a count or a size."""
_TOLERANCE = 0.2
"""``两百左右`` reaches from 160 to 240."""


@dataclass(frozen=True, slots=True)
class Price:
    """A price range as it stands in a text.

    Attributes:
        low, high: bounds in the shop's currency, inclusive; None = open.
        certain: both bounds are said outright; False for ``左右`` and the like.
        start, end: the characters that say it.
    """

    low: float | None
    high: float | None
    certain: bool
    start: int
    end: int


_N = rf"(?P<a>{AMOUNT})"
_RANGE = re.compile(rf"¥?{_N}{_MONEY}?{_TO}¥?(?P<b>{AMOUNT})(?P<unit>{_MONEY})?(?:之间|以内)?")
_SPOKEN_RANGE = re.compile(
    rf"(?P<a>[一二两三四五六七八])(?P<b>[二三四五六七八九])(?P<scale>[百千万])(?P<unit>{_MONEY})?(?:左右|之间)?"
)
_MORE = re.compile(rf"{_N}多(?P<unit>{_MONEY})")
_UNDER = re.compile(
    rf"(?:(?:不超过|不高于|低于|小于|少于|最多|最高|不到)\s*¥?{_N}(?P<unit>{_MONEY})?(?:以内|以下)?"
    rf"|¥?(?P<a2>{AMOUNT})(?P<unit2>{_MONEY})?\s*{_CHEAPER}{_NO_SUM})"
)
_OVER = re.compile(
    rf"(?:(?:不低于|高于|大于|超过|至少|最低|最少)\s*¥?{_N}(?P<unit>{_MONEY})?(?:以上)?"
    rf"|¥?(?P<a2>{AMOUNT})(?P<unit2>{_MONEY})?\s*{_DEARER})"
)
_ABOUT = re.compile(
    rf"(?:大约|大概|约|差不多)?¥?{_N}(?P<unit>{_MONEY})?\s*{_AROUND}"
    rf"|(?:¥(?P<a2>{AMOUNT}){_MONEY}?|(?P<a3>{AMOUNT}){_MONEY}(?=的|档|价)|(?:^|(?<=\s))(?P<a4>{AMOUNT}){_MONEY}(?=$|\s))"
)
_BUDGET = re.compile(rf"预算(?:只有|是|在|为|大概|约|:| )*¥?{_N}{_MONEY}?")
_POSTAGE = re.compile(rf"{_N}{_MONEY}?包邮")


def parse_price(text: str) -> Price | None:
    """The price range in a normalised text; None if it names none.

    Numbers with another unit (``500ml以内``, ``3岁以下``, ``100斤以上``) are no price, nor are
    sizes (``身高180左右``) or sums (``20以内加减法``). A range without a unit counts if both ends
    are round, as prices are (``200-300``), or if a word such as 预算 stands before it.

    >>> price = parse_price("500元以内的降噪耳机")
    >>> price.low, price.high, price.certain
    (None, 500.0, True)
    """
    for read in (_range, _spoken_range, _more, _under, _over, _postage, _budget, _about):
        found = read(text)
        if found is not None:
            return found
    return None


def _range(text: str) -> Price | None:
    for match in _RANGE.finditer(text):
        low, high = amount(match["a"]), amount(match["b"])
        if low <= 9 and match["b"][-1] in "百千万k":  # 三到五百 is 300 to 500
            low = amount(match["a"] + match["b"][-1])
        cue = re.search(_CUE + "$", text[: match.start()])
        said = match["unit"] or match["b"][-1] in "百千万" or match[0].endswith("之间") or cue
        stands_alone = match.start() == 0 or text[match.start() - 1] == " "
        bare = _round(low, high) and (stands_alone or text.startswith("的", match.end()))
        if low >= high or not (said or bare or "¥" in match[0]) or not _free(text, match):
            continue
        return Price(low, high, True, cue.start() if cue else match.start(), match.end())
    return None


def _round(low: float, high: float) -> bool:
    """Whether a bare range looks like prices, and not like sizes (``110-120``) or years."""
    return low >= 50 and low % 50 == 0 and high % 50 == 0


def _spoken_range(text: str) -> Price | None:
    match = _SPOKEN_RANGE.search(text)
    if match is None or not _free(text, match):
        return None
    low, high = amount(match["a"] + match["scale"]), amount(match["b"] + match["scale"])
    return Price(low, high, True, match.start(), match.end()) if low < high else None


def _more(text: str) -> Price | None:
    match = _MORE.search(text)
    if match is None:
        return None
    low = amount(match["a"])
    step = 10 ** (len(str(int(low))) - 1)
    return Price(low, low + step, False, match.start(), match.end())


def _under(text: str) -> Price | None:
    found = _bound(_UNDER, text)
    if found is None:
        return None
    value, start, end = found
    return Price(None, value, True, start, end)


def _over(text: str) -> Price | None:
    found = _bound(_OVER, text)
    if found is None:
        return None
    value, start, end = found
    return Price(value, None, True, start, end)


def _bound(pattern: re.Pattern[str], text: str) -> tuple[float, int, int] | None:
    for match in pattern.finditer(text):
        value = amount(match["a"] or match["a2"])
        has_unit = bool(match["unit"] or match["unit2"] or "¥" in match[0])
        cue = re.search(_CUE + "$", text[: match.start()])
        if value > 0 and (has_unit or cue or value >= _SMALLEST) and _free(text, match):
            return value, cue.start() if cue else match.start(), match.end()
    return None


def _postage(text: str) -> Price | None:
    match = _POSTAGE.search(text)
    if match is None or not _free(text, match):
        return None
    return Price(None, amount(match["a"]), False, *match.span())


def _budget(text: str) -> Price | None:
    match = _BUDGET.search(text)
    if match is None or not _free(text, match) or amount(match["a"]) <= 0:
        return None
    return Price(None, amount(match["a"]), True, match.start(), match.end())


def _about(text: str) -> Price | None:
    for match in _ABOUT.finditer(text):
        value = amount(match["a"] or match["a2"] or match["a3"] or match["a4"])
        sure = match["unit"] or match["a"] is None or value >= _SMALLEST
        if value > 0 and sure and _free(text, match):
            low, high = value * (1 - _TOLERANCE), value * (1 + _TOLERANCE)
            return Price(round(low, 2), round(high, 2), False, match.start(), match.end())
    return None


def _free(text: str, match: re.Match[str]) -> bool:
    """Whether the number stands alone: no size before it, no other unit or digit around it."""
    before, after = text[: match.start()], text[match.end() :]
    if before[-1:].isascii() and before[-1:].isalnum():
        return False
    if before[-1:] in {".", "/", "*", "x"} or _SIZE.search(before):
        return False
    says_money = re.search(rf"{_MONEY}|¥|以|左右|之间|内|上下|超过|低于|价", match[0]) is not None
    unit = re.match(
        r"[a-z0-9%*°./-]|[岁斤克码号寸米升年月天片瓦只个支条双件张瓶包盒代层集毫厘公平周度人]",
        after,
    )
    return says_money or unit is None
