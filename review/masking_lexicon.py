"""What a name is told by: the surnames, and the words that begin with one.

Knows nothing of contexts. Surnames are those of today's population registers as commonly
listed, the rare ones with them.
"""

from functools import cache
from pathlib import Path

_LISTS = (
    "compound",
    "no name",
    "written",
    "given",
)  # the rest are rows of a first letter and what follows it
_WORDS = Path(__file__).with_name("masking_words.txt")

# A list in order of frequency where one exists; the last lines are rare ones and those of minorities.
_COMMON = """
王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆
郝孔白崔康毛邱秦江史顾侯邵孟龙万段漕钱汤尹黎易常武乔贺赖龚庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左
涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧
畅宫苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝巩稽井练仲乐虞卞封竺冼楚佟栗匡宗应巫鞠僧桑荆谌银扬明沙
伏岑习胥保和蔺凤闫肖佘付訾仝仰郗暴钮亓贡苍寿茹亢麻水尚农敬敏粟危云邰狄贝候储靖阙宿皮雷惠仉权宓奕鲜暨慕桓佴赏衡淳晁勾冶沃相宰铁朴平鱼经羊丰豆
宾滑裘缪干戎印汲弓牧隗幸束斜蓬钭支昝劳逄扶堵濮扈郏浦尉兖元昌酆湛禹茅骆宣贲杭诸嵇荣荀於麴芮羿邴松乌巴山班秋伊厉祖韶蓟怀蒲鄂索咸籍阴双闻莘郦雍
璩宦容慎戈庾居弘寇禄殳蔚夔厍阚那毋乜巢蒯逯谯笪言
肖闫付代覃麦区邝冼佘仝苟亓候兰丛腾粟迟冷初綦鄢信庹訾畅芦郗拜妥鲜苑甯撒敖晋楚闻邸郄修隋文
"""
_RARE = """
旷广利越空养须红公督帅缑况有琴墨哈爱福汝才扎达洛格勒海战鹿郇鄞綦訚钏仵伞呼奉妥展崖布库延忻恽攀智曙朗果枚校桐楼檀欣母涵潭炎熙珠琚盆眭知禤种竹
笃粘缐罡翦肇臾茶菅萨蒿虎虢褟角赛赫迮郄郸镇青静鞏鬲折禚邝晓初沐融冰春冬早过满力舜尧药伦荔菊谦豫宪宏帖慈悦招新晨普曼栋树森泰泽清源潮烈瑞瓮益祥
竟箫续罕胜良若苓莎裕贵赞赐逊遇道遥酉钊铎锁镡闪闽院隽雒霞顺颉飞香魁麦鼎仁佐依信修俎偶先军冒净凡刀创别剧加勇匙占却厚叔召台合同吾呙唤喜嘉图圣地
坚堂壤处夫央奇姑威娜子孛字学宜定实寸导岩州巧希幼庆底建弥当彤微念思恒恩愚户承拉拓提撒操教旦昂星晖朝未朵桢次止步毅毓永沛泥泊洒流浩淦深港漫潜火
灵照爨牙特独玄玉瑛由疏百盈直真睢矫磨祭禾秘税穷系终绍绕缙罢义老耶聪肆育胆胶致节英莱萍葡蒂蔓薇虑衷西覆观论诺负贯赤轩载迎近述通逢酒采释鉴针钦铉
锐镜问闲附降随隐集预额风骑鬻鸟鸿鹤黑鼓昭旭宝乃京佳俐倚东从位充原后国官家富师年文能衣都门隆
"""
SURNAMES = frozenset("".join((_COMMON).split()))
SURNAME_ORDER = {letter: place for place, letter in reversed([*enumerate("".join(_COMMON.split()))])}
RARE_SURNAMES = frozenset("".join((_RARE).split())) - SURNAMES
# surnames whose letter begins many a sentence: a name of two letters with one needs more company
AMBIGUOUS = frozenset("丰保元全单印双向和商尚居常干平应强成支时昌明权松查水相秋管练经荣解计连那")
# surnames that are adverbs before a verb: 曾拟捐肾, 时感乏力
ADVERBS = frozenset("曾时经向应于")


@cache
def compound_surnames() -> frozenset[str]:
    """Surnames of two letters: 欧阳, 诸葛."""
    return _read("compound")


@cache
def no_names() -> frozenset[str]:
    """What stands in a field for a name when there is none: 无, 不详, 同上."""
    return _read("no name")


@cache
def clinical_words() -> frozenset[str]:
    """Words of records, of two or three letters, that begin with a surname: 高热, 白细胞, 查体."""
    return _read("clinical")


@cache
def written_words() -> frozenset[str]:
    """Words that records use where a name may stand: 常规, 查体, 门冬."""
    return _read("written")


@cache
def general_words() -> frozenset[str]:
    """Other words that begin with a surname: a person may be called so, a sentence may mean the word."""
    return _read("general")


def _read(part: str) -> frozenset[str]:
    words: set[str] = set()
    own = False
    for line in _WORDS.read_text("utf-8").splitlines():
        if line.startswith("#"):
            own = line.startswith(f"# {part}")
        elif own and part in _LISTS:
            words.update(line.split(" "))
        elif own:
            first, *rests = line.split(" ")
            words.update(first + rest for rest in rests)
    return frozenset(words)


ALSO_GIVEN = frozenset("为如进来放命南北双得儿中东西")  # words of every sentence, yet in many a given name
GIVEN = frozenset("".join(_read("given")))  # letters that given names are made of
COMPOUND = compound_surnames()
