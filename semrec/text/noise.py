"""What sellers write to be seen: promises and promotion that say nothing of the product."""

from __future__ import annotations

import re

_PHRASES = """
    包邮 免邮 顺丰 免运费 当天发货 现货 速发 秒发 急速发货 极速发货
    正品 官方正品 正品保证 保证正品 专柜正品 专柜 假一赔十 假一罚十 官方 官网 官方旗舰店 旗舰店
    官方旗舰 专卖店 专营店 直营店 厂家直销 厂家直供 工厂直销
    新款 新品 全新 上新 新品上市 爆款 热卖 热销 同款 网红同款 明星同款 抖音同款
    特价 特惠 优惠 促销 清仓 秒杀 抢购 限时 限量 折扣 打折 大促 年货节 双十一 双11
    买一送一 买1送1 买二送一 拍下立减 满减 送礼品 赠品 亏本
"""
_YEAR = r"(?<![a-z\d.])20[12]\d年?(?:新款|新品|款)"
_NOISE = re.compile("|".join([_YEAR, *sorted(_PHRASES.split(), key=len, reverse=True)]))


def split_noise(text: str) -> tuple[str, list[str]]:
    """A normalised text with a space in place of seller noise, and the noise phrases.

    >>> split_noise("官方旗舰店正品2023新款连衣裙包邮")
    ('   连衣裙 ', ['官方旗舰店', '正品', '2023新款', '包邮'])
    """
    phrases = _NOISE.findall(text)
    return (_NOISE.sub(" ", text) if phrases else text), phrases
