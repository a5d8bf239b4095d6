"""How much in a shared passage is one person's own, in bits: what two patients would hardly have by chance.

A ward's set phrases explain any number of equal words at once, so that mere wording counts little however long it is;
dates, hours, odd numbers and the circumstances of life are no part of a set phrase and add up. The rate of each is
reckoned from its form, so that it holds among ten patients as among ten thousand, and never says more than the number
of others who have the very clause allows.
"""

import math
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from review.copies.confirmation import Block
from review.copies.writings import Passage

CLAUSE = re.compile(r"(?:[^，。；！？;,:：]|(?<=\d)[,:：](?=\d))+")
DATE = re.compile(r"(?:\d{4}[-./年])?(\d{1,2})[-./月](\d{1,2})日?(?!\d)")
YEAR = re.compile(r"\d{4}[-./年]|月")
CLOCK = re.compile(r"(?<!\d)\d{1,2}[:：时点](\d{2})分?(?!\d)")
NUMBER = re.compile(
    r"(\d+(?:\.\d+)?)(?:/\d+)?(℃|°C|mmHg|次/分|k?g(?:/L)?|[μmn]?mol/L|[pn]g/ml|mm|cm|公里|[m米里]|m[lg]|[克升斤元层级分]|[xX×*]|"
    r"[片粒支袋包瓶口个只根枚人名]|[年月周天日岁]|小时|分钟|余?次|%|U/L)"
)
TYPICAL = {
    "℃": 3.5,
    "°C": 3.5,
    "mmHg": 5.0,
    "次/分": 4.0,
}  # readings of a narrow range, whatever their digits
LIFE = (
    r"邻居|同事|工友|老乡|同乡|路人|房东|老板|同学|老师|战友|亲戚|村民|孙子|孙女|外孙|女婿|儿媳|侄|"
    r"阳台|楼梯|台阶|浴室|卫生间|厨房|厕所|菜园|菜地|田间|农田|果园|山上|山坡|工地|厂区|车间|超市|菜市场|集市|学校|操场|广场|"
    r"河边|池塘|院子|屋顶|房顶|马路|路口|公路|车站|码头|船|仓库|宿舍|饭店|茶馆|麻将|"
    r"摩托|电动车|电瓶车|三轮|自行车|货车|面包车|拖拉机|轿车|公交|挖掘机|叉车|"
    r"梯子|人字梯|脚手架|门板|锄|锯|斧|镰刀|菜刀|石头|石块|树|瓦|玻璃|砖|钢管|水泥|木板|钉|绳|葡萄架|机床|"
    r"狗|猫|牛|羊|猪|鸡|鸭|鹅|蛇|蜂|鼠|鱼刺|"
    r"火锅|海鲜|剩饭|剩菜|西瓜|蘑菇|白酒|啤酒|饮酒|粽子|月饼|水果|烧烤|聚餐|豆浆|"
    r"踩空|滑倒|绊倒|搬运|搬动|搬重物|修剪|采摘|攀爬|骑|打球|跳舞|收割|砍柴|劈柴|洗澡|挑水|遛|钓鱼|赶集|打扫|装修|浇水|喂养|插秧|"
    r"婚宴|丧事|吵架|争吵|旅游|登山|爬山|务农|打工|值夜班|加班|熬夜"
)
CIRCUMSTANCE = re.compile(LIFE)
DATE_BITS, FIRST_WORD, NEXT_WORD, MOST_WORDS = 6.0, 3.0, 2.0, 7.0
LEAST_CLAUSE, MOST_WORDING = 8, 8.0
OTHERS_BEYOND = 20  # people not looked at, as whom the inspection's own are counted
DIGIT_BITS = (0.0, 2.0, 4.0, 6.0, 8.0)


def shared_clauses(passage: Passage, blocks: Iterable[Block]) -> Iterator[str]:
    """The whole clauses that lie in the shared blocks and are no template, each once."""
    spans = [(block.here, block.here + block.size) for block in blocks]
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    seen: set[str] = set()
    for match in CLAUSE.finditer(passage.text):
        start, end = match.span()
        if end <= first or start >= last or match[0] in seen:
            continue
        inside = any(begin <= start and end <= finish for begin, finish in spans)
        if inside and 2 * passage.weight(start, end - start) > end - start:
            seen.add(match[0])
            yield match[0]


def holders_of(passages: Sequence[Passage], wanted: Container[str]) -> Mapping[str, set[str]]:
    """Who has each of the wanted clauses."""
    holders: dict[str, set[str]] = {}
    for passage in passages:
        for clause in CLAUSE.findall(passage.text):
            if clause in wanted:
                holders.setdefault(clause, set()).add(passage.writing.person)
    return holders


def bits_of(
    clauses: Iterable[str], own_days: Container[tuple[int, int]], others: Mapping[str, int], people: int
) -> float:
    """How unlikely it is that two patients have these clauses, as the logarithm of one in so many.

    `own_days` are days (month, day) that both may state, as those of their stays; `others` says how many of `people`
    further patients have a clause too.
    """
    total = wording = 0.0
    for clause in clauses:
        own = _specific(clause, own_days)
        worded = 1.0 if len(clause) >= LEAST_CLAUSE else 0.0
        held = others.get(clause, 0)
        most = math.log2((people + OTHERS_BEYOND) / held) if held else math.inf
        total += min(own, most)
        wording += min(worded, max(0.0, most - own))
    return total + min(wording, MOST_WORDING)


def _specific(clause: str, own_days: Container[tuple[int, int]]) -> float:
    """The bits of the dates, hours, numbers and circumstances in a clause."""
    bits = 0.0
    rest = clause
    for match in DATE.finditer(clause):
        if YEAR.search(match[0]):
            bits += 0.0 if (int(match[1]), int(match[2])) in own_days else DATE_BITS
            rest = rest.replace(match[0], "，")
    for match in CLOCK.finditer(rest):
        bits += _of_minute(int(match[1]))
        rest = rest.replace(match[0], "，")
    for number, unit in NUMBER.findall(rest):
        bits += min(_of_digits(number), TYPICAL.get(unit, math.inf))
    words = set(CIRCUMSTANCE.findall(clause))
    if words:
        bits += min(MOST_WORDS, FIRST_WORD + NEXT_WORD * (len(words) - 1))
    return bits


def _of_minute(minute: int) -> float:
    """An hour alone has four bits; a minute that nobody rounds has more."""
    return 4.0 if minute == 0 else 5.0 if minute == 30 else 6.5 if minute % 5 == 0 else 8.0


def _of_digits(number: str) -> float:
    """Two bits for each digit written for its own sake; ending zeros have none, an ending five has half."""
    digits = number.replace(".", "").strip("0")
    bits = DIGIT_BITS[min(len(digits), len(DIGIT_BITS) - 1)]
    return bits - 1.0 if len(digits) > 1 and digits.endswith("5") else bits
