"""Chinese and Latin names of well-known brands, written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

_NAMES = """
苹果 apple iphone ipad macbook airpods imac | 华为 huawei mate matebook | 小米 xiaomi mi | 红米
redmi | 荣耀 honor | 三星 samsung galaxy | 索尼 sony | 松下 panasonic | 夏普 sharp | 东芝 toshiba
| 日立 hitachi | 佳能 canon | 尼康 nikon | 富士 fujifilm fuji | 徕卡 leica | 大疆 dji | 联想
lenovo thinkpad | 戴尔 dell | 惠普 hp | 华硕 asus rog | 宏碁 acer | 微软 microsoft surface | 微星
msi | 技嘉 gigabyte | 雷蛇 razer | 罗技 logitech | 英特尔 intel | 英伟达 nvidia | 金士顿 kingston
| 西部数据 wd 西数 | 希捷 seagate | 闪迪 sandisk | 飞利浦 philips | 西门子 siemens | 博世 bosch |
戴森 dyson | 海尔 haier | 格力 gree | 美的 midea | 海信 hisense | 创维 skyworth | 康佳 konka |
长虹 changhong | 美菱 meiling | 容声 ronshen | 小天鹅 littleswan | 老板 robam | 方太 fotile | 华帝
vatti | 苏泊尔 supor | 九阳 joyoung | 摩飞 morphyrichards | 奥克斯 aux | 志高 chigo | 先锋 singfun
pioneer | 艾美特 airmate | 公牛 bull | 正泰 chint | 德力西 delixi | 欧普 opple | 雷士 nvc | 科沃斯
ecovacs | 石头 roborock | 追觅 dreame | 添可 tineco | 云鲸 narwal | 耐克 nike | 阿迪达斯 adidas
阿迪 三叶草 | 彪马 puma | 锐步 reebok | 匡威 converse | 万斯 范斯 vans | 新百伦 newbalance 纽巴伦
nb | 安德玛 underarmour ua | 斐乐 fila | 李宁 lining li-ning | 安踏 anta | 特步 xtep | 鸿星尔克
erke | 匹克 peak | 亚瑟士 asics | 美津浓 mizuno | 斯凯奇 skechers | 乔丹 jordan aj | 北面
thenorthface tnf | 始祖鸟 arcteryx | 哥伦比亚 columbia | 迪卡侬 decathlon | 尤尼克斯 yonex |
威尔胜 威尔逊 wilson | 斯伯丁 spalding | 红双喜 dhs | 蝴蝶 butterfly | 捷安特 giant | 美利达
merida | 优衣库 uniqlo | 飒拉 zara | 盖璞 gap | 李维斯 levis levi's | 无印良品 muji | 宜家 ikea |
海澜之家 hla | 太平鸟 peacebird | 波司登 bosideng | 南极人 nanjiren | 恒源祥 hyx | 花花公子
playboy | 骆驼 camel | 百丽 belle | 达芙妮 daphne | 卡骆驰 crocs | 回力 warrior | 森马 semir |
美特斯邦威 metersbonwe | 香奈儿 chanel | 迪奥 dior | 古驰 gucci | 普拉达 prada | 路易威登 lv
louisvuitton | 爱马仕 hermes | 巴宝莉 博柏利 burberry | 蔻驰 coach | 蔻依 chloe | 圣罗兰 ysl |
阿玛尼 armani | 范思哲 versace | 卡地亚 cartier | 蒂芙尼 tiffany | 施华洛世奇 swarovski | 潘多拉
pandora | 周大福 ctf | 劳力士 rolex | 欧米茄 omega | 浪琴 longines | 天梭 tissot | 卡西欧 casio |
西铁城 citizen | 精工 seiko | 斯沃琪 swatch | 雅诗兰黛 esteelauder estee | 兰蔻 lancome | 欧莱雅
loreal l'oreal | 资生堂 shiseido | 倩碧 clinique | 玉兰油 olay | 海蓝之谜 lamer | 赫莲娜 hr
helenarubinstein | 娇兰 guerlain | 娇韵诗 clarins | 科颜氏 kiehl's | 雪花秀 sulwhasoo | 兰芝
laneige | 悦诗风吟 innisfree | 伊蒂之屋 etude | 雅漾 avene | 理肤泉 larocheposay | 薇姿 vichy |
薇诺娜 winona | 珂润 curel | 芙丽芳丝 freeplus | 美宝莲 maybelline | 魅可 mac | 植村秀 shuuemura |
芭比布朗 bobbibrown | 纪梵希 givenchy | 丝芙兰 sephora | 佰草集 herborist | 相宜本草 inoherb |
自然堂 chando | 百雀羚 pechoin | 欧珀莱 aupres | 珀莱雅 proya | 韩束 kans | 完美日记 perfectdiary
| 花西子 florasis | 妮维雅 nivea | 多芬 dove | 舒肤佳 safeguard | 海飞丝 headshoulders | 潘婷
pantene | 沙宣 sassoon | 施华蔻 schwarzkopf | 吉列 gillette | 博朗 braun | 飞科 flyco | 欧乐b
oralb oral-b | 高露洁 colgate | 佳洁士 crest | 舒客 saky | 黑人 darlie 好来 | 帮宝适 pampers |
好奇 huggies | 花王 kao merries | 大王 goon | 尤妮佳 moony | 苏菲 sofy | 护舒宝 whisper | 高洁丝
kotex | 维达 vinda | 清风 breeze | 心相印 mindactupon | 洁丽雅 grace | 乐高 lego | 费雪
fisherprice | 孩之宝 hasbro | 万代 bandai | 任天堂 nintendo switch | 微软游戏 xbox | 迪士尼 disney
| 贝亲 pigeon | 新安怡 avent | 爱他美 aptamil | 惠氏 wyeth | 美赞臣 meadjohnson enfamil | 雅培
abbott | 飞鹤 firmus | 雀巢 nestle | 好时 hershey | 费列罗 ferrero | 德芙 dove | 明治 meiji |
星巴克 starbucks | 可口可乐 cocacola | 百事 pepsi | 蒙牛 mengniu | 伊利 yili | 三只松鼠
threesquirrels | 皇家 royalcanin | 冠能 proplan | 渴望 orijen | 爱肯拿 acana | 伟嘉 whiskas | 宝路
pedigree | 麦富迪 myfoodie | 奔驰 benz mercedes | 宝马 bmw | 奥迪 audi | 大众 vw volkswagen | 丰田
toyota | 本田 honda | 日产 尼桑 nissan | 马自达 mazda | 别克 buick | 福特 ford | 雪佛兰 chevrolet
| 现代 hyundai | 起亚 kia | 沃尔沃 volvo | 保时捷 porsche | 路虎 landrover | 雷克萨斯 lexus |
特斯拉 tesla | 比亚迪 byd | 吉利 geely | 哈弗 haval | 雅马哈 yamaha | 铃木 suzuki | 川崎 kawasaki
| 哈雷 harley | 米其林 michelin | 马牌 continental | 固特异 goodyear | 普利司通 bridgestone | 美孚
mobil | 壳牌 shell | 嘉实多 castrol | 欧姆龙 omron | 鱼跃 yuwell | 强生 johnson | 罗氏 roche |
同仁堂 tongrentang | 斯凯孚 skf | 恩斯克 nsk | 牧田 makita | 得伟 dewalt | 世达 sata | 史丹利
stanley | 爱普生 epson | 兄弟 brother | 得力 deli | 晨光 m&g | 派克 parker | 百乐 pilot | 三菱 uni
mitsubishi | 斑马 zebra | 国誉 kokuyo | 膳魔师 thermos | 虎牌 tiger | 象印 zojirushi | 乐扣乐扣
locklock | 特百惠 tupperware | 双立人 zwilling | 菲仕乐 fissler | 漫步者 edifier | 博士 bose |
森海塞尔 sennheiser | 铁三角 audiotechnica | 哈曼卡顿 harmankardon | 山水 sansui | 纽曼 newmine |
安克 anker | 倍思 baseus | 绿联 ugreen | 品胜 pisen | 小天才 imoo | 佳明 garmin | 华米 amazfit |
天猫精灵 tmallgenie | 一加 oneplus | 真我 realme | 魅族 meizu | 中兴 zte | 诺基亚 nokia | 摩托罗拉
motorola | 欧珀 oppo | 维沃 vivo | 芝宝 zippo | 瑞士军刀 victorinox | 新秀丽 samsonite
"""


@cache
def brand_names() -> Mapping[str, str]:
    """Every name of the brands, normalised and without blanks → the brand's first name."""
    flat = " ".join(_NAMES.split())
    groups = [group.split() for group in flat.split("|")]
    return {name: names[0] for names in groups for name in names}
