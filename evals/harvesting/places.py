"""Invented places in place of addresses, employers and hospitals: the sort of place stays, what it is called goes.

A town is called the same wherever it stands, so that people of one village are still of one.
"""

import random
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

_KIND = re.compile(
    r"(省|自治区|自治州|市辖区|市|盟|州|县|区|旗|镇|乡|苏木|街道办?|居委会|村委会|社区|小区|新村|村|路|街|大道|巷|弄|胡同"
    r"|家属院|里|组|号|栋|幢|座|楼|单元|室|户|层|屯|庄|寨|苑|队"
    r"|第[一二三四五六七八九十]+|中西医结合|中医药?|人民|中心|妇幼保健|妇产科?|妇女|儿童|肿瘤|精神卫生|精神病?|康复|骨科|眼科|口腔"
    r"|传染病|胸科|医科大学|医学院|附属|职工|专科|综合|卫生服务|卫生院|卫生室|卫生所|卫生站|门诊部|诊所|医院|医疗|保健院|服务站"
    r"|护理院|敬老院|养老院|养老|老年公寓|福利院|光荣院|颐养|康养"
    r"|有限责任|股份|有限|公司|集团|工厂|厂|煤矿|矿|技校|学校|中学|小学|大学|学院|幼儿园|银行|局|供销社|养殖场|农场|林场|商场|超市"
    r"|车站|事务所|研究所|派出所|合作社|部队|工程队|建筑队|社|院|\d+|[^㐀-鿿\d]+)"
)
_LETTERS = (
    "青云清溪白石竹松柏翠岚澄湖江河泉林原野桥渡峰岭岩谷梅兰荷桂枫桐雁鹤鹭霞晴朗宁安康瑞祥嘉和盛兴旺隆裕泽"
    "润丰穗禾麦桑柳杨槐榆杏桃梨"
)
DRAWS = 400
OTHER_HOSPITAL = re.compile(
    r"(?P<v>[㐀-鿿]{2,6}?(?:省|市|县|区|旗|州|镇|乡)(?:第[一二三四五六七八九十]+|[㐀-鿿]{0,4}?)(?:人民|中医|中心|妇幼|儿童|肿瘤"
    r"|卫生院|医院)(?:医院|保健院|卫生院)?)"
)
_LED_IN = re.compile(r"^.*[于在到至往转赴去从由经自向给入因曾后诉]")


class InventedPlaces:
    """For each place another as long, always the same."""

    def __init__(self, places: Iterable[str], chance: random.Random) -> None:
        self._chance = chance
        self._own = frozenset(places)
        self._stems: dict[str, str] = {}
        self._digits: dict[str, str] = {}
        for place in sorted(self._own):
            self.of(place)

    def of(self, place: str) -> str:
        return "".join(self._part(piece) for piece in _KIND.split(place) if piece)

    def _part(self, piece: str) -> str:
        if piece.isdigit():
            return self._number(piece)
        return piece if _KIND.fullmatch(piece) else self._stem(piece)

    def _number(self, piece: str) -> str:
        """Another number as long, for each its own: two houses of a street stay two."""
        if piece not in self._digits:
            size = len(piece)
            used = {new for new in self._digits.values() if len(new) == size}
            span = range(10 ** (size - 1), 10**size) if size > 1 else range(1, 10)
            drawn = (str(self._chance.choice(span)) for _ in range(DRAWS))
            left = (one for one in map(str, span) if one not in used)
            fresh = next((one for one in drawn if one not in used and one != piece), None) or next(
                left, piece
            )
            self._digits[piece] = fresh
        return self._digits[piece]

    def _stem(self, stem: str) -> str:
        if stem in self._stems:
            return self._stems[stem]
        for _ in range(DRAWS):
            new = "".join(self._chance.choice(_LETTERS) for _ in stem)
            fresh = new not in self._stems.values() and not any(new in place for place in self._own)
            if fresh or (len(stem) == 1 and new != stem):  # single letters may run out, and tell nothing
                self._stems[stem] = new
                return new
        raise ValueError("地名无法改写成别的地名；请检查 addr、emp_name 两列是否为住址和单位。")


def towns_in(place: str) -> Iterator[str]:
    """The parts of a place that name one by themselves: a county, a town, a road."""
    pieces = [piece for piece in _KIND.split(place) if piece]
    for stem, kind in pairwise(pieces):
        if len(stem) > 1 and not _KIND.fullmatch(stem) and re.fullmatch(r"[㐀-鿿]+", kind):
            yield stem + kind


def stems_in(place: str) -> Iterator[str]:
    """What the places are called without their kind: 山岭 of 山岭县人民医院."""
    for piece in _KIND.split(place):
        if len(piece) > 1 and not _KIND.fullmatch(piece):
            yield piece


def other_hospitals(text: str) -> Iterator[tuple[int, int]]:
    """Hospitals that a text names with their place, such as one a patient was sent to."""
    for match in OTHER_HOSPITAL.finditer(text):
        led = _LED_IN.match(match["v"])
        start = match.start() + (led.end() if led else 0)
        if match.end() - start > 4:
            yield start, match.end()
