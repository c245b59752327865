"""Judged queries for the sample shop: a query fits the products that were planted for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from semrec.data.sample.products import Product


@dataclass(frozen=True, slots=True)
class _Judged:
    """A query and what fits it.

    Attributes:
        kinds: names of product types, any of which fits.
        groups: of each group the product must have one word (trait, crowd, scene, material, …).
        most: highest price that fits, in yuan.
    """

    text: str
    kinds: tuple[str, ...]
    groups: tuple[frozenset[str], ...]
    most: float | None

    def fits(self, product: Product) -> bool:
        return (
            product.kind.name in self.kinds
            and all(group & product.words for group in self.groups)
            and (self.most is None or product.price <= self.most)
        )


def _judged(text: str, kinds: str, *groups: str, most: float | None = None) -> _Judged:
    """A judged query from words separated by spaces."""
    wanted = tuple(frozenset(group.split()) for group in groups)
    return _Judged(text, tuple(kinds.split()), wanted, most)


_PLAIN = (
    _judged("保湿面霜 敏感肌", "面霜", "保湿 补水 秋冬滋润", "敏感肌"),
    _judged("氨基酸洗面奶", "洗面奶", "氨基酸"),
    _judged("油皮用的控油洗面奶", "洗面奶", "控油"),
    _judged("烟酰胺精华", "精华液", "烟酰胺"),
    _judged("军训防晒霜不油腻", "防晒霜", "清爽不油腻"),
    _judged("显白口红", "口红", "显白 黄皮友好"),
    _judged("熬夜黑眼圈眼霜", "眼霜", "淡化黑眼圈"),
    _judged("控油蓬松洗发水", "洗发水", "控油蓬松"),
    _judged("去屑洗发露", "洗发水", "去屑止痒"),
    _judged("儿童牙膏 防蛀", "牙膏", "儿童", "防蛀"),
    _judged("声波电动牙刷 情侣", "电动牙刷", "声波震动 情侣 情侣装"),
    _judged("碎花连衣裙 收腰", "连衣裙", "碎花 收腰"),
    _judged("小个子穿的法式裙子", "连衣裙", "小个子 法式"),
    _judged("纯棉短袖男", "T恤", "纯棉", "男"),
    _judged("免烫衬衫 商务", "衬衫", "免烫 商务"),
    _judged("高腰阔腿牛仔裤 显瘦", "牛仔裤", "高腰 阔腿 显瘦"),
    _judged("加厚长款羽绒服", "羽绒服", "加厚 长款"),
    _judged("冰丝防晒衣女", "防晒衣", "冰丝 凉感", "女"),
    _judged("防臭袜子", "袜子", "防臭 抗菌"),
    _judged("轻便透气跑步鞋", "运动鞋", "透气 轻便"),
    _judged("厚底小白鞋女", "小白鞋", "厚底", "女"),
    _judged("踩屎感拖鞋", "拖鞋", "踩屎感"),
    _judged("不累脚的高跟鞋", "高跟鞋", "不累脚 粗跟 猫跟"),
    _judged("大容量双肩包 防水", "双肩包", "大容量 防水"),
    _judged("20寸登机箱", "行李箱", "20寸"),
    _judged("一年级书包 护脊", "儿童书包", "护脊减负"),
    _judged("无添加坚果", "坚果", "无添加"),
    _judged("云南咖啡豆", "咖啡", "云南小粒"),
    _judged("无糖饼干", "饼干", "无蔗糖"),
    _judged("五常大米 10斤", "大米", "五常稻花香"),
    _judged("麻辣牛肉干", "牛肉干", "麻辣"),
    _judged("防胀气奶瓶", "奶瓶", "防胀气"),
    _judged("不红屁股的尿不湿", "纸尿裤", "不红屁股"),
    _judged("轻便可登机婴儿车", "婴儿推车", "可登机 轻便"),
    _judged("益智积木 3岁", "积木", "益智 早教", "1-3岁 3-6岁"),
    _judged("去毛球猫粮", "猫粮", "去毛球"),
    _judged("豆腐猫砂 可冲厕所", "猫砂", "豆腐 可冲厕所"),
    _judged("泰迪狗粮去泪痕", "狗粮", "去泪痕"),
    _judged("防爆冲牵引绳", "牵引绳", "防爆冲 防挣脱"),
    _judged("磁吸手机壳", "手机壳", "磁吸"),
    _judged("防窥钢化膜", "钢化膜", "防窥"),
    _judged("降噪耳机 通勤", "蓝牙耳机", "主动降噪"),
    _judged("可上飞机的充电宝", "充电宝", "可上飞机"),
    _judged("静音机械键盘", "机械键盘", "静音"),
    _judged("65W氮化镓充电器", "充电器", "氮化镓 65W"),
    _judged("不粘内胆小电饭煲", "电饭煲", "不粘 一人食 1.2L 2L"),
    _judged("静音落地电风扇", "电风扇", "静音 落地款"),
    _judged("浴室取暖器", "取暖器", "浴室"),
    _judged("除螨吸尘器", "吸尘器", "除螨 床上"),
    _judged("纯棉四件套 宿舍", "四件套", "纯棉", "宿舍 学生"),
    _judged("护颈椎枕头", "枕头", "护颈椎 颈椎不好"),
    _judged("316不锈钢保温杯", "保温杯", "316不锈钢"),
    _judged("护眼台灯 学生", "台灯", "护眼 无频闪 全光谱"),
    _judged("防滑瑜伽垫 加厚", "瑜伽垫", "防滑 加厚"),
    _judged("全自动帐篷 3-4人", "帐篷", "全自动速开 免搭建", "3-4人"),
    _judged("全碳素羽毛球拍", "羽毛球拍", "全碳素 碳素"),
    _judged("防雾近视泳镜", "泳镜", "防雾 近视度数 近视"),
    _judged("刷题中性笔 速干", "中性笔", "刷题 速干"),
    _judged("考研英语真题", "考研资料", "考研英语 真题详解"),
    _judged("楷书字帖 成人", "字帖", "楷书", "成人 初学者"),
)
_VAGUE = (
    _judged("送女友的生日礼物", "口红 香水 斜挎包 吹风机 巧克力", "生日礼物 女朋友"),
    _judged("送男朋友什么好", "剃须刀 钱包 香水 钢笔", "男朋友 男士 父亲节礼物"),
    _judged("父亲节给爸爸买什么", "剃须刀 钱包 茶叶 保温杯 皮鞋", "爸爸 父亲节礼物"),
    _judged("六一儿童节礼物", "积木 儿童绘本 儿童书包", "六一礼物"),
    _judged("给长辈送礼 茶", "茶叶", "送礼 长辈 中秋礼盒 礼盒装"),
    _judged("露营要带的东西", "帐篷 防潮垫 睡袋 驱蚊液 炒锅 咖啡机", "露营 户外露营"),
    _judged("宿舍夏天降温", "电风扇 冷风扇 凉席", "宿舍 学生"),
    _judged("冬天办公室取暖", "取暖器 毛毯", "办公室 桌下烤脚 办公室午睡"),
    _judged("熬夜党护肤", "面霜 精华液 面膜 眼霜", "熬夜 熬夜党"),
    _judged("第一次养猫要买什么", "猫粮 猫砂 猫砂盆 猫条 猫抓板", "幼猫"),
    _judged("早上来不及吃饭 方便早餐", "饼干 牛奶 咖啡", "早餐"),
    _judged("追剧零食", "坚果 牛肉干 螺蛳粉", "追剧"),
    _judged("打游戏用的外设", "机械键盘 鼠标 鼠标垫 蓝牙耳机", "游戏玩家 电竞 打游戏"),
    _judged("海边度假穿什么", "连衣裙 凉鞋 泳衣 防晒衣", "海边度假 度假 海边 度假风"),
    _judged("想减肥在家练", "瑜伽垫 哑铃 跳绳", "居家健身 减肥 燃脂"),
    _judged("出差便携好物", "挂烫机 旅行收纳袋 充电宝 剃须刀", "出差"),
    _judged("新生儿用品", "纸尿裤 婴儿湿巾 奶瓶 婴儿连体衣", "新生儿"),
    _judged("面试穿的鞋", "高跟鞋 皮鞋", "面试 上班"),
    _judged("100块以内的蓝牙耳机", "蓝牙耳机", most=100),
    _judged("平价学生党洗面奶 50以内", "洗面奶", most=50),
    _judged("200以内的行李箱", "行李箱", most=200),
    _judged("晒后修复补水", "面膜", "补水 舒缓 晒后"),
    _judged("孩子写作业用的灯", "台灯", "儿童 学生 书桌"),
    _judged("狗狗拆家磨牙", "狗零食", "磨牙 耐咬"),
    _judged("给宝宝断奶准备", "奶粉 奶瓶", "断奶"),
)


def make_judged_queries(
    products: Sequence[Product], ids: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The queries that at least one product fits, and the products that fit.

    Returns:
        Queries (qid, query) and judgements (qid, item_id, relevance = 1).
    """
    queries, judgements = [], []
    for number, judged in enumerate((*_PLAIN, *_VAGUE), start=1):
        qid = f"j{number:03d}"
        fitting = [ids[row] for row, product in enumerate(products) if judged.fits(product)]
        if fitting:
            queries.append((qid, judged.text))
            judgements += [(qid, item_id, 1) for item_id in fitting]
    return (
        pd.DataFrame(queries, columns=["qid", "query"]),
        pd.DataFrame(judgements, columns=["qid", "item_id", "relevance"]),
    )
