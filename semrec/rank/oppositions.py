"""Values that exclude each other: who wears it, which colour, which stuff. Written by hand.

A *dimension* (``colour``) has *values* (``red``), and each value the words that say it. A query
that asks for one value is contradicted by a title that says only others of the same dimension.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import cache

Values = Mapping[str, frozenset[str]]
"""Dimension → the values that a text says."""

_WORDS: dict[str, dict[str, str]] = {
    "gender": {
        "male": (
            "男 男士 男款 男式 男生 男人 男性 男童 男孩 男宝 男宝宝 爸爸 爷爷 父亲 先生 男友 老公"
        ),
        "female": (
            "女 女士 女款 女式 女生 女人 女性 女童 女孩 女宝 女宝宝 妈妈 奶奶 母亲 女友 老婆 孕妇 "
            "少女"
        ),
    },
    "age": {
        "baby": "婴儿 新生儿 宝宝 婴幼儿 婴童 幼儿 初生 满月",
        "child": "儿童 小孩 孩子 男童 女童 大童 小童 中大童 童装 童鞋 男孩 女孩 宝宝 幼儿 "
        "兒童 小朋友 幼童 小学生 幼儿园",
        "adult": "成人 大人 成年人 男士 女士 情侣 孕妇 妈妈 爸爸 中年",
        "elder": "老人 老年 中老年 老年人 老人家 奶奶 爷爷 长辈",
    },
    "couple": {"couple": "情侣 情侣款 一男一女 男女款", "family": "亲子 亲子装 母女 父子 一家三口"},
    "pregnant": {"pregnant": "孕妇 孕妈 孕期 怀孕 孕产 托腹 孕"},
    "pet": {"cat": "猫 猫咪 喵 猫用 幼猫 成猫", "dog": "狗 狗狗 犬 幼犬 成犬 泰迪 金毛 狗用"},
    "pet age": {"young": "幼猫 幼犬 奶糕 离乳", "grown": "成猫 成犬"},
    "colour": {
        "red": "红 红色 大红 酒红 枣红 正红 玫红",
        "pink": "粉色 粉红 浅粉 裸粉 樱花粉 藕粉色 少女粉",
        "orange": "橙色 橘色 橙 橘红色",
        "yellow": "黄 黄色 姜黄 鹅黄 柠檬黄",
        "green": "绿 绿色 墨绿 军绿 果绿 草绿 抹茶绿 薄荷绿",
        "blue": "蓝 蓝色 藏蓝 藏青 天蓝 宝蓝 深蓝 浅蓝 克莱因蓝 雾霾蓝",
        "purple": "紫 紫色 香芋紫 浅紫 深紫",
        "black": "黑 黑色 纯黑 哑光黑 曜石黑 黑白",
        "white": "白 白色 纯白 米白 奶白 珍珠白 黑白",
        "grey": "灰 灰色 深灰 浅灰 高级灰 银灰",
        "brown": "棕 棕色 咖色 咖啡色 卡其 卡其色 驼色 焦糖色 褐色 巧克力色",
        "gold": "金色 香槟金 玫瑰金 土豪金",
        "silver": "银色 银灰",
        "clear": "透明 透明色 高透",
    },
    "stuff": {
        "leather": "真皮 牛皮 头层牛皮 羊皮 皮革 皮质 皮 漆皮 皮的",
        "cloth": "布艺 布 帆布 棉麻 亚麻 麻 绒布 牛津布 科技布 布料",
        "steel": "不锈钢 304不锈钢 316不锈钢 碳钢 钢",
        "iron": "铁 铁艺 铸铁 生铁 熟铁 精铁",
        "aluminium": "铝合金 铝 太空铝",
        "copper": "铜 纯铜 黄铜 紫铜 全铜",
        "wood": "实木 木质 木头 原木 橡木 胡桃木 红木 木制 松木",
        "bamboo": "竹 竹子 竹制 楠竹",
        "plastic": "塑料 塑胶 pp abs pvc pc",
        "glass": "玻璃 钢化玻璃 高硼硅",
        "ceramic": "陶瓷 瓷 骨瓷 紫砂 白瓷",
        "silicone": "硅胶 液态硅胶 食品级硅胶",
        "rubber": "橡胶 乳胶 丁腈",
        "silk": "真丝 桑蚕丝 蚕丝 丝绸",
        "cotton": "纯棉 全棉 棉 棉质 长绒棉",
        "wool": "羊毛 羊绒 纯羊毛 毛呢 羊毛绒",
        "down": "羽绒 鸭绒 鹅绒 白鸭绒 白鹅绒 羽绒服",
        "silver": "银 纯银 足银 925银",
        "gold": "黄金 足金 18k金 纯金",
        "paper": "纸 纸质 牛皮纸",
        "acrylic": "亚克力 有机玻璃",
    },
    "sleeve": {
        "long": "长袖",
        "short": "短袖 半袖 五分袖",
        "none": "无袖 吊带 背心",
        "mid": "七分袖 中袖",
    },
    "length": {"long": "长款 长裙 超长", "mid": "中长款", "short": "短款 短裙 超短 短裤"},
    "wire": {"wireless": "无线 蓝牙", "wired": "有线 带线"},
    "drive": {"hand": "手动 手摇 手持式手动", "electric": "电动 充电式 全自动 电热", "air": "气动"},
    "fuel": {"petrol": "汽油 燃油", "diesel": "柴油", "electric": "电动 纯电"},
    "warmth": {
        "warm": "加绒 加厚 保暖 冬季 冬 秋冬 冬款 厚款 棉服 羽绒",
        "cool": "夏季 夏 夏款 薄款 冰丝 凉感 透气 夏天 春夏 夏装",
    },
    "where": {"home": "家用 家庭 小型", "trade": "商用 工业 大型 工厂 仓库 车间 商场"},
    "outside": {"indoor": "室内", "outdoor": "室外 户外 野外"},
    "style": {
        "chinese": "中式 新中式 中国风 国风 古风",
        "european": "欧式 简欧 法式",
        "american": "美式",
        "japanese": "日式 和风",
        "korean": "韩式 韩版 韩系",
        "nordic": "北欧",
    },
    "mount": {"wall": "壁挂 挂墙 壁挂式", "floor": "落地 立式 落地式", "table": "台式 桌面"},
    "washer": {"drum": "滚筒", "pulsator": "波轮"},
    "place": {"front": "前轮 前排 前置 前杠 前刹", "rear": "后轮 后排 后置 后杠 后刹"},
    "hand side": {"left": "左 左侧 左边", "right": "右 右侧 右边"},
    "handed": {
        "single": "单人 单肩 单层 单头 单门 单开",
        "double": "双人 双肩 双层 双头 双门 双开",
    },
    "heel": {"flat": "平底 平跟", "high": "高跟 粗跟 细跟 坡跟"},
    "used": {"used": "二手 旧 中古", "new": "全新 未拆封"},
    "sugar": {"without": "无糖 0糖 无蔗糖 0蔗糖 零糖 低糖", "with": "加糖 甜味 奶油 巧克力味"},
}
SHARED_WITH = {"gender": "男女 男女通用 中性 情侣 男女款", "age": "全家 亲子 老少"}
"""Words that satisfy every value of a dimension."""


@cache
def _longest() -> int:
    return max(map(len, _places()))


@cache
def _places() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Word → the dimensions and values that it says."""
    found: dict[str, list[tuple[str, str]]] = {}
    for dimension, values in _WORDS.items():
        for value, words in values.items():
            for word in words.split():
                found.setdefault(word, []).append((dimension, value))
        for word in SHARED_WITH.get(dimension, "").split():
            found.setdefault(word, []).extend((dimension, value) for value in values)
    return {word: tuple(dict.fromkeys(places)) for word, places in found.items()}


_NO_VALUE = re.compile(r"(?:无|不含|不带|防|去|美|净)$")


def values_said(text: str) -> dict[str, frozenset[str]]:
    """Dimension → values that stand in a normalised text; the longest word counts at each place.

    >>> {name: sorted(values) for name, values in values_said("儿童红色雨衣").items()}
    {'age': ['child'], 'colour': ['red']}
    """
    places, longest = _places(), _longest()
    said: dict[str, set[str]] = {}
    start = 0
    while start < len(text):
        for end in range(min(len(text), start + longest), start, -1):
            found = places.get(text[start:end])
            if found is not None and not (end - start == 1 and _NO_VALUE.search(text[:start])):
                for dimension, value in found:
                    said.setdefault(dimension, set()).add(value)
                start = end
                break
        else:
            start += 1
    return {dimension: frozenset(values) for dimension, values in said.items()}


def opposite(word: str, rng: random.Random) -> str:
    """A word for another value of the word's first dimension, "" if the word says none."""
    found = _places().get(word)
    if found is None or len(_WORDS[found[0][0]]) < 2:
        return ""
    dimension, value = found[0]
    own = {v for d, v in found if d == dimension}
    others = [each for each in _WORDS[dimension] if each not in own and each != value]
    return rng.choice(_WORDS[dimension][rng.choice(others)].split()) if others else ""
