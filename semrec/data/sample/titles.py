"""How sellers order the words of a title, and which words do not go together."""

from __future__ import annotations

WEAR_TITLES = (
    "{brand} {year}{season}{t1}{t2}{noun}{crowd} {material}{alias}{scene} {colour} {spec}",
    "{promo} {crowd}{noun}{season}{year}{t1} {t2}{t3}{material}{brand}{alias} {spec}",
    "{brand}{crowd}{t1}{noun} {t2}{material}{alias}{season}{t3} {colour} {promo}",
    "{year}{t1}{material}{noun}{crowd}{season} {t2}{scene}{alias} {brand} {spec}",
    "{t1}{t2}{noun} {crowd}{season}{material} {t3}{scene} {brand}{year} {colour}",
    "【{t1}】{brand}{noun}{crowd} {t2}{t3}{season}{scene}{alias} {colour}{spec} {promo}",
    "{season}{crowd}{t1}{alias}{noun}{t2} {brand} {material} {scene} {spec}",
    "{brand} {noun}{crowd}{year} {t1} {t2} {t3} {material} {spec}",
)
GOODS_TITLES = (
    "{brand} {model} {t1}{noun} {t2}{t3}{crowd}{scene} {material}{alias} {colour} {spec}",
    "{promo} {brand}{material}{noun}{spec} {t1}{t2}{crowd}{alias} {scene}",
    "{brand}{noun}{crowd}{t1} {t2}{scene}{season}{material} {spec} {promo}",
    "{crowd}{t1}{noun} {brand}{model} {t2}{t3}{alias} {colour}{spec}",
    "【{promo}】{brand} {material}{t1}{noun}{scene} {t2}{alias}{crowd} {spec}",
    "{t1}{t2}{noun} {scene}{crowd}{season} {brand} {model} {material} {colour} {spec}",
    "{year}{brand}{noun} {spec} {t1} {t2} {t3} {scene}{crowd}{alias}",
    "{scene}{noun}{crowd}{t1}{material}{t2} {brand}{promo} {spec}",
    "{brand}{t1}{noun}{spec} {crowd}{scene} {t2}{material}{t3}",
)
PROMOTIONS = (
    "包邮",
    "正品包邮",
    "官方正品",
    "买一送一",
    "限时特惠",
    "第二件半价",
    "工厂直销",
    "现货速发",
    "送运费险",
    "清仓特价",
    "新店冲量",
    "拍下立减",
    "顺丰包邮",
    "百亿补贴",
)

_CLASHING_WORDS = """
轻薄/加厚 薄款/加绒 薄款/毛圈底 长款/短款 高领/圆领 短袖/长袖 宽松/修身 纯色/印花 低帮/高帮
平底/增高 粗跟/细跟 尖头/粗跟 细跟/猫跟 不累脚/细跟 商务/仙女风 男/仙女风 男/一字带 男/粗跟
男/气质 男/甜美 男/包臀 男/可爱 男/带胸垫 情侣/带胸垫 儿童/带胸垫 儿童/仙女风 儿童/粗跟 男/聚拢
男/小香风 男/遮肚显瘦 儿童/聚拢 儿童/遮肚显瘦 男/保守 爸爸/修身 男/显瘦 男/收腰 儿童/收腰
儿童/显瘦 中老年/收腰 男/瘦瘦靴 深烘/中度烘焙 低因/提神 全脂/低脂 加臭加辣/原味 加臭加辣/微辣
原味/微辣 微辣/爆辣 原味/爆辣 原味/奶香 原味/盐焗 奶香/盐焗 特辣/微辣 清油/牛油 番茄味/菌汤
番茄味/特辣 五香/麻辣 五香/沙嗲 麻辣/沙嗲 五香/孜然 沙嗲/孜然 低糖/无蔗糖 黄油香/咸味
咸味/巧克力味 黄油香/海苔味 巧克力味/海苔味 浓香/清香 兰花香/蜜香 酸甜/解腻 青轴/红轴 静音/青轴
静音/麻将音 木质调/花果香 木质调/茶香 花果香/茶香 桂花香/木质调 桂花香/茶香 桂花香/花果香
男/斩男香 男朋友/斩男香 哑光/水光镜面 哑光/滋润 控油/保湿 油皮/秋冬滋润 油皮/保湿 干皮/控油
油皮/滋润 成猫/幼猫 无绳/钢丝 无绳/防缠绕 进攻型/攻守兼备 平光/近视度数 高清/近视度数 方格/横线
空白/线圈 楷书/行书 低枕/慢回弹 高枕12cm/低枕 悬疑/治愈 悬疑/青春 科幻/历史 科幻/现实题材
历史/现实题材 历史/青春 结晶蜜/清甜 少油烟/无涂层 不粘/无涂层 全自动速开/免搭建 半自动/一键操作
顶入式/抽屉式 顶入式/半封闭 遥控/夹式 迷你/大容量 小号/大容量 迷你款/大容量 单人/可拼接
0-3岁/注音版 儿童/去黄 儿童/去牙渍 儿童/美白 儿童/情侣装 单册/上下册 不入耳/主动降噪
骨传导/主动降噪 睡眠/骨传导 背心式/抽绳 背心式/点断式 简约/复古 菱格/简约 一脚蹬/正装
物化结合/纯物理防晒 防爆/抗蓝光 新生儿/带吸管 新手/浓妆 保守/聚拢 天然橡胶/皮革 无盐无糖/果蔬
立式/大号 外穿/防臭 百褶/包臀 短款/气质 可登机/双向 超薄/加长夜用 轻便/加深 儿童/约会 儿童/通勤
儿童/办公室 儿童/宿舍 儿童/月子 儿童/出差 儿童/车载 儿童/办公室午睡 儿童/电动车 儿童/出差酒店
儿童/军训 婴儿/办公桌 婴儿/宿舍 男/月子 情侣/月子 孕妇/婚礼宾客 妈妈/校园 爸爸/校园 中老年/校园
小学生/旅行 0-3岁/寒暑假 老人/宿舍 婴儿/空调房 老人/下午茶 男士/约会前 低糖/长粒香
男/35码 男/36码 男/37码 女/42码 女/43码 儿童/42码 儿童/43码 儿童/41码 小学生/大号
成猫粮/幼猫 幼猫粮/成猫 成犬粮/幼犬 幼犬粮/成犬 孕妇/41码 孕妇/42码 孕妇/43码
妈妈/42码 妈妈/43码 少女/43码
宝宝爬服/女宝宝 宝宝爬服/男宝宝 婴儿洗洁精/婴儿 儿童奶/中老年 儿童奶/孕妇 儿童/XL码 儿童/2XL码
儿童/3XL码
"""
CLASHES = frozenset(frozenset(pair.split("/")) for pair in _CLASHING_WORDS.split())
"""Pairs of words that one product cannot have together."""
