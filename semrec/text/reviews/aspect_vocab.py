"""What buyers judge, and the words they use for it. Written by hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that reviews judge.

    Attributes:
        name: as reasons show it.
        terms: words that name it without judging it; polarity comes from the clause.
        praise: words that name and praise it; under a negation they complain.
        complaint: words that name it and complain; under a negation they praise.
    """

    name: str
    terms: tuple[str, ...]
    praise: tuple[str, ...] = ()
    complaint: tuple[str, ...] = ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _aspect(name: str, terms: str, praise: str = "", complaint: str = "") -> Aspect:
    return Aspect(name, _words(terms), _words(praise), _words(complaint))


ASPECTS: tuple[Aspect, ...] = (
    _aspect("续航", "续航 电池 待机 电量 充电", "电池耐用 待机长 续航久", "掉电快 耗电 费电"),
    _aspect("屏幕", "屏幕 显示屏 屏 显示 分辨率 画质 画面 清晰度 色彩", "高清", "坏点 漏光 花屏"),
    _aspect(
        "性能",
        "性能 速度 反应 运行 系统 配置 处理器 cpu 信号 功能 触屏 灵敏度 打字",
        "流畅 灵敏",
        "卡顿 死机 卡机 卡死 黑屏 蓝屏 反应慢",
    ),
    _aspect("拍照", "拍照 相机 摄像头 照相 像素 拍摄 成像 前置 后置"),
    _aspect("音质", "音质 音效 低音 高音 音色 音响 扬声器 喇叭 铃声 通话"),
    _aspect("噪音", "噪音 噪声 声音 静音 杂音 动静", "安静", "太吵 很吵 吵死 异响 嗡嗡"),
    _aspect("散热", "散热 发热 温度", "不烫", "发烫 烫手 过热"),
    _aspect(
        "物流",
        "物流 快递 发货 送货 配送 到货 运输 顺丰 圆通 中通 申通 韵达 京东物流",
        "送货上门 次日达",
        "丢件 不送货",
    ),
    _aspect("包装", "包装 外包装 盒子 箱子 礼盒 密封", "", "破损 压扁 漏液 漏了 洒了"),
    _aspect(
        "服务",
        "服务 客服 售后 卖家 店家 老板 商家 店主 态度 前台 服务员",
        "",
        "推诿 不理人 爱理不理",
    ),
    _aspect(
        "性价比",
        "性价比 价格 价钱 价位 售价",
        "便宜 实惠 划算 物美价廉 物超所值 超值 值得 价廉",
        "太贵 偏贵 好贵 很贵 不值",
    ),
    _aspect(
        "质量",
        "质量 品质 做工 材质 用料 质地 手工 走线 面料 布料 料子",
        "结实 用料足",
        "次品 劣质 假货 瑕疵 开线 线头 残次品 山寨 破洞 起毛 偷工减料 粗糙",
    ),
    _aspect("耐用", "耐用性 寿命", "耐用 耐磨 耐穿 经久耐用", "开裂 变形 断了 坏了 散架"),
    _aspect("不掉色", "染色 固色", "", "掉色 褪色"),
    _aspect("不起球", "", "", "起球 起毛球 掉毛"),
    _aspect("不缩水", "", "", "缩水"),
    _aspect(
        "尺码",
        "尺码 尺寸 码数 大小 号码 版型 长短",
        "合身 合脚 修身 不挑身材",
        "偏大 偏小 偏短 偏长 太小 太大 肥大",
    ),
    _aspect(
        "外观",
        "外观 样子 款式 颜色 颜值 外形 造型 样式 设计 图案 花色",
        "好看 漂亮 美观 精致 大方 时尚 百搭 显瘦 显白",
        "难看 丑 土气 老气 色差",
    ),
    _aspect(
        "舒适",
        "舒适度 手感 触感 穿着 上脚 脚感",
        "舒服 舒适 柔软 亲肤 透气 软软的",
        "扎人 闷热 磨脚 勒 硬邦邦",
    ),
    _aspect("保暖", "保暖性 厚度", "保暖 暖和 厚实", "单薄 太薄"),
    _aspect("便携", "重量 体积 机身", "轻便 轻巧 小巧 便携 轻薄", "笨重 太重"),
    _aspect("容量", "容量 空间 分量 份量 重量足", "能装 量足", "缺斤少两 太少 量少"),
    _aspect(
        "味道",
        "味道 口感 口味 甜度 水分 果肉",
        "好吃 好喝 香甜 美味 鲜美 多汁 脆甜",
        "难吃 难喝 发苦 酸涩 没味道",
    ),
    _aspect("新鲜", "新鲜度 日期 保质期", "新鲜", "烂了 坏果 烂的 烂掉 发霉 过期 变质 腐烂"),
    _aspect("气味", "气味 香味 留香 味儿", "好闻 清香 留香久", "刺鼻 异味 难闻 臭味 怪味"),
    _aspect(
        "效果",
        "效果 功效 作用 去屑 控油 柔顺 保湿 补水 滋润 清洁",
        "有效 见效 管用 顺滑 清爽",
        "无效 没用 过敏 更油 头屑多 头痒 掉头发",
    ),
    _aspect("安装", "安装 师傅 配件 说明书", "易安装", "乱收费"),
    _aspect("省电", "电费 能耗", "省电 节能 省水"),
    _aspect("加热", "加热 出水 水温 恒温", "加热快 热得快", "忽冷忽热"),
    _aspect("操作", "操作 使用 界面 按键 键盘", "好用 方便 简单易用 上手快", "难用 不好用 复杂"),
    _aspect("正品", "真伪 防伪", "正品 正版", "盗版 假的 假冒 翻新"),
    _aspect(
        "内容",
        "内容 情节 故事 文笔 翻译 印刷 排版 纸张 字体",
        "引人入胜 受益匪浅 好书",
        "错别字 空洞 枯燥 缺页",
    ),
    _aspect("卫生", "卫生", "干净 整洁", "脏 肮脏 蟑螂 霉味"),
    _aspect("位置", "位置 交通 地理位置 地段"),
    _aspect("设施", "设施 房间 早餐 空调 装修 床 隔音 浴室"),
)
"""The order is that of the columns of a profile, so new ones go to the end."""

NAMES: tuple[str, ...] = tuple(aspect.name for aspect in ASPECTS)

NEGATIONS = ("不是很", "不怎么", "不太", "不会", "没有", "不", "没", "无", "未", "别", "防", "难以")
"""What turns a judging word around when it stands right before it."""

GOOD = _words(
    "好 强 高 久 长 大 快 准 稳 足 不错 给力 耐用 持久 清晰 清楚 出色 优秀 细腻 柔软 "
    "好用 厚实 厉害 超长 超强 超大 时间长 小巧 好看 漂亮 稳定 靠谱 流畅 出众 优质"
)
"""What a query puts beside an aspect that it wants."""
SOFT = _words("低 小 轻")
"""What is wanted of noise, heat, weight, power and price."""
LESS_IS_MORE = ("噪音", "散热", "便携", "省电", "性价比")
WISHES: dict[str, tuple[str, ...]] = {
    "续航": ("长续航", "超长待机", "大电池"),
    "拍照": ("拍照好看", "拍照神器"),
    "噪音": ("静音", "低噪音", "无噪音", "不吵"),
    "屏幕": ("大屏", "高清屏", "护眼屏"),
    "性能": ("不卡", "运行快", "高性能"),
    "散热": ("不发热", "不发烫"),
    "物流": ("发货快", "当天发货", "次日达"),
    "性价比": ("高性价比", "便宜好用", "物美价廉", "经济实惠"),
    "质量": ("高品质", "质量过硬", "做工精细", "好质量"),
    "耐用": ("耐用", "耐磨", "结实耐用", "不变形", "不易坏"),
    "外观": ("高颜值", "颜值高", "显瘦", "显白", "好看", "漂亮"),
    "便携": ("轻便", "轻薄", "小巧", "便携"),
    "容量": ("大容量", "能装"),
    "气味": ("无异味", "留香", "没味道", "不刺鼻"),
    "效果": ("见效快", "效果明显", "管用"),
    "操作": ("操作简单", "简单易用", "老人易用"),
}
"""Further wordings of queries, beside an aspect with a good word and the judging words."""
NO_WISH = ("方便", "好书", "时尚", "百搭", "大方")
"""Praise in a review, but part of a name or mere decoration in a query (方便面, 时尚女包)."""
